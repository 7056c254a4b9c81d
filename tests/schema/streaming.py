"""Clients that follow: a WebSocket by graphql-transport-ws, and an event stream."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Final

import httpx
import orjson
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

PATIENCE_SECONDS: Final = 20
PROTOCOL: Final = Subprotocol("graphql-transport-ws")

TOKENS: Final = "subscription { change: apiTokenChanged { id event apiToken { id name status } } }"
RECORDS: Final = "subscription { change: auditRecordAdded { event object { id name } position } }"


@dataclass
class Socket:
    """One client's socket; messages are read in the order in which they come."""

    connection: ClientConnection
    ids: "count[int]" = field(default_factory=lambda: count(1))

    async def send(self, message: object) -> None:
        """A message as JSON, or a text as it is."""
        text = message if isinstance(message, str) else orjson.dumps(message).decode()
        await self.connection.send(text)

    async def receive(self) -> dict[str, Any]:
        """The next message, which must be JSON in a text frame."""
        text = await asyncio.wait_for(self.connection.recv(), PATIENCE_SECONDS)
        assert isinstance(text, str)
        message: dict[str, Any] = orjson.loads(text)
        return message

    async def begin(self, bearer: str | None = None) -> dict[str, Any]:
        """Say hello; the answer."""
        payload = {"payload": {"Authorization": f"Bearer {bearer}"}} if bearer else {}
        await self.send({"type": "connection_init"} | payload)
        return await self.receive()

    async def subscribe(self, query: str, **variables: object) -> str:
        """Begin an operation; its id."""
        operation_id = str(next(self.ids))
        payload = {"query": query, "variables": variables}
        await self.send({"id": operation_id, "type": "subscribe", "payload": payload})
        return operation_id

    async def run(self, query: str, **variables: object) -> dict[str, Any]:
        """The data of a query or mutation, on a socket where nothing else happens."""
        operation_id = await self.subscribe(query, **variables)
        message = await self.receive()
        assert (message["id"], message["type"]) == (operation_id, "next"), message
        assert await self.receive() == {"id": operation_id, "type": "complete"}
        data: dict[str, Any] = message["payload"]["data"]
        return data

    async def works(self) -> bool:
        """Whether it still carries operations, on a socket where nothing else happens."""
        return await self.run("{ viewer { kind } }") == {"viewer": {"kind": "TOKEN"}}

    async def change(self) -> dict[str, Any]:
        """The next event of the one subscription of this socket."""
        message = await self.receive()
        assert message["type"] == "next", message
        assert "errors" not in message["payload"], message
        change: dict[str, Any] = message["payload"]["data"]["change"]
        return change

    async def closed(self) -> tuple[int, str]:
        """The code and reason with which the server closes; messages before it are lost."""
        with suppress(ConnectionClosed):
            while True:
                await self.receive()
        assert self.connection.close_code is not None
        return self.connection.close_code, self.connection.close_reason or ""


@asynccontextmanager
async def socket(
    url: str, *, bearer: str | None = None, headers: Mapping[str, str] | None = None
) -> AsyncIterator[Socket]:
    """A socket, begun where there is a bearer."""
    address = url.replace("http:", "ws:", 1) + "/graphql"
    async with connect(
        address, subprotocols=[PROTOCOL], additional_headers=headers, proxy=None
    ) as connection:
        client = Socket(connection)
        if bearer is not None:
            assert await client.begin(bearer) == {"type": "connection_ack"}
        yield client


@dataclass
class Events:
    """An event stream, read event by event."""

    lines: AsyncIterator[str]

    async def event(self) -> tuple[str, str]:
        """Name and data of the next event; comments are passed over."""
        name = data = ""
        async with asyncio.timeout(PATIENCE_SECONDS):
            async for line in self.lines:
                if line.startswith("event: "):
                    name = line.removeprefix("event: ")
                elif line.startswith("data: "):
                    data = line.removeprefix("data: ")
                elif not line and name:
                    return name, data
        raise EOFError

    async def change(self) -> dict[str, Any]:
        """The next event of a GraphQL subscription."""
        name, data = await self.event()
        assert name == "next", name
        change: dict[str, Any] = orjson.loads(data)["data"]["change"]
        return change


@asynccontextmanager
async def events(
    url: str, query: str, *, bearer: str | None = None, headers: Mapping[str, str] | None = None
) -> AsyncIterator[Events]:
    """A GraphQL subscription over server-sent events."""
    sent = {"Accept": "text/event-stream", **(headers or {})}
    if bearer is not None:
        sent["Authorization"] = f"Bearer {bearer}"
    async with (
        httpx.AsyncClient(base_url=url, headers=sent, timeout=PATIENCE_SECONDS) as client,
        client.stream("POST", "/graphql", json={"query": query}) as answer,
    ):
        assert answer.status_code == 200, await answer.aread()
        assert answer.headers["content-type"].startswith("text/event-stream")
        yield Events(answer.aiter_lines())


Follower = Socket | Events


async def settle(followers: Iterable[Follower], mark: Callable[[str], Awaitable[object]]) -> None:
    """Wait until each follower hears. A subscription does not say when it has begun.

    `mark` makes a change whose event carries the text somewhere, and which no earlier event does
    however late it is read. It is made until every follower has heard one, and then once more, for
    all to read to the end.
    """
    waiting = {asyncio.create_task(each.change()) for each in followers}
    for number in count():
        await mark(f"mark {number}")
        _, waiting = await asyncio.wait(waiting, timeout=0.2)
        if not waiting:
            break
        assert number < 100, "a follower hears nothing"
    await mark("settled")
    for each in followers:
        while "settled" not in str(await asyncio.wait_for(each.change(), PATIENCE_SECONDS)):
            pass
