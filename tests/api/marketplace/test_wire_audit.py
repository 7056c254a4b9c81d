"""Audit records and types of events as the clients ask for them and send them."""

from typing import Any

import pytest

from server.domain.actor import OPERATOR
from server.services.platform_events.event_types import event_types
from server.services.tokens.patch import TokenPatch
from tests.api.marketplace.conftest import EVENT_TYPES, RECORDS, Market
from tests.support.evidence import dump, last_record, records

KEY = "platform.accounts.api-token.created"


def told(market: Market, **more: Any) -> dict[str, Any]:
    """What the client's own test sends."""
    return {
        "event": "extensions.e2e.test",
        "object": {"id": market.world.vendor.id, "name": "e2e test account"},
        "details": "Said to {{ object.name }} by {{actor.name}}{{ nobody }}",
        "summary": "{{ object.id }} was told",
        "actor": {"type": "system", "id": "system"},
        "payload": {"key": "value"},
        **more,
    }


async def test_an_extension_writes_a_record(market: Market) -> None:
    wire, vendor = market.vendor.wire, market.world.vendor
    answer = await wire.post(RECORDS, told(market))
    assert answer.status == 201
    record_id = answer.json["id"]
    expected = {
        "id": record_id,
        "event": "extensions.e2e.test",
        "summary": "{{ object.id }} was told",
        "details": "Said to {{ object.name }} by {{actor.name}}{{ nobody }}",
        "object": {
            "id": vendor.id,
            "name": "Violet Vendor",
            "icon": None,
            "objectType": "Account",
        },
        "timestamp": "2030-03-14T09:26:57.589Z",
        "actor": {"id": market.vendor.id, "name": "Vendor manager", "icon": None},
        "type": "Private",
        "request": {"api": {"ip": "127.0.0.1", "userAgent": "swo-marketplace-client/1.0"}},
        "documents": {},
        "viewers": [],
        "$meta": {"omitted": []},
    }
    assert answer.json == expected
    assert answer.headers["location"] == f"{RECORDS}/{record_id}"
    assert (await wire.get(f"{RECORDS}/{record_id}")).json == expected
    rendered = (await wire.get(f"{RECORDS}/{record_id}?render%28%29=")).json
    assert rendered["details"] == "Said to Violet Vendor by Vendor manager"
    assert rendered["summary"] == f"{vendor.id} was told"
    assert await market.desk.audit_trail.verify(OPERATOR) == []


async def test_a_record_may_be_about_a_token(market: Market) -> None:
    answer = await market.vendor.wire.post(RECORDS, told(market, object={"id": market.vendor.id}))
    assert answer.json["object"]["objectType"] == "ApiToken"
    assert answer.json["object"]["name"] == "Vendor manager"
    [record] = [
        each
        for each in await records(market.desk, of=market.vendor.id)
        if each.event == "extensions.e2e.test"
    ]
    assert record.chain == market.world.vendor.id


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"event": KEY}, "event"),
        ({"event": "token.deleted"}, "event"),
        ({"event": "extensions"}, "event"),
        ({"event": "extensions.one"}, "event"),
        ({"event": "extensions..two.three"}, "event"),
        ({"event": "extensions.a." + "x" * 64}, "event"),
        ({"event": "extensions.a b.c"}, "event"),
        ({"event": None}, "event"),
        ({"object": {"id": "ACC-0000-0000"}}, "object.id"),
        ({"object": {"id": "TKN-0000-0000"}}, "object.id"),
        ({"object": {"id": "x\x00"}}, "object.id"),
        ({"object": {"id": "{client}"}}, "object.id"),
        ({"object": {"id": "{token}"}}, "object.id"),
        ({"object": "x"}, "object"),
        ({"details": "x" * 2_001}, "details"),
        ({"details": "\x00"}, "details"),
        ({"summary": 1}, "summary"),
    ],
)
async def test_a_wrong_record_is_not_written(
    market: Market, more: dict[str, Any], field: str
) -> None:
    places = {"{client}": market.world.client.id, "{token}": market.client.id}
    if isinstance(more.get("object"), dict):
        more = {"object": {"id": places.get(more["object"]["id"], more["object"]["id"])}}
    before = await dump(market.desk)
    answer = await market.vendor.wire.post(RECORDS, told(market, **more))
    assert list(answer.errors) == [field]
    assert await dump(market.desk) == before


async def test_the_list_of_records(market: Market) -> None:
    wire, token_id = market.vendor.wire, market.vendor.id
    patch = TokenPatch(description="{{ braces }} {{{{")
    await market.desk.tokens.update(market.world.other_admin, token_id, patch)
    sent = f"{RECORDS}?limit=10&offset=0&order=-timestamp&eq(object.id,'{token_id}')&render()"
    answer = (await wire.get(sent)).json
    assert answer["$meta"] == {
        "pagination": {"offset": 0, "limit": 10, "total": 2},
        "omitted": ["request", "documents", "viewers"],
    }
    newest, oldest = answer["data"]
    assert newest["event"] == "platform.accounts.api-token.updated"
    user = market.world.other_admin
    assert oldest == {
        "id": oldest["id"],
        "event": KEY,
        "summary": "API token created",
        "details": f"API token created: Vendor manager ({token_id}), by Otto Other",
        "object": {
            "id": token_id,
            "name": "Vendor manager",
            "icon": None,
            "objectType": "ApiToken",
        },
        "timestamp": "2030-03-14T09:26:54.589Z",
        "actor": {"id": user.id, "name": user.name, "icon": None},
        "type": "Private",
    }
    sent = "select=object,actor,details,documents,request.api.geolocation"
    shown = (await wire.get(f"{RECORDS}?limit=10&offset=0&order=-timestamp&{sent}")).json["data"][0]
    assert shown["documents"] == {
        "before": {"description": ""},
        "after": {"description": "{{ braces }} {{{{"},
    }
    assert "account" not in shown["actor"], "null would be the end of the client"


