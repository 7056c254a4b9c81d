"""What one socket may send, and what one address or account may hold."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
from websockets.exceptions import InvalidStatus

from schema.http import websocket_room
from schema.http.websocket_room import SocketRoom
from server.domain.errors import TooMany
from server.protocol import bounded_socket
from tests.schema.streaming import Socket, socket

CROWDED = (4429, "There are too many open sockets. Try again later.")
FLOODED = (4429, "Too many messages")

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""The protocol does not know on which database it is spoken."""


@on_sqlite
@pytest.mark.parametrize("kind", ["ping", "pong", "complete"])
async def test_messages_without_end_close_the_socket(client: Socket, kind: str) -> None:
    text = '{"type": "complete", "id": "1"}' if kind == "complete" else f'{{"type": "{kind}"}}'
    sending = asyncio.create_task(send_all(client, text))
    assert await client.closed() == FLOODED
    await asyncio.wait([sending])


async def send_all(client: Socket, text: str) -> None:
    for _ in range(20_000):
        await client.connection.send(text)


@on_sqlite
async def test_protocol_pings_without_end_close_the_socket(client: Socket) -> None:
    for _ in range(2_000):
        client.connection.protocol.send_ping(b"")
    client.connection.transport.write(b"".join(client.connection.protocol.data_to_send()))
    assert await client.closed() == FLOODED


@on_sqlite
async def test_a_message_has_not_any_number_of_pieces(
    client: Socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounded_socket, "MOST_PIECES", 20)

    never = asyncio.Event()

    async def pieces() -> AsyncIterator[str]:
        for _ in range(100):
            yield ""
        await never.wait()

    sending = asyncio.create_task(client.connection.send(pieces()))
    assert await client.closed() == (1009, "Too many pieces of a message")
    sending.cancel()
    await asyncio.wait([sending])


@on_sqlite
async def test_a_client_that_comes_back_may_begin_all_at_once(client: Socket) -> None:
    for _ in range(bounded_socket.MOST_FRAMES_AT_ONCE - 50):
        await client.send({"type": "ping"})
    for _ in range(bounded_socket.MOST_FRAMES_AT_ONCE - 50):
        assert await client.receive() == {"type": "pong"}
    assert await client.works()


@on_sqlite
async def test_an_address_opens_so_many_before_it_says_who_it_is(
    url: str, bearer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(websocket_room, "MOST_UNKNOWN_OF_ADDRESS", 2)
    async with socket(url) as first, socket(url):
        with pytest.raises(InvalidStatus) as refused:
            async with socket(url):
                raise AssertionError("a third one")
        assert refused.value.response.status_code == 503
        await first.begin(bearer)
        async with socket(url, bearer=bearer) as known:
            assert await known.works()


@on_sqlite
async def test_an_account_opens_so_many(
    url: str, bearer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(websocket_room, "MOST_OF_ACCOUNT", 2)
    async with socket(url, bearer=bearer) as first, socket(url, bearer=bearer) as second:
        async with socket(url) as third:
            await third.send(
                {"type": "connection_init", "payload": {"Authorization": f"Bearer {bearer}"}}
            )
            assert await third.closed() == CROWDED
        assert await first.works()
        assert await second.works()


def test_however_many_accounts_hold_all_they_may_another_gets_in(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    room = SocketRoom()

    def fill(stack: AsyncExitStack, account: str, number: int) -> int:
        for done in range(number):
            place = stack.enter_context(room.place("10.0.0.1"))
            try:
                place.take_for(account)
            except TooMany:
                return done
        return number

    stack = AsyncExitStack()
    held = [fill(stack, f"ACC-{each}", 1_000) for each in range(6)]
    assert held == [200, 200, 200, 200, 20, 20]
    assert fill(stack, "ACC-other", 5) == 5
