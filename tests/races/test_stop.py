"""A server that is told to stop answers what it was asked, and resets nobody."""

import asyncio
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.api.protocol.raw import statuses
from tests.support.live_tokens import Tokendesk, live_tokendesk

CLIENTS: Final = 200
WITHIN_SECONDS: Final = 60
METADATA: Final = "/.well-known/oauth-authorization-server"


@pytest.fixture
def tokendesk(tmp_path: Path) -> Iterator[Tokendesk]:
    with live_tokendesk(tmp_path / "data") as tokendesk:
        yield tokendesk


class Client:
    """Asks again and again on one connection, until an answer says that it is the last."""

    def __init__(self, port: int, request: bytes) -> None:
        self._port = port
        self._request = request
        self.answers = 0
        self.told = False

    async def run(self) -> None:
        """Any answer that does not come is an error, and so is a reset."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        while not self.told:
            writer.write(self._request)
            head = await reader.readuntil(b"\r\n\r\n")
            [length] = [
                int(line.split(b":")[1])
                for line in head.lower().split(b"\r\n")
                if line.startswith(b"content-length:")
            ]
            await reader.readexactly(length)
            assert statuses(head) == [200], head
            self.answers += 1
            self.told = b"\r\nconnection: close\r\n" in head.lower()
        assert await reader.read() == b""
        writer.close()


async def test_no_request_in_flight_is_lost(tokendesk: Tokendesk) -> None:
    right = f"Authorization: Bearer {tokendesk.tokens.billing}"
    paths = ["/verify", "/verify?module=MOD-2001", "/healthz", METADATA]
    clients = [
        Client(
            tokendesk.port,
            f"GET {path} HTTP/1.1\r\nHost: desk.test\r\n{right}\r\n\r\n".encode(),
        )
        for path in paths
        for _ in range(CLIENTS // len(paths))
    ]
    running = [asyncio.create_task(each.run()) for each in clients]
    while min(each.answers for each in clients) < 3:
        assert not any(each.done() for each in running)
        await asyncio.sleep(0.01)
    process = tokendesk.server.process
    process.send_signal(signal.SIGTERM)
    async with asyncio.timeout(WITHIN_SECONDS):
        await asyncio.gather(*running)
    assert all(each.told for each in clients)
    assert await asyncio.to_thread(process.wait, WITHIN_SECONDS) in {0, -signal.SIGTERM}


async def test_a_slow_upload_is_refused_without_a_word_in_the_log(tokendesk: Tokendesk) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", tokendesk.port)
    writer.write(b"POST /sign-in HTTP/1.1\r\nHost: desk.test\r\nContent-Length: 99999\r\n")
    writer.write(b"Content-Type: application/x-www-form-urlencoded\r\n\r\nemail=")
    idle_reader, idle = await asyncio.open_connection("127.0.0.1", tokendesk.port)
    idle.write(b"GET /healthz HTTP/1.1\r\nHost: desk.test\r\n\r\n")
    await idle_reader.readuntil(b"\r\n\r\n")
    process = tokendesk.server.process
    process.send_signal(signal.SIGTERM)
    async with asyncio.timeout(WITHIN_SECONDS):
        assert statuses(await reader.read()) == [503]
        await idle_reader.read()
    writer.close()
    idle.close()
    await asyncio.to_thread(process.wait, WITHIN_SECONDS)
    log = (tokendesk.data_dir / "server.log").read_text()
    assert "Traceback" not in log
    assert "ERROR" not in log
