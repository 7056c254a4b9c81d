"""Tokens and records narrowed and ordered by GraphQL: each field, combined, and wrong values."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from server.desk import Desk
from server.domain.actor import Actor, Role
from server.domain.tokens.secret_policy import Grace
from server.services.search.token_list import TokenOrder
from tests.schema.conftest import Client
from tests.support.clock import START, TurnableClock
from tests.support.world import World

TOKENS = """query ($filter: ApiTokenFilter, $orderBy: ApiTokenOrder, $first: Int, $after: String) {
  apiTokens(filter: $filter, orderBy: $orderBy, first: $first, after: $after) {
    nodes { id name } pageInfo { hasNextPage endCursor } } }"""
RECORDS = """query ($filter: AuditTrailFilter) {
  auditTrail(filter: $filter, first: 100) { nodes { event actor { id } object { id } at } } }"""


def moment(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


DAY = timedelta(days=1)


@pytest.fixture
async def tokens(desk: Desk, world: World, clock: TurnableClock) -> dict[str, str]:
    """The client's A to E, each a day after the one before, and the vendor's F; ids by name."""
    made: dict[str, str] = {}

    async def make(actor: Actor, name: str, *module_ids: str, days: int | None = None) -> None:
        expires_at = clock() + timedelta(days=days) if days else None
        minted = await desk.tokens.create(
            actor, name=name, module_ids=module_ids, expires_at=expires_at
        )
        assert minted.secret is not None
        made[name] = minted.token.id
        if name in "BD":
            await desk.verifier.actor(minted.secret.reveal(), world.admin.origin)
            await desk.usage.write()
        clock.advance(DAY)

    await make(world.admin, "A", "MOD-1756", days=2)
    await make(world.admin, "B", "MOD-1756", "MOD-2001", days=20)
    await make(world.admin, "C", "MOD-2001", days=200)
    await make(world.admin, "D", "MOD-2002")
    await make(world.admin, "E", "MOD-2001", "MOD-2002")
    await desk.tokens.disable(world.admin, made["C"])
    await make(world.other_admin, "F", "MOD-1756")
    clock.advance(-timedelta(hours=1))
    return made


async def sign_in_again(client: Client, world: World, email: str) -> None:
    """Six days have passed."""
    await client.http.post("/sign-in", data={"email": email, "password": world.password})


@pytest.fixture
async def reader(admin: Client, tokens: dict[str, str], world: World) -> Client:
    """The client's administrator, after the tokens were made."""
    await sign_in_again(admin, world, world.admin_email)
    return admin


async def names(client: Client, **variables: object) -> str:
    """The names found, in order."""
    nodes = (await client.run(TOKENS, **variables))["apiTokens"]["nodes"]
    return "".join(node["name"] for node in nodes)


FOUND: list[tuple[dict[str, Any], str]] = [
    ({}, "EDCBA"),
    ({"status": "ACTIVE"}, "EDB"),
    ({"statuses": ["DISABLED", "EXPIRED"]}, "CA"),
    ({"statuses": ["DISABLED", "DISABLED"], "status": "EXPIRED"}, "CA"),
    ({"statuses": []}, "EDCBA"),
    ({"moduleIds": ["MOD-2001"]}, "ECB"),
    ({"moduleIds": ["MOD-1756", "MOD-2002"]}, "EDBA"),
    ({"moduleIds": ["MOD-2001", "MOD-2002"], "allModules": True}, "E"),
    ({"moduleIds": [], "allModules": True}, "EDCBA"),
    ({"moduleIds": ["nonsense", "\u0000"]}, ""),
    ({"createdById": "nonsense\u0000"}, ""),
    ({"createdSince": moment(START + 2 * DAY)}, "EDC"),
    ({"createdUntil": moment(START + 2 * DAY)}, "BA"),
    ({"createdSince": moment(START + DAY), "createdUntil": moment(START + 3 * DAY)}, "CB"),
    ({"createdSince": "0001-01-01T00:00:00Z"}, "EDCBA"),
    ({"createdSince": "9999-12-31T23:59:59.999999Z"}, ""),
    ({"neverUsed": True}, "ECA"),
    ({"unusedSince": moment(START + 3 * DAY)}, "ECBA"),
    ({"unusedSince": moment(START + 4 * DAY)}, "EDCBA"),
    ({"expiringWithinDays": 30}, "B"),
    ({"expiringWithinDays": 36_600}, "CB"),
    ({"moduleIds": ["MOD-2001"], "statuses": ["ACTIVE"], "neverUsed": True}, "E"),
]


async def test_each_filter_and_several_together(
    reader: Client, tokens: dict[str, str], world: World
) -> None:
    found = [(wish, await names(reader, filter=wish)) for wish, _ in FOUND]
    assert found == FOUND
    assert await names(reader, filter={"createdById": world.admin.id}) == "EDCBA"
    assert await names(reader, filter={"createdById": world.other_admin.id}) == ""
    secret = f"idt:{tokens['D']}:{'x' * 64}"
    assert await names(reader, filter={"search": secret}) == "D"


