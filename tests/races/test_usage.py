"""Several writers of usage on one database: nothing is lost, and nobody waits in a circle."""

import asyncio
import sys
from typing import Any

import pytest
from tortoise.backends.asyncpg.client import TransactionWrapper

from server.desk import Desk
from server.domain.tokens.secret_policy import Grace
from server.domain.verification.verdict import Grant, Outcome
from server.models.usage import UsageCount
from server.services.usage import store
from server.services.usage.counters import hour_of, start_of
from tests.races.counting import count_round
from tests.support.clock import TurnableClock
from tests.support.factories import made, text_of
from tests.support.live import ROOT
from tests.support.world import ORIGIN, World

TOKENS, ROUNDS = 30, 12


async def tokens_of(desk: Desk, world: World) -> list[str]:
    return [(await made(desk, world.admin)).token.id for _ in range(TOKENS)]


async def calls_by_token() -> dict[str, int]:
    found: dict[str, int] = {}
    for row in await UsageCount.all():
        found[row.token_id] = found.get(row.token_id, 0) + row.calls
    return found


async def one_by_one(self: TransactionWrapper, query: str, values: list[Any]) -> None:
    """A batch of rows so slow that two of them are sure to meet."""
    for row in values:
        await self.execute_query(query, row)


async def test_two_writers_and_rotations_lose_nothing(
    desk: Desk, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two desks count the same tokens in opposite orders, while all of them are rotated."""
    monkeypatch.setattr(TransactionWrapper, "execute_many", one_by_one)
    token_ids = await tokens_of(desk, world)
    other = Desk.build(desk.settings, desk.clock)  # shares the open database

    async def write(desk: Desk, order: list[str]) -> None:
        for _ in range(ROUNDS):
            await count_round(desk, order)

    async def rotate() -> None:
        for token_id in token_ids:
            await desk.secrets.rotate(world.admin, token_id, Grace.ONE_DAY)

    await asyncio.wait_for(
        asyncio.gather(write(desk, token_ids), write(other, token_ids[::-1]), rotate()), 120
    )
    assert await calls_by_token() == dict.fromkeys(token_ids, 2 * ROUNDS)


async def test_two_processes_lose_nothing(desk: Desk, world: World) -> None:
    token_ids = await tokens_of(desk, world)
    environment = {
        "TOKENDESK_DATA_DIR": str(desk.settings.data_dir),
        "TOKENDESK_DATABASE_URL": desk.settings.database_location,
        "TOKENDESK_SECRET_KEYS": desk.settings.key_ring_text(),
        "PYTHONPATH": str(ROOT),
    }
    script = [sys.executable, "-m", "tests.races.using", str(ROUNDS)]
    pipe = asyncio.subprocess.PIPE
    other = await asyncio.create_subprocess_exec(
        *script, cwd=ROOT, env=environment, stdin=pipe, stdout=pipe, stderr=pipe
    )
    assert other.stdout is not None
    assert await other.stdout.readline() == b"ready\n"
    ended = asyncio.create_task(other.communicate(b"go\n"))
    for _ in range(ROUNDS):
        await count_round(desk, token_ids)
    _, errors = await asyncio.wait_for(ended, 120)
    assert (other.returncode, errors.decode()) == (0, "")
    assert await calls_by_token() == dict.fromkeys(token_ids, 2 * ROUNDS)


async def test_ten_roll_ups_at_once_move_each_hour_once(
    desk: Desk, world: World, clock: TurnableClock
) -> None:
    minted = await made(desk, world.admin)
    grant = (await desk.verifier.verify(text_of(minted))).grant
    assert isinstance(grant, Grant)
    first = hour_of(clock()) // 24 * 24
    for hour in range(first, first + 48):
        at = start_of(hour)
        desk.usage.note(grant, Outcome.VALID, (), ORIGIN, at, calls=hour - first + 1)
    await desk.usage.write()
    await asyncio.gather(*(store.roll_up(first + 48) for _ in range(10)))
    rows = await UsageCount.all().order_by("hour")
    assert [(row.hour - first, row.calls) for row in rows] == [(0, 300), (24, 876)]
