"""How long clients may let the server wait."""

import asyncio
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import pytest

from server.desk import Desk
from server.protocol import connections, patience
from tests.api.protocol.raw import exchange, statuses
from tests.support.serving import serving
from tests.support.world import World

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""No database is asked."""

FORM = b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\n"
HEAD = b"POST /sign-in HTTP/1.1\r\nHost: desk.test\r\n" + FORM
LIVE = b"GET /healthz HTTP/1.1\r\nHost: desk.test\r\n\r\n"


@pytest.fixture
async def port(desk: Desk, world: World, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[int]:
    """A server that waits for nobody for longer than moments."""
    monkeypatch.setattr(connections, "LOOK_EVERY_SECONDS", 0.02)
    for name in ("HEAD_WITHIN_SECONDS", "BODY_WITHIN_SECONDS", "KEEP_ALIVE_SECONDS"):
        monkeypatch.setattr(patience, name, 0.2)
    async with serving(desk) as url:
        yield urlsplit(url).port or 0


@pytest.mark.parametrize(
    ("sent", "answers"),
    [
        (b"", []),
        (b"\r\n\r\n", []),
        (b"GET", [408]),
        (HEAD[:-2], [408]),
        (HEAD, [408]),
        (HEAD + b"email=", [408]),
        (LIVE, [200]),
        (LIVE + b"\r\n", [200]),
        (LIVE + b"GET /ver", [200, 408]),
        (LIVE + HEAD, [200, 408]),
        (b"POST /verify HTTP/1.1\r\nHost: desk.test\r\nContent-Length: 9\r\n\r\nx", [401]),
    ],
)
async def test_whoever_does_not_go_on_is_let_go(
    port: int, sent: bytes, answers: list[int], caplog: pytest.LogCaptureFixture
) -> None:
    received = await asyncio.to_thread(exchange, port, sent)
    assert statuses(received) == answers
    assert [each.getMessage() for each in caplog.records] == []


@pytest.mark.parametrize("begin", [b"GET /verify HTTP/1.1\r\nX-A: ", HEAD])
async def test_a_byte_now_and_then_is_too_little(port: int, begin: bytes) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(begin)

    async def dribble() -> None:
        while True:
            writer.write(b"x")
            await asyncio.sleep(0.01)

    dribbling = asyncio.create_task(dribble())
    async with asyncio.timeout(30):
        received = await reader.read()
    dribbling.cancel()
    writer.close()
    assert statuses(received) == [408]


async def test_a_body_that_comes_at_some_speed_has_time(port: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(HEAD.replace(b" 1000\r\n", b" 40000\r\nConnection: close\r\n"))
    for _ in range(40):
        writer.write(b"x" * 1_000)
        await asyncio.sleep(0.01)
    async with asyncio.timeout(30):
        received = await reader.read()
    writer.close()
    assert statuses(received) == [422]
