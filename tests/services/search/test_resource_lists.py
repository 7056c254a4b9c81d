"""Lists in the Marketplace's way: who sees what, what is found, in which parts."""

from dataclasses import replace
from datetime import timedelta

import pytest

from server.desk import Desk
from server.domain.actor import NOBODY, OPERATOR, AccountType, Actor, ActorKind
from server.domain.errors import NotAllowed, NotFound, SignInNeeded
from server.domain.filters import And, Compare, Condition, Not, OneOf, Operator, Or, Text
from server.models.audit import AuditRecord
from server.services.accounts.views import AccountView
from server.services.search.list_query import ListQuery, OrderBy
from server.services.tokens.patch import TokenPatch
from tests.support.clock import TurnableClock
from tests.support.factories import made
from tests.support.list_queries import EVERYTHING, eq, list_query
from tests.support.world import World


def program(account: AccountView, *modules: str, token_id: str = "TKN-0000-0001") -> Actor:
    return Actor(
        ActorKind.TOKEN,
        token_id,
        "Robot",
        account_id=account.id,
        account_type=account.type,
        module_ids=frozenset(modules),
    )


async def names(desk: Desk, actor: Actor, wanted: ListQuery = EVERYTHING) -> list[str]:
    return [item.token.name for item in (await desk.resource_lists.tokens(actor, wanted)).items]


async def test_tokens_of_the_own_account_of_all_for_operations(desk: Desk, world: World) -> None:
    await made(desk, world.admin, "Ours")
    await made(desk, world.other_admin, "Theirs")
    for actor in (world.admin, world.viewer, program(world.client, "MOD-1756")):
        assert await names(desk, actor) == ["Ours"]
        foreign = await desk.resource_lists.tokens(
            actor, list_query(eq("account.id", world.vendor.id))
        )
        assert (foreign.items, foreign.total) == ([], 0)
    assert sorted(await names(desk, world.operations_admin)) == ["Ours", "Theirs"]
    assert await names(desk, world.other_admin) == ["Theirs"]
    with pytest.raises(SignInNeeded):
        await desk.resource_lists.tokens(NOBODY, EVERYTHING)


async def test_a_program_without_the_module_reads_its_own_record_alone(
    desk: Desk, world: World
) -> None:
    own = (await made(desk, world.admin, "Own")).token
    other = (await made(desk, world.admin, "Other")).token
    foreign = (await made(desk, world.other_admin, "Foreign")).token
    weak = program(world.client, "MOD-2001", token_id=own.id)
    assert (await desk.resource_lists.token(weak, own.id)).token == own
    for not_itself in (other.id, foreign.id, "TKN-0000-0000"):
        with pytest.raises(NotAllowed, match="MOD-1756"):
            await desk.resource_lists.token(weak, not_itself)
    for listing in (desk.resource_lists.tokens, desk.resource_lists.records):
        with pytest.raises(NotAllowed, match="MOD-1756"):
            await listing(weak, EVERYTHING)


@pytest.mark.parametrize("token_id", ["TKN-0000-0000", "INVALID-ID", "", "TKN-0000-0000'"])
async def test_unknown_ids(desk: Desk, world: World, token_id: str) -> None:
    with pytest.raises(NotFound):
        await desk.resource_lists.token(world.admin, token_id)
    with pytest.raises(NotFound):
        await desk.resource_lists.account(world.admin, token_id)
    with pytest.raises(NotFound):
        await desk.resource_lists.module(world.operations_admin, token_id)


async def test_deleted_tokens_are_neither_listed_nor_counted(desk: Desk, world: World) -> None:
    kept = (await made(desk, world.admin, "Kept")).token
    gone = (await made(desk, world.admin, "Gone")).token
    await desk.tokens.delete(world.admin, gone.id)
    deleted = eq("status", "Deleted")
    for actor in (world.admin, OPERATOR):
        for condition in (None, Not(deleted), Compare(Operator.NE, "name", Text("x"))):
            found = await desk.resource_lists.tokens(actor, ListQuery(condition=condition))
            assert ([item.token.id for item in found.items], found.total) == ([kept.id], 1)
        found = await desk.resource_lists.tokens(actor, list_query(deleted))
        assert (found.items, found.total) == ([], 0)
        with pytest.raises(NotFound):
            await desk.resource_lists.token(actor, gone.id)