async def test_nothing_doubled_remains_of_braces(market: Market) -> None:
    await market.desk.tokens.update(
        market.world.other_admin, market.vendor.id, TokenPatch(name="{{ a }}}} {{{")
    )
    found = await market.vendor.wire.get(f"{RECORDS}?limit=100&render()")
    for each in found.json["data"]:
        assert "{{" not in each["details"] + each["summary"]
        assert "}}" not in each["details"] + each["summary"]
    plain = await market.vendor.wire.get(f"{RECORDS}?limit=100")
    assert all("{{ object.name }}" in each["details"] for each in plain.json["data"])


async def test_one_record_with_a_selection(market: Market) -> None:
    wire = market.vendor.wire
    [record] = [
        each
        for each in await records(market.desk, of=market.vendor.id)
        if each.event == "token.created"
    ]
    answer = await wire.get(f"{RECORDS}/{record.id}?select=object%2Cactor&render%28%29=")
    assert answer.json["id"] == record.id
    assert answer.json["object"]["id"] == market.vendor.id
    assert answer.json["actor"]["id"] == market.world.other_admin.id
    answer = await wire.get(f"{RECORDS}/{record.id}?select=-*%2Cobject%2Cactor%2Cdetails&render()")
    assert list(answer.json) == ["id", "details", "object", "actor", "$meta"]
    foreign = (await market.client.wire.get(f"{RECORDS}?limit=1")).ids[0]
    for target in ("REC-000-000-000", "AUD-0000-0000-0000-0000", foreign):
        answer = await wire.get(f"{RECORDS}/{target}")
        assert (answer.status, answer.json["title"]) == (404, "Not Found")


async def test_types_of_events(market: Market) -> None:
    wire = market.reader.wire
    answer = (await wire.get(f"{EVENT_TYPES}?limit=100")).json
    assert answer["$meta"]["pagination"]["total"] == len(answer["data"]) == len(event_types())
    assert len({each["id"] for each in answer["data"]}) == len(answer["data"])
    answer = (await wire.get(f"{EVENT_TYPES}?eq(key,'{KEY}')")).json
    [found] = answer["data"]
    assert found == {
        "id": found["id"],
        "key": KEY,
        "name": "API token created",
        "description": "API token created.",
    }
    one = await wire.get(f"{EVENT_TYPES}/{found['id']}")
    assert one.json == {**found, "$meta": {"omitted": []}}
    for sent in (
        f"and(eq(key,'{KEY}'),not(eq(name,'x')))",
        f"in(id,('{found['id']}','AET-0000-0000'))",
        "or(eq(name,'x'),like(key,'*api-token.created'))",
        "order=-key&limit=1&like(key,'*.created')&ilike(name,'api*')",
    ):
        assert (await wire.get(f"{EVENT_TYPES}?{sent}")).ids == [found["id"]], sent
    for sent, piece in (
        ("eq(unknown,'x')", "unknown"),
        ("any(key,eq(id,'x'))", "key"),
        ("eq(name,null())", "name"),
        ("order=unknown", "unknown"),
    ):
        assert list((await wire.get(f"{EVENT_TYPES}?{sent}")).errors) == [piece]


async def test_operations_describes_types_of_events(market: Market) -> None:
    wire = market.operations.wire
    [known] = (await wire.get(f"{EVENT_TYPES}?eq(key,'{KEY}')")).json["data"]
    path = f"{EVENT_TYPES}/{known['id']}"
    answer = await wire.put(path, {"description": " Mine ", "name": "Mine", "key": "mine"})
    mine = {**known, "description": "Mine"}
    assert (answer.status, answer.json) == (200, {**mine, "$meta": {"omitted": []}})
    record = await last_record(market.desk, "platform")
    assert (record.event, record.object_id) == ("event.described", known["id"])
    assert (record.actor_id, record.object_name) == (market.operations.id, KEY)
    assert record.before == {"description": "API token created."}
    assert record.after == {"description": "Mine"}

    # Everybody reads and finds it so.
    assert (await market.reader.wire.get(path)).json["description"] == "Mine"
    found = await market.reader.wire.get(f"{EVENT_TYPES}?eq(description,'Mine')")
    assert found.json["data"] == [mine]

    before = await dump(market.desk)
    for same in ({}, {"name": "Mine"}, {"description": "Mine"}):
        answer = await wire.put(path, same)
        assert (answer.status, answer.json["description"]) == (200, "Mine")
    assert await dump(market.desk) == before
    for cleared in (None, ""):
        await wire.put(path, {"description": "Mine"})
        answer = await wire.put(path, {"description": cleared})
        assert (answer.status, answer.json["description"]) == (200, "API token created.")


async def test_wrong_descriptions_of_types_are_refused(market: Market) -> None:
    wire, path = market.operations.wire, f"{EVENT_TYPES}/{event_types()[0].id}"
    before = await dump(market.desk)
    for wrong in ("x" * 2_001, "\x00", 5):
        assert list((await wire.put(path, {"description": wrong})).errors) == ["description"]
    refused = await market.client.wire.put(path, {})
    assert (refused.status, refused.json["title"]) == (403, "Forbidden")
    for answer in (
        await wire.get(f"{EVENT_TYPES}/EVT-000-000"),
        await wire.put(f"{EVENT_TYPES}/EVT-000-000", {"description": "Mine"}),
        await wire.put(f"{EVENT_TYPES}/EVT-000-000", {"description": 5}),
    ):
        assert (answer.status, answer.json["title"]) == (404, "Not Found")
    assert await dump(market.desk) == before
