"""A live server with a few tokens in it."""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from server.desk import Desk
from server.settings import Settings
from tests.support import databases
from tests.support.live import LiveServer, live_server
from tests.support.world import build_world


@dataclass(frozen=True)
class Tokens:
    """Values by what their tokens may do; Billing is the module that the gateways ask for."""

    billing: str
    billing_id: str
    expiring: str
    catalog: str
    doomed: str
    doomed_id: str
    manager: str
    account_id: str


@dataclass(frozen=True)
class Tokendesk:
    """The live server, and what was made in it."""

    server: LiveServer
    tokens: Tokens
    data_dir: Path

    @property
    def port(self) -> int:
        return urlsplit(self.server.url).port or 0


@contextmanager
def live_tokendesk(
    folder: Path, environment: Mapping[str, str] | None = None, *, open_files: int | None = None
) -> Iterator[Tokendesk]:
    """A server of its own, on SQLite, with more settings where they are given."""
    databases.forget_statements()
    tokens = asyncio.run(_make(Settings(data_dir=folder, database_url=None, secret_keys=None)))
    with live_server(folder, environment, open_files=open_files) as server:
        yield Tokendesk(server, tokens, folder)


async def _make(settings: Settings) -> Tokens:
    desk = Desk.build(settings)
    await desk.open()
    try:
        world = await build_world(desk)

        async def mint(name: str, *modules: str, **days: int) -> tuple[str, str]:
            expires_at = desk.clock() + timedelta(**days) if days else None
            minted = await desk.tokens.create(
                world.admin, name=name, module_ids=modules, expires_at=expires_at
            )
            assert minted.secret is not None
            return minted.token.id, minted.secret.reveal()

        billing_id, billing = await mint("Robot Ünit 🤖", "MOD-2001")
        doomed_id, doomed = await mint("Doomed", "MOD-2001")
        return Tokens(
            billing=billing,
            billing_id=billing_id,
            expiring=(await mint("Expiring", "MOD-2001", days=1))[1],
            catalog=(await mint("Catalog", "MOD-2002"))[1],
            doomed=doomed,
            doomed_id=doomed_id,
            manager=(await mint("Manager", "MOD-1756", "MOD-2001"))[1],
            account_id=world.client.id,
        )
    finally:
        await desk.close()