async def test_a_token_is_listed_with_who_changed_it(
    desk: Desk, world: World, clock: TurnableClock
) -> None:
    token = (await made(desk, world.admin, "One", expires_at=clock() + timedelta(days=9))).token
    listed = await desk.resource_lists.token(world.admin, token.id)
    assert (listed.updated_at, listed.updated_by) == (None, None)
    clock.advance(timedelta(minutes=1))
    await desk.tokens.update(world.admin, token.id, TokenPatch(name="Two"))
    clock.advance(timedelta(minutes=1))
    await desk.tokens.disable(world.operations_admin, token.id)
    [listed] = (await desk.resource_lists.tokens(world.admin, EVERYTHING)).items
    assert listed.token == await desk.tokens.get(world.admin, token.id)
    assert listed.updated_at == clock()
    assert listed.updated_by is not None
    assert listed.updated_by.id == world.operations_admin.id
    assert listed.token.created_by.id == world.admin.id


async def test_an_expired_token_is_disabled(desk: Desk, world: World, clock: TurnableClock) -> None:
    await made(desk, world.admin, "Ends", expires_at=clock() + timedelta(hours=1))
    await made(desk, world.admin, "Stays")
    disabled = (await made(desk, world.admin, "Off")).token
    await desk.tokens.disable(world.admin, disabled.id)
    active, off = list_query(eq("status", "Active")), list_query(eq("status", "Disabled"))
    assert sorted(await names(desk, world.admin, active)) == ["Ends", "Stays"]
    clock.advance(timedelta(hours=1))
    for actor in (world.admin, OPERATOR):
        assert await names(desk, actor, active) == ["Stays"]
        assert sorted(await names(desk, actor, off)) == ["Ends", "Off"]
        assert (await desk.resource_lists.tokens(actor, active)).total == 1
        assert (await desk.resource_lists.tokens(actor, off)).total == 2


@pytest.mark.parametrize(
    ("condition", "total"),
    [
        (eq("status", "Active"), 3),
        (eq("status", "Disabled"), 1),
        (Compare(Operator.NE, "status", Text("Disabled")), 3),
        (OneOf("status", (Text("Active"), Text("Disabled"))), 4),
        (OneOf("status", (Text("Active"), Text("Deleted")), excluded=True), 1),
        (Or((eq("status", "Active"), eq("status", "Disabled"))), 4),
        (And((eq("status", "Active"), eq("status", "Disabled"))), 0),
        (Not(Or((eq("status", "Active"), eq("status", "Deleted")))), 1),
        (And((eq("status", "Active"), eq("name", "T1"))), 1),
    ],
)
async def test_totals_by_status(desk: Desk, world: World, condition: Condition, total: int) -> None:
    for number in range(4):
        await made(desk, world.admin, f"T{number}")
    [first, *_] = (await desk.resource_lists.tokens(world.admin, EVERYTHING)).items
    await desk.tokens.disable(world.admin, first.token.id)
    if total == 1 and isinstance(condition, And):
        condition = And((eq("status", "Disabled"), eq("name", first.token.name)))
    for actor in (world.admin, OPERATOR):
        found = await desk.resource_lists.tokens(actor, list_query(condition))
        assert found.total == len(found.items) == total


async def test_parts_of_a_list(desk: Desk, world: World) -> None:
    for number in range(5):
        await made(desk, world.admin, f"T{number}")
    order = (OrderBy("name", descending=True),)

    async def part(limit: int, offset: int) -> tuple[list[str], int]:
        wanted = ListQuery(order=order, limit=limit, offset=offset)
        found = await desk.resource_lists.tokens(world.admin, wanted)
        assert (found.limit, found.offset) == (limit, offset)
        return [item.token.name for item in found.items], found.total

    assert await part(2, 0) == (["T4", "T3"], 5)
    assert await part(2, 4) == (["T0"], 5)
    assert await part(2, 5) == ([], 5)
    assert await part(100, 999_999_999_999_999) == ([], 5)
    assert await part(0, 0) == ([], 5)


async def test_modules_for_those_who_may_operate(desk: Desk, world: World) -> None:
    for actor in (world.admin, world.viewer, program(world.client, "MOD-1756")):
        with pytest.raises(NotAllowed):
            await desk.resource_lists.modules(actor, EVERYTHING)
        with pytest.raises(NotAllowed):
            await desk.resource_lists.module(actor, "MOD-1756")
    found = await desk.resource_lists.modules(world.operations_admin, EVERYTHING)
    assert [(item.module.id, item.account_types) for item in found.items] == [
        ("MOD-1756", (AccountType.CLIENT, AccountType.VENDOR)),
        ("MOD-2001", (AccountType.CLIENT,)),
        ("MOD-2002", (AccountType.CLIENT,)),
        ("MOD-2003", (AccountType.VENDOR,)),
        ("MOD-2004", ()),
    ]
    one = And((eq("id", "MOD-2001"), eq("name", "Billing")))
    found = await desk.resource_lists.modules(world.operations_admin, list_query(one))
    assert ([item.module for item in found.items], found.total) == ([world.modules.billing], 1)
    listed = await desk.resource_lists.module(OPERATOR, "MOD-1756")
    assert (listed.module, listed.created_at) == (world.modules.access, desk.clock())


