"""A change is heard at once: by two workers, a replica, and a server beside the command line."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import httpx
import pytest

from server.desk import Desk
from server.domain.actor import OPERATOR
from server.domain.ids import IdKind
from server.domain.tokens.secret import Secret
from server.domain.tokens.secret_policy import Grace
from server.settings import Settings
from tests.support.clock import TurnableClock
from tests.support.databases import KEYS
from tests.support.live import LiveServer, live_server
from tests.support.world import World

PROBES = 8
ROUNDS = 5

Change = Callable[[Desk, World, str], Awaitable[object]]


async def disable(desk: Desk, world: World, token_id: str) -> object:
    return await desk.tokens.disable(world.admin, token_id)


async def delete(desk: Desk, world: World, token_id: str) -> object:
    return await desk.tokens.delete(world.admin, token_id)


async def rotate(desk: Desk, world: World, token_id: str) -> object:
    return await desk.secrets.rotate(world.admin, token_id, Grace.NONE)


async def withdraw(desk: Desk, world: World, token_id: str) -> object:
    return await desk.modules.disable(OPERATOR, "MOD-2001", world.client.id)


async def disable_account(desk: Desk, world: World, token_id: str) -> object:
    return await desk.accounts.disable(OPERATOR, world.client.id)


def environment(settings: Settings, workers: int) -> dict[str, str]:
    return {
        "TOKENDESK_DATABASE_URL": settings.database_location,
        "TOKENDESK_SECRET_KEYS": KEYS,
        "TOKENDESK_WORKERS": str(workers),
    }


@pytest.fixture
def clock() -> TurnableClock:
    """The servers' own time: both ends must agree on when a grace period ends."""
    return TurnableClock(datetime.now(UTC))


@pytest.fixture
async def servers(settings: Settings, tmp_path: Path) -> AsyncIterator[list[LiveServer]]:
    """On PostgreSQL a server of two workers and a replica; on SQLite the one there can be."""
    counts = [1] if settings.uses_sqlite else [2, 1]
    with ExitStack() as stack:
        yield [
            stack.enter_context(live_server(tmp_path / f"data{n}", environment(settings, count)))
            for n, count in enumerate(counts)
        ]


async def answers(servers: list[LiveServer], value: str, path: str = "/verify") -> set[int]:
    """What connections of their own are told, so that every worker is asked."""

    async def ask(server: LiveServer) -> int:
        async with httpx.AsyncClient(base_url=server.url) as client:
            headers = {"Authorization": f"Bearer {value}"}
            return (await client.get(path, headers=headers)).status_code

    return set(await asyncio.gather(*(ask(server) for server in servers for _ in range(PROBES))))


async def until(condition: Callable[[], Awaitable[bool]], seconds: float = 10) -> None:
    """Wait for a condition that nothing announces."""
    async with asyncio.timeout(seconds):
        while not await condition():
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("change", [disable, delete, rotate, withdraw, disable_account])
async def test_what_was_remembered_is_refused_after_the_change(
    servers: list[LiveServer], desk: Desk, world: World, change: Change
) -> None:
    minted = await desk.tokens.create(world.admin, name="Robot", module_ids=["MOD-2001"])
    assert minted.secret is not None
    value = minted.secret.reveal()
    path = "/verify?module=MOD-2001" if change is withdraw else "/verify"
    for _ in range(ROUNDS):  # remembered everywhere
        assert await answers(servers, value, path) == {200}
        assert await answers(servers, value) == {200}
    await change(desk, world, minted.token.id)
    expected = {403} if change is withdraw else {401}

    async def refused() -> bool:
        return await answers(servers, value, path) == expected

    await until(refused)
    for _ in range(ROUNDS):  # and never again accepted
        assert await answers(servers, value, path) == expected


async def test_a_new_tokens_id_is_known_although_it_was_unknown_a_moment_ago(
    servers: list[LiveServer], desk: Desk, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = "TKN-4711-0815"
    assert await answers(servers, Secret.generate(wanted).reveal()) == {401}
    real = IdKind.new
    monkeypatch.setattr(IdKind, "new", lambda kind: wanted if kind is IdKind.TOKEN else real(kind))
    minted = await desk.tokens.create(world.admin, name="Robot", module_ids=["MOD-2001"])
    assert minted.secret is not None
    value = minted.secret.reveal()

    async def accepted() -> bool:
        return await answers(servers, value) == {200}

    await until(accepted)


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_a_listener_that_was_cut_off_believes_no_memory(
    servers: list[LiveServer], desk: Desk, world: World, settings: Settings
) -> None:
    minted = await desk.tokens.create(world.admin, name="Robot", module_ids=["MOD-2001"])
    assert minted.secret is not None
    value = minted.secret.reveal()
    assert await answers(servers, value) == {200}
    connection = await asyncpg.connect(settings.database_location)
    try:
        cut = await connection.fetch(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND (query LIKE 'LISTEN%' OR query = 'SELECT 1')"
        )
        assert len(cut) >= 3
    finally:
        await connection.close()
    await desk.tokens.disable(world.admin, minted.token.id)

    async def refused() -> bool:
        return await answers(servers, value) == {401}

    await until(refused)
    await desk.tokens.enable(world.admin, minted.token.id)

    async def accepted() -> bool:
        return await answers(servers, value) == {200}

    await until(accepted)
