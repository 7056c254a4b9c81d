"""GraphQL clients: people with a session cookie, programs with a bearer, and nobody."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import orjson
import pytest

from server.app import create_app
from server.desk import Desk
from tests.world import World


@dataclass(frozen=True)
class Client:
    """Sends operations to `/graphql`."""

    http: httpx.AsyncClient

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
        """The data of an operation with one file, `variables.input.logo`, by multipart request."""
        operations = orjson.dumps({"query": query, "variables": variables})
        parts: dict[str, Any] = {
            "operations": (None, operations),
            "map": (None, b'{"0": ["variables.input.logo"]}'),
            "0": ("logo.png", file, "image/png"),
        }
        headers = {"GraphQL-Require-Preflight": "1"}
        answer = await self.http.post("/graphql", files=parts, headers=headers)
        assert answer.status_code == 200, answer.text
        data: dict[str, Any] = answer.json()["data"]
        return data


@pytest.fixture
async def http(desk: Desk) -> AsyncIterator[httpx.AsyncClient]:
    """Sends requests straight to the application."""
    transport = httpx.ASGITransport(create_app(desk), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://desk.test") as http:
        yield http


@pytest.fixture
def nobody(http: httpx.AsyncClient, world: World) -> Client:
    """Not signed in, in a world where others are."""
    return Client(http)


@pytest.fixture
async def signed_in(desk: Desk, world: World) -> AsyncIterator[dict[str, Client]]:
    """The people of the world, by what they are."""
    clients: dict[str, httpx.AsyncClient] = {}
    emails = {
        "admin": world.admin_email,
        "viewer": world.viewer_email,
        "other_admin": world.other_admin_email,
        "operations": world.operations_email,
    }
    for name, email in emails.items():
        transport = httpx.ASGITransport(create_app(desk), raise_app_exceptions=False)
        http = httpx.AsyncClient(transport=transport, base_url="http://desk.test")
        await http.post("/sign-in", data={"email": email, "password": world.password})
        clients[name] = http
    yield {name: Client(http) for name, http in clients.items()}
    for http in clients.values():
        await http.aclose()


@pytest.fixture
def admin(signed_in: dict[str, Client]) -> Client:
    """The client's administrator."""
    return signed_in["admin"]
