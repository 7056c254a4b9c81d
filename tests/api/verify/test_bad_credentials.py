"""What is not exactly one right token is refused, at every door, in one shape."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import httpx
import pytest

from server.desk import Desk
from server.domain.tokens.secret import Secret
from tests.api.programs import INTROSPECT, INVALID, Program, make
from tests.support.evidence import dump
from tests.support.world import World

Headers = list[tuple[bytes, bytes]]
Door = Callable[[httpx.AsyncClient, Headers, dict[str, str]], Awaitable[httpx.Response]]


async def verify(
    gateway: httpx.AsyncClient, headers: Headers, params: dict[str, str]
) -> httpx.Response:
    return await gateway.get("/verify", headers=headers, params=params)


async def graphql(
    gateway: httpx.AsyncClient, headers: Headers, params: dict[str, str]
) -> httpx.Response:
    query = {"query": "{ enabledModules { id } }"}
    return await gateway.post("/graphql", json=query, headers=headers, params=params)


async def introspect(
    gateway: httpx.AsyncClient, headers: Headers, params: dict[str, str]
) -> httpx.Response:
    return await gateway.post(INTROSPECT, data={"token": "x"}, headers=headers, params=params)


DOORS: dict[str, Door] = {"verify": verify, "graphql": graphql, "introspect": introspect}
REFUSED = {
    "verify": (INVALID, {"active": False, "error": "The token is invalid."}),
    "graphql": (
        'Bearer error="invalid_token"',
        {
            "errors": [
                {"message": "The token is invalid.", "extensions": {"code": "SIGN_IN_NEEDED"}}
            ]
        },
    ),
    "introspect": (
        INVALID,
        {"error": "invalid_token", "error_description": "The token is invalid."},
    ),
}
"""The challenge and the body of each door's one refusal."""


@dataclass(frozen=True)
class Tokens:
    """Two live ones and a deleted one."""

    mine: Program
    other: Program
    deleted: Program


@pytest.fixture
async def tokens(desk: Desk, world: World) -> Tokens:
    deleted = await make(desk, world.admin, "MOD-2001")
    await desk.tokens.delete(world.admin, deleted.id)
    return Tokens(
        await make(desk, world.admin, "MOD-2001"),
        await make(desk, world.admin, "MOD-2001"),
        deleted,
    )


def wrong_values(tokens: Tokens) -> dict[str, bytes]:
    """Texts that are no token's value, each by what is wrong with it."""
    mine = tokens.mine.value
    texts = {
        "empty form": "idt:",
        "nonsense": "x",
        "100 KB": "x" * 100_000,
        "100 KB that begin well": mine + "0" * 100_000,
        "NUL": "\x00",
        "NUL at the end": mine + "\x00",
        "NUL inside": mine[:30] + "\x00" + mine[30:],
        "line break": mine + "\n",
        "one too few": mine[:-1],
        "one too many": mine + "0",
        "lower case": mine.lower(),
        "quoted": f'"{mine}"',
        "percent-encoded": mine.replace(":", "%3A"),
        "wrong checksum": mine[:-1] + ("A" if mine[-1] != "A" else "B"),
        "one wrong character": mine[:40] + ("A" if mine[40] != "A" else "B") + mine[41:],
        "unknown id": Secret.generate("TKN-0000-0000").reveal(),
        "wrong secret": Secret.generate(tokens.mine.id).reveal(),
        "other digits": mine.replace(tokens.mine.id, "TKN-١٢٣٤-٥٦٧٨"),
        "another token's secret": mine.replace(tokens.mine.id, tokens.other.id),
        "deleted": tokens.deleted.value,
    }
    return {name: text.encode() for name, text in texts.items()} | {
        "Latin-1": b"\xe9\xff",
        "Latin-1 at the end": mine.encode() + b"\xff",
    }


def wrong_credentials(tokens: Tokens) -> dict[str, list[bytes]]:
    """`Authorization` headers that are not one bearer."""
    mine, other = tokens.mine.value.encode(), tokens.other.value.encode()
    return {
        "empty": [b""],
        "no scheme": [mine],
        "scheme alone": [b"Bearer"],
        "scheme and blank": [b"Bearer "],
        "another scheme": [b"Basic " + mine],
        "a longer scheme": [b"Bearers " + mine],
        "no blank": [b"Bearer" + mine],
        "colon": [b"Bearer: " + mine],
        "two values": [b"Bearer " + mine + b" " + mine],
        "a list": [b"Bearer " + mine + b", Bearer " + mine],
        "two headers": [b"Bearer " + mine, b"Bearer " + mine],
        "two headers of two tokens": [b"Bearer " + mine, b"Bearer " + other],
        "two headers, the first wrong": [b"Bearer x", b"Bearer " + mine],
        "two headers, one empty": [b"Bearer " + mine, b""],
    } | {name: [b"Bearer " + text] for name, text in wrong_values(tokens).items()}


def sent(credentials: list[bytes]) -> Headers:
    return [(b"authorization", text) for text in credentials]


