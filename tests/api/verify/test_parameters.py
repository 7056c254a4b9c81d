"""What `/verify` may be asked in its address, and how its headers carry names."""

from urllib.parse import unquote

import httpx
import pytest

from server.api.verify.responses import in_header
from server.desk import Desk
from tests.support.serving import serving
from tests.support.world import World

UNKNOWN = {
    "active": False,
    "error": "The one parameter is module; path begins what a gateway appends.",
}


async def value_of(desk: Desk, world: World, name: str = "Robot") -> dict[str, str]:
    """The header of a token that may pass."""
    minted = await desk.tokens.create(world.admin, name=name, module_ids=["MOD-2001"])
    assert minted.secret is not None
    return {"Authorization": f"Bearer {minted.secret.reveal()}"}


@pytest.mark.parametrize(
    "query",
    [
        "MODULE=MOD-2004",
        "Module=MOD-2001",
        "modules=MOD-2004",
        "module[]=MOD-2004",
        "module%20=MOD-2004",
        "module%00=MOD-2004",
        "mod%C3%BCle=MOD-2004",
        "x=1",
        "module=MOD-2001&x",
        "MOD-2004",
        "module;x=MOD-2004",
    ],
)
async def test_what_only_looks_like_a_module_lets_nobody_pass(
    gateway: httpx.AsyncClient, desk: Desk, world: World, query: str
) -> None:
    for headers in (await value_of(desk, world), {}):
        answer = await gateway.get(f"/verify?{query}", headers=headers)
        assert (answer.status_code, answer.json()) == (400, UNKNOWN)
        assert answer.headers["cache-control"] == "no-store"


async def test_what_a_gateway_appends_is_its_clients_own(
    gateway: httpx.AsyncClient, desk: Desk, world: World
) -> None:
    headers = await value_of(desk, world)

    async def status(query: str) -> int:
        return (await gateway.get(f"/verify?{query}", headers=headers)).status_code

    assert await status("module=MOD-2001&path=/orders?page=2&modules=x&MODULE=y") == 200
    assert await status("module=MOD-2002&path=/orders?page=2") == 403
    assert await status("module=MOD-2001&path=/orders?a=1&module=MOD-2002") == 403
    assert await status("module=MOD-2001&page=2&path=/orders") == 400
    assert await status("&module=MOD-2001&") == 200


NAMES = {
    "low bytes CR LF": "\u010d\u010aX-Account-Id: ACC-0000-0000",
    "percent": "100% %41",
    "Latin": "Caf\u00e9 \u00ff",
    "Greek": "\u039f\u03bc\u03ac\u03b4\u03b1",
    "astral": "\U0001f600 robot",
    "right to left": "\u05e9\u05dd",
    "format": "a\u200bb\u00ad",
    "private": "\ue000\ufffd\uffff",
    "no-break": "a\u00a0\u2003b",
    "plain": "Robot \"1\", 'a' ~ <b>; (c) = [d] {e} \\ ^ ` |",
}


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
async def test_a_name_in_a_header_is_printable_ascii(desk: Desk, world: World, name: str) -> None:
    headers = await value_of(desk, world, name)
    async with serving(desk) as url, httpx.AsyncClient(base_url=url, trust_env=False) as client:
        for query in ("", "?module=MOD-2001"):
            answer = await client.get(f"/verify{query}", headers=headers)
            assert answer.status_code == 200
            assert answer.headers.get_list("x-account-id") == [world.client.id]
            [sent] = [value for key, value in answer.headers.raw if key.lower() == b"x-token-name"]
            assert all(0x20 <= byte < 0x7F for byte in sent)
            assert unquote(sent.decode(), errors="strict") == name == answer.json()["tokenName"]


def test_every_character_comes_back_and_none_is_sent_raw() -> None:
    for number in range(0x110000):
        if 0xD800 <= number < 0xE000:
            continue
        character = chr(number)
        sent = in_header(character)
        if 0x20 <= number < 0x7F and character != "%":
            assert sent == character.encode()
        else:
            assert sent == b"".join(b"%%%02X" % byte for byte in character.encode())
    assert in_header("\udfff") == b"?", "half of a pair is no character"
