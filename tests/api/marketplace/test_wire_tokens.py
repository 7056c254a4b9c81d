"""The seven calls about API tokens as the clients send them, and what they get."""

import base64
from datetime import timedelta
from typing import Any

import pytest

from server.domain.actor import OPERATOR
from tests.api.marketplace.conftest import TOKENS, Market
from tests.support.clock import TurnableClock
from tests.support.evidence import dump, last_record
from tests.support.pictures import picture, vast_png

UNKNOWN = f"{TOKENS}/TKN-0000-0000"


def body(market: Market, **more: Any) -> dict[str, Any]:
    """What the recorded client sends, for creates and updates alike."""
    return {
        "account": {"id": market.world.client.id},
        "name": "E2E Test API Token",
        "description": "E2E API Token created during E2E tests",
        "icon": "",
        "modules": [{"id": "MOD-1756"}],
        **more,
    }


ACCESS = {
    "id": "MOD-1756",
    "name": "Access management",
    "description": "Manage API tokens from a program.",
    "paid": False,
    "settings": {
        "sharedAccount": False,
        "configurable": True,
        "default": False,
        "paid": False,
        "type": [],
    },
    "filters": {},
}


def shown(market: Market, token_id: str, created_at: str, **more: Any) -> dict[str, Any]:
    """The token that the body makes, as a single object."""
    by = {"id": market.client.id, "name": "Client manager", "icon": None}
    return {
        "id": token_id,
        "status": "Active",
        "name": "E2E Test API Token",
        "description": "E2E API Token created during E2E tests",
        "icon": None,
        "lastAccessAt": None,
        "account": {
            "id": market.world.client.id,
            "type": "Client",
            "status": "Active",
            "icon": None,
            "name": "Blue Client",
        },
        "modules": [ACCESS],
        "audit": {"created": {"at": created_at, "by": by}},
        "$meta": {"omitted": ["token"]},
        **more,
    }


def moment(clock: TurnableClock) -> str:
    """Now, cut to milliseconds."""
    return f"{clock():%Y-%m-%dT%H:%M:%S}.{clock().microsecond // 1000:03}Z"


async def test_a_token_lives_its_life(market: Market, clock: TurnableClock) -> None:
    wire = market.client.wire
    clock.advance(timedelta(microseconds=1_999))
    created_at = moment(clock)
    answer = await wire.post(TOKENS, body(market))
    assert answer.status == 201
    made = answer.json
    token_id, value = made["id"], made.pop("token")
    assert answer.headers["location"] == f"{TOKENS}/{token_id}"
    assert answer.headers["cache-control"] == "no-store"
    assert made == shown(market, token_id, created_at) | {"$meta": {"omitted": []}}
    verdict = await market.desk.verifier.verify(value)
    assert verdict.valid

    answer = await wire.get(f"{TOKENS}/{token_id}")
    assert answer.status == 200
    assert answer.json == shown(market, token_id, created_at)

    clock.advance(timedelta(minutes=1))
    changed = body(market, name="Renamed", id="TKN-1111-1111", status="Disabled", token="x")
    changed["account"] = {"id": market.world.vendor.id}
    answer = await wire.put(f"{TOKENS}/{token_id}", changed)
    by = {"id": market.client.id, "name": "Client manager", "icon": None}
    audit = {"created": {"at": created_at, "by": by}, "updated": {"at": moment(clock), "by": by}}
    assert answer.status == 200
    assert answer.json == shown(market, token_id, created_at, name="Renamed", audit=audit)
    assert (await market.desk.verifier.verify(value)).valid, "the secret is the same"

    for step, status, valid in (("disable", "Disabled", False), ("enable", "Active", True)):
        clock.advance(timedelta(minutes=1))
        answer = await wire.post(f"{TOKENS}/{token_id}/{step}")
        audit["updated"]["at"] = moment(clock)
        assert answer.status == 200
        assert answer.json == shown(
            market, token_id, created_at, name="Renamed", audit=audit, status=status
        )
        assert (await market.desk.verifier.verify(value)).valid is valid

    answer = await wire.delete(f"{TOKENS}/{token_id}")
    assert (answer.status, answer.body) == (204, b"")
    assert not (await market.desk.verifier.verify(value)).valid
    record = await last_record(market.desk, market.world.client.id)
    assert (record.event, record.object_id) == ("token.deleted", token_id)
    assert (record.actor_id, record.user_agent) == (market.client.id, "swo-marketplace-client/1.0")

    before = await dump(market.desk)
    for method, target in (
        ("GET", ""),
        ("PUT", ""),
        ("DELETE", ""),
        ("POST", "/enable"),
        ("POST", "/disable"),
    ):
        path = f"{TOKENS}/{token_id}{target}"
        sent = await (wire.put(path, body(market)) if method == "PUT" else wire.send(method, path))
        assert (sent.status, sent.json["title"]) == (404, "Not Found"), method
    assert await dump(market.desk) == before