@pytest.mark.parametrize("door", DOORS)
async def test_all_that_is_wrong_is_answered_byte_for_byte_alike(
    gateway: httpx.AsyncClient, desk: Desk, tokens: Tokens, door: str
) -> None:
    before = await dump(desk)
    answers = {
        name: await DOORS[door](gateway, sent(credentials), {})
        for name, credentials in wrong_credentials(tokens).items()
    }
    challenge, body = REFUSED[door]
    for name, answer in answers.items():
        assert answer.status_code == 401, name
        assert answer.headers.get_list("www-authenticate") == [challenge], name
        assert answer.json() == body, name
        assert answer.headers["cache-control"] == "no-store", name
        assert "set-cookie" not in answer.headers, name
    shapes = {(tuple(each.headers.raw), each.content) for each in answers.values()}
    assert len(shapes) == 1
    await desk.usage.write()
    assert await dump(desk) == before, "a wrong secret is no use of anybody's token"


@pytest.mark.parametrize("door", DOORS)
async def test_the_schemes_case_does_not_matter(
    gateway: httpx.AsyncClient, tokens: Tokens, door: str
) -> None:
    mine = tokens.mine.value.encode()
    for text in (b"Bearer " + mine, b"bearer " + mine, b"BEARER   " + mine, b"bEaReR " + mine):
        assert (await DOORS[door](gateway, sent([text]), {})).status_code == 200


async def test_without_a_header_no_error_is_named(gateway: httpx.AsyncClient, world: World) -> None:
    for door in ("verify", "introspect"):
        answer = await DOORS[door](gateway, [], {})
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
        assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("name", ["access_token", "token", "authorization", "Authorization"])
async def test_a_token_in_the_address_is_never_taken(
    gateway: httpx.AsyncClient, tokens: Tokens, name: str
) -> None:
    for text in (tokens.mine.value, f"Bearer {tokens.mine.value}"):
        for door, status in (("verify", 400), ("introspect", 401)):
            with_it = await DOORS[door](gateway, [], {name: text})
            without = await DOORS[door](gateway, [], {name: "x"})
            assert with_it.status_code == status
            assert (with_it.headers.raw, with_it.content) == (without.headers.raw, without.content)
        nobody = await graphql(gateway, [], {name: text})
        assert nobody.json()["errors"][0]["message"] == (
            "Sign in, or send a token as Authorization: Bearer."
        )


async def test_other_headers_and_cookies_are_no_credentials(
    gateway: httpx.AsyncClient, tokens: Tokens
) -> None:
    mine = tokens.mine.value.encode()
    names = [b"proxy-authorization", b"x-api-key", b"x-authorization", b"cookie"]
    for name in names:
        answer = await verify(gateway, [(name, b"Bearer " + mine)], {})
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")


async def module_answer(
    gateway: httpx.AsyncClient, program: Program, query: str
) -> tuple[int, str | None, object]:
    answer = await gateway.get(f"/verify?{query}", headers=program.bearer)
    assert answer.headers["cache-control"] == "no-store"
    return answer.status_code, answer.headers.get("www-authenticate"), answer.json()


async def test_an_unknown_module_is_one_that_is_not_granted(
    gateway: httpx.AsyncClient, tokens: Tokens
) -> None:
    reason = "The token is not granted the module asked for."
    for module in ("MOD-9999", "MOD-2002", "MOD-2004"):
        assert await module_answer(gateway, tokens.mine, f"module=MOD-2001&module={module}") == (
            403,
            f'Bearer error="insufficient_scope", scope="{module}", error_description="{reason}"',
            {"active": False, "error": reason, "missing": [module]},
        )


async def test_a_malformed_module_is_named_as_the_askers_mistake(
    gateway: httpx.AsyncClient, tokens: Tokens
) -> None:
    odd = ["", "billing", "mod-2001", "MOD-20011", "MOD-2001%00", "MOD-2001,MOD-2002", "%ff", "*"]
    odd += ["MOD-2001%20", "MOD-2001%22", "x" * 10_000, "MOD-%D9%A1%D9%A2%D9%A3%D9%A4"]
    for module in odd:
        assert await module_answer(gateway, tokens.mine, f"module=MOD-2001&module={module}") == (
            400,
            None,
            {"active": False, "error": "?module= takes ids such as MOD-1234."},
        )


async def test_a_wrong_token_learns_nothing_about_modules(
    gateway: httpx.AsyncClient, tokens: Tokens
) -> None:
    plain = await verify(gateway, sent([b"Bearer x"]), {})
    for module in ("MOD-2001", "MOD-9999"):
        for value in (b"Bearer x", b"Bearer " + Secret.generate(tokens.mine.id).reveal().encode()):
            answer = await verify(gateway, sent([value]), {"module": module})
            assert (answer.status_code, answer.content) == (401, plain.content)
            assert answer.headers.raw == plain.headers.raw


async def test_what_else_is_in_the_address_can_only_ask_for_more(
    gateway: httpx.AsyncClient, tokens: Tokens
) -> None:
    """Envoy appends the client's own path: `/verify?module=MOD-2001&path=` + `/orders?x=1`."""
    for path, status in {
        "/orders/1": 200,
        "/orders?x=1&y=%00": 200,
        "/orders?module=MOD-2002": 200,
        "/orders?x=1&module=MOD-2001": 200,
        "/orders?x=1&module=MOD-2002": 403,
        "/orders?x=1&module=": 400,
        "/orders?x=1;module=MOD-2002": 200,
    }.items():
        address = f"/verify?module=MOD-2002&path={path}"
        assert (await gateway.get(address, headers=tokens.mine.bearer)).status_code in {400, 403}
        address = f"/verify?module=MOD-2001&path={path}"
        answer = await gateway.get(address, headers=tokens.mine.bearer)
        assert (path, answer.status_code) == (path, status)
