"""Rows past the pool: one query for all who ask at once, what is true now, and failures told."""

import asyncio

import pytest

from server.database.queries.lookup import PreparedLookup
from server.desk import Desk
from server.services.verification.facts import POSTGRES_QUERY, SQLITE_QUERY
from tests.support.factories import made
from tests.support.world import World


async def test_the_rows_are_those_of_the_key_as_they_are_now(desk: Desk, world: World) -> None:
    tokens = [(await made(desk, world.admin, name)).token.id for name in ("1", "2", "3")]
    wanted = [*tokens, "TKN-0000-0000", tokens[0], ""]
    found = await asyncio.gather(*map(desk.token_lookup.rows, wanted))
    assert [[row["name"] for row in rows] for rows in found] == [
        ["1"], ["2"], ["3"], [], ["1"], []
    ]  # fmt: skip
    await desk.tokens.delete(world.admin, tokens[0])
    assert await desk.token_lookup.rows(tokens[0]) == []


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_who_ask_at_once_are_answered_by_one_query(desk: Desk, world: World) -> None:
    token = (await made(desk, world.admin)).token.id
    reading = desk.token_lookup._server_rows
    read, queries = reading._read, []

    async def counted(keys: list[str]) -> object:
        queries.append(keys)
        return await read(keys)

    reading._read = counted  # type: ignore[method-assign, assignment]
    keys = [token] * 20 + ["TKN-0000-0000"]
    impatient = asyncio.create_task(desk.token_lookup.rows(token))
    answers = asyncio.gather(*map(desk.token_lookup.rows, keys))
    await asyncio.sleep(0)
    impatient.cancel()  # who gives up takes nothing away from the others
    assert [len(rows) for rows in await answers] == [1] * 20 + [0]
    assert queries == [[token, "TKN-0000-0000"]]


async def test_a_lost_connection_is_made_anew(desk: Desk, world: World) -> None:
    token = (await made(desk, world.admin)).token.id
    for _ in range(2):
        assert len(await desk.token_lookup.rows(token)) == 1
        await desk.token_lookup.close()


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_a_failure_reaches_all_who_wait_and_nobody_after_them(
    desk: Desk, world: World
) -> None:
    token = (await made(desk, world.admin)).token.id
    broken = PreparedLookup(
        desk.database, sqlite=SQLITE_QUERY, postgres="SELECT no_such($1)", key="id"
    )
    failed = await asyncio.gather(*[broken.rows(token)] * 1, return_exceptions=True)
    failed += await asyncio.gather(broken.rows("a"), broken.rows("b"), return_exceptions=True)
    assert [type(each).__name__ for each in failed] == ["UndefinedFunctionError"] * 3
    broken._server_rows._query = POSTGRES_QUERY
    assert len(await broken.rows(token)) == 1
    await broken.close()