async def test_the_mobile_app_makes_a_token_for_another_account(market: Market) -> None:
    sent = body(market, extensions=None, modules=[{"id": "MOD-1756"}])
    answer = await market.operations.wire.post(TOKENS, sent)
    assert answer.status == 201
    made = answer.json
    assert made["account"]["id"] == market.world.client.id
    assert [each["id"] for each in made["modules"]] == ["MOD-1756"]
    grant = (await market.desk.verifier.verify(made["token"])).grant
    assert grant is not None
    assert (grant.token_id, grant.account_id) == (made["id"], market.world.client.id)
    record = await last_record(market.desk, market.world.client.id)
    assert (record.event, record.actor_id) == ("token.created", market.operations.id)


async def test_operations_gives_another_account_no_module_that_it_lacks(market: Market) -> None:
    sent = body(market, extensions=None, modules=[{"id": "MOD-1756"}, {"id": "MOD-2001"}])
    before = await dump(market.desk)
    answer = await market.operations.wire.post(TOKENS, sent)
    assert answer.status == 400
    complaint = "This token may not grant the module MOD-2001: it lacks it itself."
    assert answer.json["errors"] == {"modules": [complaint]}
    assert await dump(market.desk) == before


async def test_unknown_ids_are_not_found_before_anything_else(market: Market) -> None:
    wire = market.client.wire
    foreign = await market.made(market.world.other_admin)
    before = await dump(market.desk)
    for path in (
        UNKNOWN,
        f"{TOKENS}/{foreign}",
        f"{TOKENS}/INVALID-ID",
        f"{TOKENS}/%00",
        f"{TOKENS}/%0A%FF%2Fenable",
    ):
        for answer in (
            await wire.get(path),
            await wire.put(path, body(market)),
            await wire.put(path, {"name": "", "modules": []}),
            await wire.send("PUT", path, b"{", {"Connection": "close"}),
            await wire.post(f"{path}/enable"),
            await wire.post(f"{path}/disable"),
            await wire.delete(path),
        ):
            assert (answer.status, answer.json["title"]) == (404, "Not Found")
    assert await dump(market.desk) == before


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": " \n"}, "name"),
        ({"name": 7}, "name"),
        ({"name": None}, "name"),
        ({"name": "x" * 256}, "name"),
        ({"description": "x" * 2_001}, "description"),
        ({"modules": []}, "modules"),
        ({"modules": [{"id": "MOD-2003"}]}, "modules"),
        ({"modules": [{"id": "MOD-1756"}, {"id": "MOD-2001"}]}, "modules"),  # it lacks this one
        ({"modules": [{"id": "no id"}]}, "modules"),
        ({"modules": ["MOD-1756"]}, "modules.0"),
        ({"modules": None}, "modules"),
        ({"icon": "https://elsewhere.example/a.png"}, "icon"),
        ({"icon": "data:image/png;base64,AAAA"}, "icon"),
        ({"icon": "data:image/png;base64,*"}, "icon"),
        ({"icon": "data:text/html;base64,AAAA"}, "icon"),
    ],
)
async def test_what_is_wrong_is_said_by_its_field(
    market: Market, more: dict[str, Any], field: str
) -> None:
    token_id = await market.made(market.world.admin)
    before = await dump(market.desk)
    wire = market.client.wire
    assert list((await wire.post(TOKENS, body(market, **more))).errors) == [field]
    assert list((await wire.put(f"{TOKENS}/{token_id}", body(market, **more))).errors) == [field]
    assert await dump(market.desk) == before