async def test_accounts(desk: Desk, world: World) -> None:
    assert (await desk.resource_lists.accounts(world.viewer, EVERYTHING)).total == 1
    assert (
        await desk.resource_lists.account(world.viewer, world.client.id)
    ).account == world.client
    with pytest.raises(NotFound):
        await desk.resource_lists.account(world.viewer, world.vendor.id)
    await desk.accounts.disable(OPERATOR, world.vendor.id)
    cases: dict[str, Condition] = {
        world.client.id: eq("type", "Client"),
        world.vendor.id: eq("status", "Disabled"),
        world.operations.id: Compare(Operator.ILIKE, "name", Text("*DESK*")),
    }
    for account_id, condition in cases.items():
        found = await desk.resource_lists.accounts(world.operations_admin, list_query(condition))
        assert [item.account.id for item in found.items] == [account_id]
    enabled = await desk.resource_lists.accounts(OPERATOR, list_query(eq("status", "Enabled")))
    assert enabled.total == 0
    by_name = replace(EVERYTHING, order=(OrderBy("name", descending=True),))
    found = await desk.resource_lists.accounts(OPERATOR, by_name)
    assert [item.account.name for item in found.items] == [
        "Violet Vendor",
        "Desk Operations",
        "Blue Client",
    ]


async def test_records_of_the_own_account_by_their_words(
    desk: Desk, world: World, clock: TurnableClock
) -> None:
    token = (await made(desk, world.admin, "One")).token
    clock.advance(timedelta(seconds=1))
    await desk.tokens.disable(world.admin, token.id)
    foreign = (await made(desk, world.other_admin, "Theirs")).token

    async def events(actor: Actor, condition: Condition) -> list[str]:
        newest = list_query(condition, order=(OrderBy("timestamp", descending=True),))
        found = await desk.resource_lists.records(actor, newest)
        assert found.total == len(found.items)
        return [item.event for item in found.items]

    both = ["token.disabled", "token.created"]
    assert await events(world.viewer, eq("object.id", token.id)) == both
    assert await events(world.viewer, eq("object.id", foreign.id)) == []
    assert await events(OPERATOR, eq("object.id", foreign.id)) == ["token.created"]
    assert await events(world.admin, eq("object.objectType", "ApiToken")) == both
    key = "platform.accounts.api-token"
    assert await events(world.admin, eq("event", f"{key}.created")) == ["token.created"]
    assert await events(world.admin, eq("event", "token.created")) == []
    starts = Compare(Operator.LIKE, "event", Text(f"{key}.*"))
    assert await events(world.admin, starts) == both
    others = And((eq("object.id", token.id), Compare(Operator.NE, "event", Text(f"{key}.created"))))
    assert await events(world.admin, others) == ["token.disabled"]
    listed = OneOf("event", (Text(f"{key}.created"), Text(f"{key}.disabled")), excluded=True)
    assert await events(world.admin, And((eq("object.id", token.id), listed))) == []
    since = Compare(Operator.GE, "timestamp", Text(clock().isoformat(timespec="milliseconds")))
    assert await events(world.admin, since) == ["token.disabled"]
    by = And((eq("actor.id", world.admin.id), eq("request.api.ip", "203.0.113.7")))
    assert await events(world.admin, And((by, eq("object.name", "One")))) == both
    [record] = (await desk.resource_lists.records(world.admin, list_query(since))).items
    assert record == await desk.audit_trail.get(world.admin, record.id)


async def test_events_that_the_desk_does_not_know_are_found_as_they_are(
    desk: Desk, world: World
) -> None:
    token = (await made(desk, world.admin, "One")).token
    kept = await AuditRecord.get(object_id=token.id)
    kept.id, kept.position, kept.event = "AUD-0000-0000-0000-0001", 999, "extensions.e2e.test"
    await kept.save(force_create=True)
    of_token = eq("object.id", token.id)
    cases: list[tuple[Condition, list[str]]] = [
        (eq("event", "extensions.e2e.test"), ["extensions.e2e.test"]),
        (Compare(Operator.LIKE, "event", Text("extensions.*")), ["extensions.e2e.test"]),
        (Compare(Operator.ILIKE, "event", Text("*.E2E.*")), ["extensions.e2e.test"]),
        (Compare(Operator.NE, "event", Text("extensions.e2e.test")), ["token.created"]),
        (Compare(Operator.GT, "event", Text("n")), ["token.created"]),
    ]
    for condition, events in cases:
        found = await desk.resource_lists.records(
            world.admin, list_query(And((of_token, condition)))
        )
        assert [item.event for item in found.items] == events
