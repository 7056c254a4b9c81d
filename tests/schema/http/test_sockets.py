"""Sockets: who may open them, as whom, how many, and for how long."""

import asyncio
import base64
import secrets
from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit

import pytest
from tortoise.exceptions import OperationalError
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Subprotocol

from schema.http import sse, websocket_room
from server.cli.serving import SOCKETS
from server.desk import Desk
from tests.schema.following import followed
from tests.schema.streaming import TOKENS, Socket, socket
from tests.support.serving import serving
from tests.support.world import World

ACKNOWLEDGED: Final = {"type": "connection_ack"}
VIEWER: Final = "{ viewer { name } }"


pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""The protocol does not know on which database it is spoken."""


async def test_the_order_of_things(url: str, bearer: str) -> None:
    hello = {"type": "connection_init", "payload": {"authorization": f"Bearer {bearer}"}}
    async with socket(url) as client:
        await client.subscribe(VIEWER)
        assert await client.closed() == (4401, "Unauthorized: send connection_init first")
    async with socket(url) as client:
        await client.send(hello)
        assert await client.receive() == ACKNOWLEDGED
        await client.send(hello)
        assert await client.closed() == (4429, "Too many initialisation requests")
    async with socket(url, bearer=bearer) as client:
        for _ in range(2):
            payload = {"query": TOKENS}
            await client.send({"type": "subscribe", "id": "same", "payload": payload})
        assert await client.closed() == (4409, "Subscriber for same already exists")


async def test_hello_must_be_said_in_time(
    desk: Desk, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sse, "INIT_WITHIN", timedelta(milliseconds=50))
    async with serving(desk) as url, socket(url) as client:
        assert await client.closed() == (4408, "Connection initialisation timeout")


@pytest.mark.parametrize(
    ("payload", "closed"),
    [
        ({"Authorization": "Bearer idt:TKN-0000-0000:nonsense"}, (4403, "The token is invalid.")),
        ({"Authorization": "nonsense"}, (4403, "The token is invalid.")),
        ({"Authorization": 1}, (4403, "The token is invalid.")),
        ({"Authorization": None}, (4403, "The token is invalid.")),
        ([], (4400, "The payload of connection_init must be an object")),
        ("x", (4400, "The payload of connection_init must be an object")),
    ],
)
async def test_a_bad_hello(
    payload: object, closed: tuple[int, str], world: World, url: str
) -> None:
    async with socket(url) as client:
        await client.send({"type": "connection_init", "payload": payload})
        assert await client.closed() == closed


async def test_who_asks_is_told_by_header_payload_or_cookie(
    desk: Desk, world: World, url: str, bearer: str
) -> None:
    cookie = await desk.sessions.sign_in(world.viewer_email, world.password, world.admin.origin)
    by_cookie = {"Cookie": f"tokendesk={cookie}"}
    names = {}
    for how, headers in {
        "header": {"Authorization": f"Bearer {bearer}"},
        "cookie": by_cookie | {"Origin": "http://desk.test"},
        "cookie without a page": by_cookie,
        "cookie and a browser": by_cookie
        | {"Origin": "http://desk.test", "Sec-Fetch-Site": "same-origin"},
    }.items():
        async with socket(url, headers=headers) as client:
            assert await client.begin() == ACKNOWLEDGED
            names[how] = (await client.run(VIEWER))["viewer"]["name"]
    assert names == {
        "header": "Program",
        "cookie": "Vera Viewer",
        "cookie without a page": "Vera Viewer",
        "cookie and a browser": "Vera Viewer",
    }
    async with socket(url, headers=by_cookie) as client:
        assert await client.begin(bearer) == ACKNOWLEDGED
        assert await client.works(), "a token comes before the cookie"
    async with socket(url, headers=by_cookie) as client:
        await client.send({"type": "connection_init", "payload": {"Authorization": "Bearer x"}})
        assert await client.closed() == (4403, "The token is invalid."), "nor falls back to it"


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://desk.test.evil.example"},
        {"Origin": "https://["},
        {"Origin": "https://desk.test"},
        {"Origin": "http://evil.example", "Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": "http://other.desk.test"},
    ],
)
async def test_a_page_of_another_site_is_refused(
    headers: dict[str, str], url: str, bearer: str
) -> None:
    with pytest.raises(InvalidStatus) as refused:
        async with socket(url, headers=headers | {"Authorization": f"Bearer {bearer}"}):
            raise AssertionError("its handshake must fail")
    assert refused.value.response.status_code == 403


async def test_twenty_operations_at_once(desk: Desk, client: Socket) -> None:
    ids = [await client.subscribe(TOKENS) for _ in range(20)]
    await followed(desk, 20)
    message = "A socket carries at most 20 operations at once."
    error = {"message": message, "extensions": {"code": "TOO_MANY"}}
    one_more = await client.subscribe(VIEWER)
    assert await client.receive() == {"type": "error", "id": one_more, "payload": [error]}
    await client.send({"type": "complete", "id": ids[0]})
    while len(desk.changes) == 20:
        await asyncio.sleep(0.005)
    assert await client.works(), "there is room again"
    await client.send({"type": "complete", "id": "never begun"})
    assert await client.works()


async def test_a_client_that_leaves_leaves_nothing(desk: Desk, url: str, bearer: str) -> None:
    async with socket(url, bearer=bearer) as client:
        for _ in range(3):
            await client.subscribe(TOKENS)
        await followed(desk, 3)
    async with socket(url, bearer=bearer) as client:
        await client.subscribe(TOKENS)
        while len(desk.changes) != 1:
            await asyncio.sleep(0.005)
        client.connection.transport.abort()
    while len(desk.changes):
        await asyncio.sleep(0.005)


async def test_a_mutation_and_its_refusal(desk: Desk, world: World, client: Socket) -> None:
    wish = """mutation ($name: String!) { createTokenDraft(input: {name: $name}) {
        ... on CreateTokenDraftPayload { tokenDraft { name } } ... on UserError { code } } }"""
    made = await client.run(wish, name="Draft")
    assert made == {"createTokenDraft": {"tokenDraft": {"name": "Draft"}}}
    refused = await client.run(wish, name="x" * 300)
    assert refused == {"createTokenDraft": {"code": "INVALID"}}


async def test_a_peer_that_is_dead_is_given_up(
    desk: Desk, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It takes what comes, and answers no ping."""
    assert SOCKETS["ws_ping_interval"] + SOCKETS["ws_ping_timeout"] <= 30
    monkeypatch.setitem(SOCKETS, "ws_ping_interval", 0.05)
    monkeypatch.setitem(SOCKETS, "ws_ping_timeout", 0.05)
    async with serving(desk) as url:
        parts = urlsplit(url)
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        key = base64.b64encode(secrets.token_bytes(16)).decode()
        head = (
            f"GET /graphql HTTP/1.1\r\nHost: {parts.netloc}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n"
        )
        writer.write(head.encode())
        taken = await asyncio.wait_for(reader.read(), 20)
        writer.close()
        await writer.wait_closed()
    assert taken.startswith(b"HTTP/1.1 101 ")
    assert b"keepalive ping timeout" in taken


