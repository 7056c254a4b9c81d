"""How often the database is asked: never more often because there is more."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from tortoise.backends.base.client import BaseDBAsyncClient

from server.desk import Desk
from server.domain.actor import Actor
from server.domain.tokens.lifecycle import TokenStatus
from server.services.audit.trail import AuditFilter
from server.services.search.token_list import TokenFilter, TokenOrder
from tests.support.factories import made
from tests.support.list_queries import eq, list_query
from tests.support.world import World


@contextmanager
def counted(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The statements that reach the database meanwhile."""
    statements: list[str] = []
    client = desk.database.client

    def count(name: str) -> None:
        original = getattr(client, name)

        async def counting(query: str, *arguments: Any, **more: Any) -> Any:
            statements.append(query)
            return await original(query, *arguments, **more)

        patched.setattr(client, name, counting)

    with monkeypatch.context() as patched:
        for name in ("execute_query", "execute_query_dict", "execute_insert"):
            count(name)
        yield statements


async def fill(desk: Desk, world: World, until: int) -> None:
    """Tokens with one to three modules, so many in all."""
    modules = [module.id for module in world.modules.of_client]
    have = (await desk.token_list.page(world.admin, number=1, size=1)).total
    for n in range(have, until):
        await made(desk, world.admin, f"Token {n:03}", module_ids=modules[: n % 3 + 1])


async def test_a_page_of_tokens_is_one_query_whatever_is_asked(
    desk: Desk, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert isinstance(desk.database.client, BaseDBAsyncClient)
    everything = TokenFilter(
        search="token 0",
        statuses=[TokenStatus.ACTIVE],
        module_ids=["MOD-1756"],
        created_by_id=world.admin.id,
        never_used=True,
    )
    readers: list[Actor] = [world.viewer, world.operations_admin]
    for count in (5, 60):
        await fill(desk, world, count)
        for actor in readers:
            for wanted in (TokenFilter(), everything):
                for order in TokenOrder:
                    with counted(desk, monkeypatch) as statements:
                        page = await desk.token_list.page(
                            actor, number=1, size=100, wanted=wanted, order=order
                        )
                    assert len(page.items) == page.total == count
                    assert all(token.modules for token in page.items)
                    assert len(statements) == 1, statements
        with counted(desk, monkeypatch) as statements:
            window = await desk.token_list.cursor_page(world.viewer, first=100)
        assert (len(window.items), len(statements)) == (count, 3)


async def test_a_page_past_the_end_is_three_queries(
    desk: Desk, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fill(desk, world, 5)
    for wanted in (TokenFilter(), TokenFilter(search="token")):
        for number in (4, 10**9, 10**30):
            with counted(desk, monkeypatch) as statements:
                page = await desk.token_list.page(
                    world.viewer, number=number, size=2, wanted=wanted
                )
            assert (page.number, page.total, len(page.items)) == (3, 5, 1)
            assert len(statements) == 3, statements
        with counted(desk, monkeypatch) as statements:
            records = await desk.audit_trail.page(world.viewer, number=10**30, size=4)
        assert 1 < records.number == records.pages
        assert records.last_row == records.total
        assert len(statements) == 3, statements


async def test_a_page_of_records_is_one_query(
    desk: Desk, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for count in (5, 60):
        await fill(desk, world, count)
        for wanted in (AuditFilter(), AuditFilter(event="token.created")):
            with counted(desk, monkeypatch) as statements:
                page = await desk.audit_trail.page(world.viewer, number=1, size=100, wanted=wanted)
            assert len(page.items) == page.total >= count
            assert len(statements) == 1, statements


async def test_an_account_with_many_people_is_listed_at_once(
    desk: Desk, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with counted(desk, monkeypatch) as statements:
        assert len(await desk.members.all(world.viewer)) == 2
    assert len(statements) == 1, statements


async def test_a_filtered_list_for_marketplace_clients_is_four_queries_at_most(
    desk: Desk, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tokens with their modules and all of their audit: however many, for whomever."""
    wanted = list_query(eq("account.id", world.client.id))
    for count in (5, 60):
        await fill(desk, world, count)
        for reader in (world.viewer, world.operations_admin):
            with counted(desk, monkeypatch) as statements:
                listing = await desk.resource_lists.tokens(reader, wanted)
            assert len(listing.items) == count
            assert len(statements) <= 4, statements
            assert all(item.token.modules for item in listing.items)