async def test_everything_that_is_wrong_is_said_at_once(market: Market) -> None:
    wrong = body(market, name="", modules=[], icon="x", account={"id": market.world.vendor.id})
    answer = await market.client.wire.post(TOKENS, wrong)
    assert set(answer.errors) == {"name", "modules", "icon", "account.id"}


@pytest.mark.parametrize("account_id", ["ACC-0000-0000", "x", "\x00"])
async def test_the_account_has_to_be_there(market: Market, account_id: str) -> None:
    sent = body(market, account={"id": account_id})
    assert list((await market.operations.wire.post(TOKENS, sent)).errors) == ["account.id"]


async def test_a_wrong_state_is_a_bad_request(market: Market) -> None:
    token_id = await market.made(market.world.admin)
    wire, before = market.client.wire, await dump(market.desk)
    assert list((await wire.post(f"{TOKENS}/{token_id}/enable")).errors) == ["status"]
    assert await dump(market.desk) == before
    await market.desk.tokens.disable(OPERATOR, token_id)
    before = await dump(market.desk)
    assert list((await wire.post(f"{TOKENS}/{token_id}/disable")).errors) == ["status"]
    assert await dump(market.desk) == before


async def test_what_is_absent_stays_and_null_clears(market: Market) -> None:
    wire = market.client.wire
    made = (await wire.post(TOKENS, body(market))).json
    path = f"{TOKENS}/{made['id']}"
    assert (await wire.put(path, {})).json["description"] == body(market)["description"]
    answer = (await wire.put(path, {"name": "Other"})).json
    assert (answer["name"], answer["modules"]) == ("Other", [ACCESS])
    answer = (await wire.put(path, {"description": None})).json
    assert (answer["name"], answer["description"]) == ("Other", None)


@pytest.mark.parametrize(("kind", "media"), [("PNG", "png"), ("JPEG", "JPEG")])
async def test_an_icon_is_kept_read_sent_back_and_removed(
    market: Market, kind: str, media: str
) -> None:
    wire = market.client.wire
    url = f"data:image/{media};base64,{base64.b64encode(picture(kind)).decode()}"
    made = (await wire.post(TOKENS, body(market, icon=url))).json
    icon, path = made["icon"], f"{TOKENS}/{made['id']}"
    assert icon.startswith("http://desk.test/logos/")
    logo = await market.nobody.get(icon.removeprefix("http://desk.test"))
    assert (logo.status, logo.headers["content-type"]) == (200, f"image/{kind.lower()}")
    assert (await wire.put(path, body(market, icon=icon))).json["icon"] == icon
    assert (await wire.put(path, {"name": "Other"})).json["icon"] == icon
    other = "data:image/png;base64," + base64.b64encode(picture(colour="red")).decode()
    assert (await wire.put(path, {"icon": other})).json["icon"] not in {icon, None}
    assert (await wire.put(path, {"icon": ""})).json["icon"] is None
    assert (await wire.put(path, {"icon": None})).json["icon"] is None


async def test_a_picture_that_is_none_or_too_large_is_refused(market: Market) -> None:
    for content in (b"x" * (5 * 1024 * 1024 + 1), vast_png(), b""):
        url = f"data:image/png;base64,{base64.b64encode(content).decode()}"
        answer = await market.client.wire.post(TOKENS, body(market, icon=url))
        assert list(answer.errors) == ["icon"]
