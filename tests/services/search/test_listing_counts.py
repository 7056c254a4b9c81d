"""How often a list asks the database: never more often because there is more."""

from datetime import timedelta

import pytest

from server.api.marketplace.query_string import parse_list_query
from server.desk import Desk
from server.services.tokens.patch import TokenPatch
from tests.services.test_query_counts import counted, fill
from tests.support.clock import TurnableClock
from tests.support.world import World

FILTERS = [
    b"",
    b"eq(status,'Active')",
    b"eq(account.name,'Blue Client')&any(modules,eq(name,'Billing'))&order=-account.name,name",
    b"ne(audit.updated.at,null())&ilike(name,'*token*')",
]


@pytest.mark.parametrize("query", FILTERS)
async def test_a_list_of_tokens_with_modules_and_audit_is_four_queries(
    desk: Desk,
    world: World,
    clock: TurnableClock,
    monkeypatch: pytest.MonkeyPatch,
    query: bytes,
) -> None:
    wanted = parse_list_query(b"limit=100&select=+modules,audit&" + query)
    for count in (6, 30):
        await fill(desk, world, count)
        clock.advance(timedelta(minutes=1))
        for token in (await desk.token_list.all(world.admin))[: count // 2]:
            await desk.tokens.update(world.admin, token.id, TokenPatch(description=f"{count}"))
        for actor in (world.admin, world.operations_admin):
            with counted(desk, monkeypatch) as statements:
                found = await desk.resource_lists.tokens(actor, wanted)
            assert found.total == len(found.items) > 2
            assert all(item.token.modules for item in found.items)
            assert any(item.updated_by for item in found.items)
            assert len(statements) == 4, statements


@pytest.mark.parametrize("query", [b"limit=0", b"offset=1000", b"eq(name,'nothing')"])
async def test_where_there_is_nothing_to_show_it_is_only_counted(
    desk: Desk, world: World, monkeypatch: pytest.MonkeyPatch, query: bytes
) -> None:
    await fill(desk, world, 3)
    with counted(desk, monkeypatch) as statements:
        found = await desk.resource_lists.tokens(world.admin, parse_list_query(query))
    assert (found.items, len(statements)) == ([], 1)


async def test_other_lists_are_three_queries_at_most(
    desk: Desk, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fill(desk, world, 5)
    operations, wanted = world.operations_admin, parse_list_query(b"limit=100")
    with counted(desk, monkeypatch) as statements:
        assert len((await desk.resource_lists.modules(operations, wanted)).items) == 5
    assert len(statements) == 3, statements
    with counted(desk, monkeypatch) as statements:
        assert len((await desk.resource_lists.accounts(operations, wanted)).items) == 3
    assert len(statements) == 2, statements
    with counted(desk, monkeypatch) as statements:
        assert len((await desk.resource_lists.records(operations, wanted)).items) > 5
    assert len(statements) == 2, statements