async def test_an_account_narrows_but_never_widens(
    reader: Client, signed_in: dict[str, Client], world: World
) -> None:
    foreign = {"accountId": world.vendor.id}
    assert await names(reader, filter={"accountId": world.client.id}) == "EDCBA"
    assert await names(reader, filter=foreign) == ""
    assert (await reader.run(RECORDS, filter=foreign))["auditTrail"]["nodes"] == []
    operations = signed_in["operations"]
    await sign_in_again(operations, world, world.operations_email)
    assert await names(operations) == "FEDCBA"
    assert await names(operations, filter=foreign) == "F"
    events = (await operations.run(RECORDS, filter=foreign | {"event": "token.created"}))[
        "auditTrail"
    ]["nodes"]
    assert [event["actor"]["id"] for event in events] == [world.other_admin.id]


REFUSED = [
    ({"expiringWithinDays": 0}, "expiringWithinDays must be between 1 and 36,600."),
    ({"expiringWithinDays": -1}, "expiringWithinDays must be between 1 and 36,600."),
    ({"expiringWithinDays": 2_147_483_647}, "expiringWithinDays must be between 1 and 36,600."),
    ({"moduleIds": ["MOD-1756"] * 101}, "Name at most 100 modules in moduleIds."),
]


@pytest.mark.parametrize(("wish", "message"), REFUSED)
async def test_values_beyond_all_measure_are_refused(
    admin: Client, wish: dict[str, Any], message: str
) -> None:
    [error] = (await admin.send(TOKENS, filter=wish))["errors"]
    assert (error["message"], error["extensions"]) == (message, {"code": "INVALID"})


@pytest.mark.parametrize(
    "variables",
    [
        {"filter": {"status": "GONE"}},
        {"filter": {"statuses": [None]}},
        {"filter": {"createdSince": "yesterday"}},
        {"filter": {"expiringWithinDays": 2**31}},
        {"filter": {"colour": "red"}},
        {"orderBy": {"field": "SECRET"}},
    ],
)
async def test_unknown_values_are_explained(admin: Client, variables: dict[str, Any]) -> None:
    [error] = (await admin.send(TOKENS, **variables))["errors"]
    assert error["extensions"] == {"code": "BAD_REQUEST"}


ASCENDING = {
    TokenOrder.CREATED_AT: "ABCDE",
    TokenOrder.NAME: "ABCDE",
    TokenOrder.UPDATED_AT: "ABDEC",
    TokenOrder.LAST_ACCESS_AT: "BD",
    TokenOrder.EXPIRES_AT: "ABC",
    TokenOrder.STATUS: "AB",
    TokenOrder.CREATED_BY: "",
}
"""How the order begins or ends; ties are decided by the id."""


@pytest.mark.parametrize("order", TokenOrder)
async def test_every_order_goes_both_ways_and_in_windows(reader: Client, order: TokenOrder) -> None:
    up = {"field": order.name, "descending": False}
    ascending = await names(reader, orderBy=up)
    assert sorted(ascending) == list("ABCDE")
    known = ASCENDING[order]
    assert ascending.startswith(known) or ascending.endswith(known)
    assert await names(reader, orderBy={"field": order.name}) == ascending[::-1]
    walked, after = "", None
    while True:
        window = (await reader.run(TOKENS, orderBy=up, first=2, after=after))["apiTokens"]
        walked += "".join(node["name"] for node in window["nodes"])
        after = window["pageInfo"]["endCursor"]
        if not window["pageInfo"]["hasNextPage"]:
            break
    assert walked == ascending


async def test_records_are_narrowed(
    admin: Client, desk: Desk, world: World, clock: TurnableClock
) -> None:
    begun = clock.advance(timedelta(hours=1))
    minted = await desk.tokens.create(world.admin, name="A", module_ids=["MOD-1756"])
    token_id, moved = minted.token.id, clock.advance(timedelta(hours=1))
    await desk.secrets.rotate(world.admin, token_id, Grace.NONE)
    await desk.members.set_role(world.admin, world.viewer.id, Role.ADMINISTRATOR)

    async def events(**wish: object) -> list[str]:
        nodes = (await admin.run(RECORDS, filter=wish))["auditTrail"]["nodes"]
        return [node["event"] for node in nodes]

    assert await events(objectId=token_id) == ["token.rotated", "token.created"]
    own = await events(actorId=world.admin.id)
    assert sorted(own[:2]) == ["token.rotated", "user.role_changed"]
    assert own[2:] == ["token.created", "user.signed_in"]
    assert await events(actorId=world.admin.id, since=moment(begun), until=moment(moved)) == [
        "token.created"
    ]
    assert await events(event="token.rotated", actorId=world.viewer.id) == []
    assert await events(event="\u0000", objectId="\u0000") == []
