"""Modules and accounts as the clients ask for them and send them."""

from typing import Any

import pytest

from tests.api.marketplace.conftest import ACCOUNTS, MODULES, Market
from tests.api.marketplace.test_wire_tokens import ACCESS
from tests.support.evidence import dump, last_record
from tests.support.pictures import picture


async def test_the_list_of_modules(market: Market) -> None:
    wire = market.operations.wire
    sent = f"{MODULES}?limit=10&offset=0&select=-description"
    answer = await wire.get(f"{sent}&and(eq(id,'MOD-1756'),eq(name,'Access%20management'))")
    without = {name: value for name, value in ACCESS.items() if name != "description"}
    assert answer.json == {
        "$meta": {
            "pagination": {"offset": 0, "limit": 10, "total": 1},
            "omitted": ["description", "accountTypes", "audit"],
        },
        "data": [without],
    }
    answer = await wire.get(f"{MODULES}?select=accountTypes&limit=100")
    types = {each["id"]: each["accountTypes"] for each in answer.json["data"]}
    assert types == {
        "MOD-1756": ["Client", "Vendor", "Operations"],
        "MOD-2001": ["Client"],
        "MOD-2002": ["Client"],
        "MOD-2003": ["Vendor"],
        "MOD-2004": [],
    }


async def test_one_module(market: Market) -> None:
    wire = market.operations.wire
    answer = await wire.get(f"{MODULES}/MOD-1756")
    assert answer.json == {**ACCESS, "$meta": {"omitted": ["accountTypes", "audit"]}}
    answer = await wire.get(f"{MODULES}/MOD-1756?select=%2Baudit")
    assert answer.json["audit"] == {"created": {"at": "2030-03-14T09:26:53.589Z"}}
    for unknown in ("MOD-0000", "MOD-1756-1452", "x"):
        answer = await wire.get(f"{MODULES}/{unknown}")
        assert (answer.status, answer.json["title"]) == (404, "Not Found")


def shown(account_id: str, **more: Any) -> dict[str, Any]:
    """An account as it is answered."""
    return {
        "id": account_id,
        "type": "Vendor",
        "status": "Active",
        "name": "Violet Vendor",
        "icon": None,
        **more,
    }


async def test_the_list_of_accounts(market: Market) -> None:
    sent = f"{ACCOUNTS}?limit=10&offset=0&select=-address&and(eq(id,'{market.world.vendor.id}')"
    answer = await market.operations.wire.get(f"{sent},eq(name,'Violet%20Vendor'))")
    assert answer.json == {
        "$meta": {"pagination": {"offset": 0, "limit": 10, "total": 1}, "omitted": ["audit"]},
        "data": [shown(market.world.vendor.id)],
    }
    answer = await market.operations.wire.get(f"{ACCOUNTS}?order=name")
    world = market.world
    assert answer.ids == [world.client.id, world.operations.id, world.vendor.id]
    assert (await market.vendor.wire.get(ACCOUNTS)).ids == [world.vendor.id]


async def test_one_account(market: Market) -> None:
    path = f"{ACCOUNTS}/{market.world.vendor.id}"
    answer = await market.vendor.wire.get(path)
    assert answer.json == {**shown(market.world.vendor.id), "$meta": {"omitted": ["audit"]}}
    answer = await market.operations.wire.get(f"{path}?select=%2Baudit%2C-name")
    assert answer.json["audit"] == {"created": {"at": "2030-03-14T09:26:53.589Z"}}
    for target in (f"{ACCOUNTS}/{market.world.client.id}", f"{ACCOUNTS}/INVALID-ID"):
        answer = await market.vendor.wire.get(target)
        assert (answer.status, answer.json["title"]) == (404, "Not Found")


async def test_an_account_lives_its_life(market: Market) -> None:
    wire = market.operations.wire
    sent = {"name": "New Väendor", "type": "Vendor", "address": {"country": "US"}}
    answer = await wire.send_form("POST", ACCOUNTS, sent)
    assert answer.status == 201
    account_id = answer.json["id"]
    assert answer.headers["location"] == f"{ACCOUNTS}/{account_id}"
    made = shown(account_id, name="New Väendor") | {"$meta": {"omitted": ["audit"]}}
    assert answer.json == made
    record = await last_record(market.desk, account_id)
    assert (record.event, record.actor_id) == ("account.created", market.operations.id)

    path = f"{ACCOUNTS}/{account_id}"
    answer = await wire.send_form("PUT", path, {**sent, "name": "Other", "type": "Client"})
    assert (answer.status, answer.json) == (200, {**made, "name": "Other"})
    answer = await wire.send_form("PUT", path, {})
    assert (answer.status, answer.json["name"]) == (200, "Other")
    assert (await last_record(market.desk, account_id)).event == "account.renamed"
    answer = await wire.post(f"{path}/disable")
    assert (answer.status, answer.json["status"]) == (200, "Disabled")
    assert list((await wire.post(f"{path}/disable")).errors) == ["status"]
    answer = await wire.post(f"{path}/enable")
    assert (answer.status, answer.json["status"]) == (200, "Active")


async def test_a_disabled_account_has_no_tokens_that_work(market: Market) -> None:
    await market.operations.wire.post(f"{ACCOUNTS}/{market.world.vendor.id}/disable")
    assert (await market.vendor.wire.get(ACCOUNTS)).status == 401


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"name": "", "type": "Client"}, "name"),
        ({"type": "Client"}, "name"),
        ({"name": "x", "type": "client"}, "type"),
        ({"name": "x"}, "type"),
        (["x"], "body"),
    ],
)
async def test_a_wrong_account_is_not_made(market: Market, sent: object, field: str) -> None:
    before = await dump(market.desk)
    answer = await market.operations.wire.send_form("POST", ACCOUNTS, sent, picture())
    assert list(answer.errors) == [field]
    assert await dump(market.desk) == before


async def test_unknown_accounts_are_not_found_before_anything_else(market: Market) -> None:
    wire, path = market.operations.wire, f"{ACCOUNTS}/ACC-0000-0000"
    before = await dump(market.desk)
    for answer in (
        await wire.send_form("PUT", path, {"name": ""}, picture()),
        await wire.send_form("PUT", path, {"name": "x"}, picture()),
        await wire.send("PUT", path, b"nothing"),
        await wire.post(f"{path}/enable"),
        await wire.post(f"{path}/disable"),
        await wire.get(f"{path}/icon"),
    ):
        assert (answer.status, answer.json["title"]) == (404, "Not Found")
    assert await dump(market.desk) == before


async def test_user_groups_are_not_there(market: Market) -> None:
    for target in ("", "/UGR-0000-0000"):
        answer = await market.operations.wire.get(f"/public/v1/accounts/user-groups{target}")
        assert (answer.status, answer.json["title"]) == (404, "Not Found")
