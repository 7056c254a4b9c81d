"""The application around the test's desk, and people who are signed in to it."""

from collections.abc import AsyncIterator, Awaitable, Callable

import httpx
import pytest
from starlette.applications import Starlette

from server.app import create_app
from server.desk import Desk
from tests.support.world import World

SignIn = Callable[[str], Awaitable[httpx.AsyncClient]]

PARTIAL = {"HX-Request": "true", "HX-Request-Type": "partial", "HX-Target": "dialog#wizard"}
"""What htmx sends with a request of the wizard."""


@pytest.fixture
def app(desk: Desk) -> Starlette:
    """The whole application, without a server."""
    return create_app(desk)


@pytest.fixture
async def browser(app: Starlette) -> AsyncIterator[Callable[[], httpx.AsyncClient]]:
    """Makes clients with a cookie jar each, as browsers have."""
    clients: list[httpx.AsyncClient] = []

    def make() -> httpx.AsyncClient:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        client = httpx.AsyncClient(transport=transport, base_url="http://desk.test")
        clients.append(client)
        return client

    yield make
    for client in clients:
        await client.aclose()


@pytest.fixture
def nobody(browser: Callable[[], httpx.AsyncClient]) -> httpx.AsyncClient:
    """A browser that is not signed in."""
    return browser()


@pytest.fixture
def sign_in(browser: Callable[[], httpx.AsyncClient], world: World) -> SignIn:
    """Signs a person of the world in, by the form."""

    async def enter(email: str) -> httpx.AsyncClient:
        client = browser()
        form = {"email": email, "password": world.password}
        answer = await client.post("/sign-in", data=form)
        assert (answer.status_code, answer.headers["location"]) == (303, "/settings/api-tokens")
        return client

    return enter


@pytest.fixture
async def admin(sign_in: SignIn, world: World) -> httpx.AsyncClient:
    """A browser of the client's administrator."""
    return await sign_in(world.admin_email)


@pytest.fixture
async def viewer(sign_in: SignIn, world: World) -> httpx.AsyncClient:
    """A browser of the client's viewer."""
    return await sign_in(world.viewer_email)