async def test_another_protocol_is_not_spoken(url: str, bearer: str) -> None:
    address = url.replace("http:", "ws:", 1) + "/graphql"
    for protocols in ([], [Subprotocol("graphql-ws")]):
        async with connect(address, subprotocols=protocols or None, proxy=None) as connection:
            with pytest.raises(ConnectionClosed):
                await connection.recv()
            assert connection.close_code == 4406


async def test_sockets_are_bounded(url: str, bearer: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(websocket_room, "MOST_SOCKETS", 1)
    async with socket(url, bearer=bearer):
        with pytest.raises(InvalidStatus) as refused:
            async with socket(url):
                raise AssertionError("a second one")
    assert refused.value.response.status_code == 503
    assert refused.value.response.headers["Retry-After"] == "30"
    async with socket(url, bearer=bearer) as client:
        assert await client.works()


async def test_storage_that_is_away_is_told_as_passing(
    desk: Desk, url: str, bearer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> None:
        raise OperationalError("the inside of the database")

    async with socket(url, bearer=bearer) as client:
        monkeypatch.setattr(type(desk.verifier), "verify", away)
        monkeypatch.setattr(type(desk.verifier), "actor", away)
        operation_id = await client.subscribe(VIEWER)
        message = "Tokendesk cannot reach its storage right now. Try again in a moment."
        error = {"message": message, "extensions": {"code": "UNAVAILABLE"}}
        assert await client.receive() == {"type": "error", "id": operation_id, "payload": [error]}
    async with socket(url) as client:
        await client.send(
            {"type": "connection_init", "payload": {"Authorization": f"Bearer {bearer}"}}
        )
        assert await client.closed() == (1013, message)
