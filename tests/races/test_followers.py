"""Changes reach followers of every worker and replica once, and followers let a server stop."""

import asyncio
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, ExitStack
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest

from server.desk import Desk
from server.domain.actor import OPERATOR
from server.services.tokens.patch import TokenPatch
from server.settings import Settings
from tests.schema.streaming import TOKENS, Follower, Socket, events, settle, socket
from tests.support.clock import TurnableClock
from tests.support.databases import KEYS
from tests.support.live import LiveServer, live_server
from tests.support.world import World

SOCKETS_EACH = 6
STREAMS_EACH = 2
CHANGES = 20


@pytest.fixture
def clock() -> TurnableClock:
    """The servers' own time."""
    return TurnableClock(datetime.now(UTC))


@pytest.fixture
async def servers(settings: Settings, tmp_path: Path) -> AsyncIterator[list[LiveServer]]:
    """On PostgreSQL a server of two workers and a replica; on SQLite the one there can be."""
    counts = [1] if settings.uses_sqlite else [2, 1]
    with ExitStack() as stack:
        servers = []
        for number, workers in enumerate(counts):
            environment = {
                "TOKENDESK_DATABASE_URL": settings.database_location,
                "TOKENDESK_SECRET_KEYS": KEYS,
                "TOKENDESK_WORKERS": str(workers),
            }
            live = live_server(tmp_path / f"data{number}", environment)
            servers.append(stack.enter_context(live))
        yield servers


def marking(desk: Desk, world: World) -> Callable[[str], Awaitable[object]]:
    """Marks are tokens of their own: one that is renamed has its newest name in late events too."""

    def mark(name: str) -> Awaitable[object]:
        return desk.tokens.create(world.admin, name=name, module_ids=["MOD-1756"])

    return mark


async def test_each_follower_is_told_each_change_once_and_in_order(
    servers: list[LiveServer], desk: Desk, world: World
) -> None:
    minted = await desk.tokens.create(world.admin, name="Robot", module_ids=["MOD-1756"])
    assert minted.secret is not None
    token_id, bearer = minted.token.id, minted.secret.reveal()

    async def rename(name: str) -> None:
        await desk.tokens.update(OPERATOR, token_id, TokenPatch(name=name))

    wish = """mutation ($id: ID!, $name: String!) {
        updateApiToken(input: {id: $id, name: $name}) { __typename } }"""
    async with AsyncExitStack() as stack:
        followers: list[Follower] = []
        speakers: list[Socket] = []
        for server in servers:
            for _ in range(SOCKETS_EACH):
                client = await stack.enter_async_context(socket(server.url, bearer=bearer))
                await client.subscribe(TOKENS)
                followers.append(client)
            for _ in range(STREAMS_EACH):
                stream = events(server.url, TOKENS, bearer=bearer)
                followers.append(await stack.enter_async_context(stream))
            speakers.append(await stack.enter_async_context(socket(server.url, bearer=bearer)))
        await settle(followers, marking(desk, world))
        for number in range(CHANGES):  # made by this process and by each server in turn
            turn = number % (len(speakers) + 1)
            if turn == len(speakers):
                await rename(f"Change {number}")
            else:
                await speakers[turn].run(wish, id=token_id, name=f"Change {number}")
        heard = [[(await each.change())["event"] for _ in range(CHANGES)] for each in followers]
        assert heard == len(followers) * [CHANGES * ["token.updated"]]
        await desk.tokens.disable(OPERATOR, token_id)
        # The next is the end: of a change told twice there would be one more before it.
        assert {await _end(each) for each in followers} == {"SIGN_IN_NEEDED"}


async def _end(follower: Follower) -> str:
    """The code that a follower ends with, with no other change told before."""
    if isinstance(follower, Socket):
        message = await follower.receive()
        assert message["type"] == "error", message
        return str(message["payload"][0]["extensions"]["code"])
    return str(orjson.loads((await follower.event())[1])["errors"][0]["extensions"]["code"])


async def test_a_server_stops_although_somebody_follows(
    servers: list[LiveServer], desk: Desk, world: World, tmp_path: Path
) -> None:
    minted = await desk.tokens.create(world.admin, name="Robot", module_ids=["MOD-1756"])
    assert minted.secret is not None
    bearer = minted.secret.reveal()
    server = servers[0]
    async with AsyncExitStack() as stack:
        sockets, streams = [], []
        for _ in range(SOCKETS_EACH):
            client = await stack.enter_async_context(socket(server.url, bearer=bearer))
            await client.subscribe(TOKENS)
            sockets.append(client)
            stream = events(server.url, TOKENS, bearer=bearer)
            streams.append(await stack.enter_async_context(stream))
        await settle([*sockets, *streams], marking(desk, world))
        server.process.send_signal(signal.SIGTERM)
        assert {await _end(each) for each in streams} == {"RESYNC"}
        assert [await each.event() for each in streams] == len(streams) * [("complete", "")]
        assert {(await each.closed())[0] for each in sockets} == {1012}
        await asyncio.to_thread(server.process.wait, 30)
    log = (tmp_path / "data0" / "server.log").read_text()
    assert "Cancel" not in log, "nothing had to be broken off"
    assert "Traceback" not in log
