"""A live Tokendesk with a few tokens, a service, and a gateway between them and the client."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests.gateways.programs import CADDY, NGINX, Gateway
from tests.gateways.service import Service, running
from tests.support.live_tokens import Tokendesk, live_tokendesk


@dataclass(frozen=True)
class Scene:
    """What a test sees: the client's side, and what reached the service."""

    client: httpx.Client
    service: Service
    tokendesk: Tokendesk

    def ask(self, value: str | None = None, **headers: str) -> httpx.Response:
        """A GET through the gateway."""
        bearer = {"Authorization": f"Bearer {value}"} if value else {}
        return self.client.get("/orders", headers=bearer | headers)


@pytest.fixture(params=[NGINX, CADDY], ids=lambda each: each.name)
def gateway(request: pytest.FixtureRequest) -> Gateway:
    """Each of the gateways in turn."""
    chosen: Gateway = request.param
    return chosen


@pytest.fixture(scope="session")
def tokendesk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tokendesk]:
    """One server for all tests that leave it standing."""
    with live_tokendesk(tmp_path_factory.mktemp("tokendesk") / "data") as tokendesk:
        yield tokendesk


@pytest.fixture
def service() -> Iterator[Service]:
    """The service behind the gateway."""
    with running(Service()) as service:
        yield service


@pytest.fixture
def scene(
    gateway: Gateway, tokendesk: Tokendesk, service: Service, tmp_path: Path
) -> Iterator[Scene]:
    """The gateway between a client, Tokendesk and the service."""
    with (
        gateway.running(tmp_path / "gateway", tokendesk.port, service.port) as url,
        httpx.Client(base_url=url, trust_env=False) as client,
    ):
        yield Scene(client, service, tokendesk)
