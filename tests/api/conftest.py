"""The application and a client, as a gateway sees them."""

from collections.abc import AsyncIterator

import httpx
import pytest

from server.app import create_app
from server.desk import Desk


@pytest.fixture
async def gateway(desk: Desk) -> AsyncIterator[httpx.AsyncClient]:
    """Sends requests straight to the application."""
    transport = httpx.ASGITransport(create_app(desk), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://desk.test") as client:
        yield client
