"""While an answer is looked up, its connection keeps its order, and failures end nothing else."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from server.desk import Desk
from tests.support.factories import made, text_of
from tests.support.serving import serving
from tests.support.world import World


@pytest.fixture
async def url(desk: Desk) -> AsyncIterator[str]:
    async with serving(desk) as url:
        yield url


class Line:
    """One connection, and the answers on it as they come."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self.writer = writer

    def ask(self, value: str, path: str = "/verify") -> None:
        head = f"GET {path} HTTP/1.1\r\nHost: desk.test\r\nAuthorization: Bearer {value}\r\n\r\n"
        self.writer.write(head.encode())

    async def answer(self) -> tuple[int, bytes, bytes]:
        """Status, head and body."""
        head = await self._reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        return int(head.split()[1]), head.lower(), await self._reader.readexactly(length)

    async def is_closed(self) -> bool:
        return await self._reader.read() == b""


@asynccontextmanager
async def line_to(url: str) -> AsyncIterator[Line]:
    host, _, port = url.removeprefix("http://").partition(":")
    line = Line(*await asyncio.open_connection(host, int(port)))
    try:
        yield line
    finally:
        line.writer.close()
        await line.writer.wait_closed()


@pytest.fixture
def held(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> tuple[asyncio.Event, asyncio.Event]:
    """Look-ups begin, and wait: the events of the first that has begun, and of letting go."""
    begun, let_go = asyncio.Event(), asyncio.Event()
    verify = desk.verifier.verify

    async def slow(*arguments: object, **options: object) -> object:
        begun.set()
        await let_go.wait()
        return await verify(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(desk.verifier, "verify", slow)
    return begun, let_go


async def test_requests_behind_it_wait_for_their_turn(
    url: str, desk: Desk, world: World, held: tuple[asyncio.Event, asyncio.Event]
) -> None:
    value = text_of(await made(desk, world.admin))
    begun, let_go = held
    async with line_to(url) as line, line_to(url) as other:
        line.ask(value)
        line.ask("", "/healthz")
        line.ask("x")
        await begun.wait()
        other.ask("", "/healthz")
        assert (await other.answer())[0] == 200  # nobody else waits
        let_go.set()
        assert [(await line.answer())[0] for _ in range(3)] == [200, 200, 401]


async def test_who_leaves_meanwhile_is_no_failure(
    url: str,
    desk: Desk,
    world: World,
    held: tuple[asyncio.Event, asyncio.Event],
    caplog: pytest.LogCaptureFixture,
) -> None:
    value = text_of(await made(desk, world.admin))
    begun, let_go = held
    async with line_to(url) as line:
        line.ask(value)
        await begun.wait()
    let_go.set()
    async with line_to(url) as other:
        other.ask(value)
        assert (await other.answer())[0] == 200
    assert caplog.records == []


async def test_a_failure_is_told_without_its_reason_and_ends_the_connection_alone(
    url: str,
    desk: Desk,
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    value = text_of(await made(desk, world.admin))
    with monkeypatch.context() as broken:
        broken.setattr(desk.verifier, "verify", None)
        async with line_to(url) as line:
            line.ask(value)
            status, head, body = await line.answer()
            assert await line.is_closed()
    assert (status, b"connection: close" in head) == (500, True)
    assert body == (
        b'{"active":false,"error":"Tokendesk failed to answer. What happened is in its log."}'
    )
    assert [each.getMessage() for each in caplog.records] == ["verification failed"]
    assert value not in caplog.text
    async with line_to(url) as line:
        line.ask(value)
        assert (await line.answer())[0] == 200
