"""GraphQL clients: people with a session cookie, programs with a bearer, and nobody."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import httpx
import orjson
import pytest

from server.app import create_app
from server.desk import Desk
from tests.schema.following import program
from tests.schema.streaming import Socket, socket
from tests.support.cast import Cast, build_cast
from tests.support.serving import serving
from tests.support.world import PASSWORD, World


@dataclass(frozen=True)
class Client:
    """Sends operations to `/graphql`."""

    http: httpx.AsyncClient

    async def result(self, query: str, **wish: object) -> dict[str, Any]:
        """The `result` of a mutation with this input: its payload or its refusal."""
        result: dict[str, Any] = (await self.run(query, input=wish))["result"]
        return result

    async def run(self, query: str, **variables: object) -> dict[str, Any]:
        """The data of an operation that must succeed."""
        answer = await self.send(query, **variables)
        assert "errors" not in answer, answer
        data: dict[str, Any] = answer["data"]
        return data

    async def send(self, query: str, **variables: object) -> dict[str, Any]:
        """The whole answer to an operation, errors and all."""
        request = {"query": query, "variables": variables}
        answer = await self.http.post("/graphql", json=request)
        assert answer.status_code == 200, answer.text
        result: dict[str, Any] = answer.json()
        return result

    async def upload(self, query: str, file: bytes, **variables: object) -> dict[str, Any]:
        """The data of an operation with one file, which must succeed."""
        answer = await self.send_file(query, file, **variables)
        assert "errors" not in answer, answer
        data: dict[str, Any] = answer["data"]
        return data

    async def send_file(self, query: str, file: bytes, **variables: object) -> dict[str, Any]:
        """The whole answer to an operation with one file, `variables.input.logo`."""
        operations = orjson.dumps({"query": query, "variables": variables})
        parts: dict[str, Any] = {
            "operations": (None, operations),
            "map": (None, b'{"0": ["variables.input.logo"]}'),
            "0": ("logo.png", file, "image/png"),
        }
        headers = {"GraphQL-Require-Preflight": "1"}
        answer = await self.http.post("/graphql", files=parts, headers=headers)
        assert answer.status_code == 200, answer.text
        result: dict[str, Any] = answer.json()
        return result


@pytest.fixture
def transport(desk: Desk) -> httpx.ASGITransport:
    """Sends requests straight to the one application."""
    return httpx.ASGITransport(create_app(desk), raise_app_exceptions=False)


@pytest.fixture
async def url(desk: Desk) -> AsyncIterator[str]:
    """Where the desk is served by a real server, for sockets and streams."""
    async with serving(desk) as url:
        yield url


@pytest.fixture
async def bearer(desk: Desk, world: World, url: str) -> str:
    """A program of the client that may manage tokens."""
    return (await program(desk, world.admin))[1]


@pytest.fixture
async def client(url: str, bearer: str) -> AsyncIterator[Socket]:
    """Its socket, begun."""
    async with socket(url, bearer=bearer) as client:
        yield client


def connect(transport: httpx.ASGITransport, bearer: str | None = None) -> httpx.AsyncClient:
    """A client with cookies of its own, or with a bearer."""
    headers = {"Authorization": f"Bearer {bearer}"} if bearer else None
    return httpx.AsyncClient(transport=transport, base_url="http://desk.test", headers=headers)


@pytest.fixture
async def http(transport: httpx.ASGITransport) -> AsyncIterator[httpx.AsyncClient]:
    """Nobody's requests."""
    async with connect(transport) as http:
        yield http


@pytest.fixture
def nobody(http: httpx.AsyncClient, world: World) -> Client:
    """Not signed in, in a world where others are."""
    return Client(http)


@pytest.fixture
async def signed_in(
    transport: httpx.ASGITransport, world: World
) -> AsyncIterator[dict[str, Client]]:
    """The people of the world, by what they are."""
    emails = {
        "admin": world.admin_email,
        "viewer": world.viewer_email,
        "other_admin": world.other_admin_email,
        "operations": world.operations_email,
    }
    async with AsyncExitStack() as stack:
        clients = {}
        for name, email in emails.items():
            http = await stack.enter_async_context(connect(transport))
            await http.post("/sign-in", data={"email": email, "password": world.password})
            clients[name] = Client(http)
        yield clients


@pytest.fixture
def admin(signed_in: dict[str, Client]) -> Client:
    """The client's administrator."""
    return signed_in["admin"]


@pytest.fixture
async def programs(
    transport: httpx.ASGITransport, desk: Desk, world: World
) -> AsyncIterator[dict[str, Client]]:
    """Two programs of the client: one may manage tokens, the other may only enter Billing."""
    async with AsyncExitStack() as stack:
        clients = {}
        for name, module_id in {"manager": "MOD-1756", "reader": "MOD-2001"}.items():
            minted = await desk.tokens.create(world.admin, name=name, module_ids=[module_id])
            assert minted.secret is not None
            http = connect(transport, minted.secret.reveal())
            clients[name] = Client(await stack.enter_async_context(http))
        yield clients


@pytest.fixture
async def everybody(desk: Desk, world: World) -> Cast:
    """All who act."""
    return await build_cast(desk, world)


@pytest.fixture
async def clients(
    transport: httpx.ASGITransport, everybody: Cast
) -> AsyncIterator[dict[str, Client]]:
    """A client for each of them, by its name: people by a cookie, programs by a bearer."""
    async with AsyncExitStack() as stack:
        found = {}
        for cell in everybody.cells():
            if cell.name in found:
                continue
            value = getattr(cell.home, f"{cell.who}_value", None)
            http = await stack.enter_async_context(connect(transport, value))
            email = getattr(cell.home, f"{cell.who}_email", None)
            if email is not None:
                await http.post("/sign-in", data={"email": email, "password": PASSWORD})
            found[cell.name] = Client(http)
        yield found
