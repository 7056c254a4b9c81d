"""TLS to PostgreSQL: every connection of the desk is protected, or refused, as the URL says."""

import asyncio
import os
import secrets
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from urllib.parse import quote, urlsplit

import asyncpg
import pytest

from server.database import STORAGE_FAILURES, Database
from server.database.queries.lookup import PreparedLookup
from server.services.events.bus import EventBus
from server.services.events.listener import ChangeListener
from tests.database.certificates import Authority
from tests.support.postgres import PostgresServer

DEBIAN: Final = Path("/usr/lib/postgresql")
MODES: Final = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
PLAIN, TLS, REFUSED = "plain", "tls", "refused"
EXPECTED: Final = {
    "no TLS": (PLAIN, PLAIN, PLAIN, REFUSED, REFUSED, REFUSED),
    "right authority": (PLAIN, PLAIN, TLS, TLS, TLS, TLS),
    # With a root certificate, libpq checks it under `require` as well.
    "wrong authority": (PLAIN, PLAIN, TLS, REFUSED, REFUSED, REFUSED),
    "wrong host": (PLAIN, PLAIN, TLS, TLS, TLS, REFUSED),
    "no authority named": (PLAIN, PLAIN, TLS, TLS, REFUSED, REFUSED),
}
"""By what the server is, for each of the modes: what libpq does."""


@dataclass(frozen=True)
class Servers:
    """A server with TLS, one without, and two authorities: the right one, and another."""

    tls: str
    plain: str
    right: Path
    wrong: Path

    def url(self, case: str, mode: str, name: str) -> str:
        """The URL for a case; `name` is what its connections call themselves."""
        server = self.plain if case == "no TLS" else self.tls
        root = self.wrong if case == "wrong authority" else self.right
        if case != "wrong host":
            port = urlsplit(server).port
            server = urlsplit(server)._replace(netloc=f"postgres@localhost:{port}").geturl()
        named = "" if case == "no authority named" else f"&sslrootcert={quote(str(root))}"
        return f"{server}?sslmode={mode}&application_name={name}{named}"


@pytest.fixture(scope="module")
def servers() -> Iterator[Servers]:
    """Debian's server, since the wheel's cannot do TLS."""
    installed = max(DEBIAN.glob("*/bin/postgres"), default=None)
    if installed is None:
        pytest.skip("no PostgreSQL with TLS here: install Debian's postgresql")
    with tempfile.TemporaryDirectory(prefix="tokendesk-tls-") as text:
        folder = Path(text)
        folder.chmod(0o755)
        right, wrong = Authority(folder, "right"), Authority(folder, "wrong")
        certificate, key = right.server("localhost")
        if os.geteuid() == 0:
            shutil.chown(key, "nobody")
        tls = ("ssl=on", f"ssl_cert_file={certificate}", f"ssl_key_file={key}")
        started = []
        for name, settings in (("secure", tls), ("open", ())):
            (folder / name).mkdir()
            server = PostgresServer(
                folder / name, ("fsync=off", *settings), installed=installed.parent.parent
            )
            server.start()
            started.append(server)
        yield Servers(started[0].url, started[1].url, right.root, wrong.root)
        for server in started:
            server.stop()


@asynccontextmanager
async def pool(database: Database) -> AsyncIterator[None]:
    await database.ping()
    yield


@asynccontextmanager
async def look_up(database: Database) -> AsyncIterator[None]:
    rows = PreparedLookup(database, sqlite="", postgres="SELECT unnest($1::text[]) AS id", key="id")
    try:
        assert len(await rows.rows("one")) == 1
        yield
    finally:
        await rows.close()


@asynccontextmanager
async def listener(database: Database) -> AsyncIterator[None]:
    announcements = EventBus()
    listening = ChangeListener(database, announcements, lambda: datetime.now(UTC))
    task = asyncio.create_task(listening._wait())
    try:
        while not announcements.is_synced and not task.done():
            await asyncio.sleep(0.01)
        if task.done():
            await task
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])


KINDS: Final[dict[str, Callable[[Database], AbstractAsyncContextManager[None]]]] = {
    "pool": pool,
    "look-up": look_up,
    "listener": listener,
    "migration lock": lambda database: database._migration_turn(),
}


@pytest.mark.parametrize("case", EXPECTED)
async def test_every_connection_is_as_the_url_demands(
    servers: Servers, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, case: str
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    found: dict[str, dict[str, str]] = {mode: {} for mode in MODES}
    for mode in MODES:
        for kind, connect in KINDS.items():
            found[mode][kind] = await _outcome(servers, case, mode, connect)
    assert found == {
        mode: dict.fromkeys(KINDS, outcome)
        for mode, outcome in zip(MODES, EXPECTED[case], strict=True)
    }


async def _outcome(
    servers: Servers,
    case: str,
    mode: str,
    connect: Callable[[Database], AbstractAsyncContextManager[None]],
) -> str:
    name = f"case_{secrets.token_hex(6)}"
    url = servers.url(case, mode, name)
    database = Database(url)
    await database.open()
    try:
        async with connect(database):
            return TLS if await _is_encrypted(url, name) else PLAIN
    except STORAGE_FAILURES:
        return REFUSED
    finally:
        await database.close()


async def _is_encrypted(url: str, name: str) -> bool:
    """What the server says of the connections with this name."""
    parts = urlsplit(url)
    admin = await asyncpg.connect(f"postgres://postgres@127.0.0.1:{parts.port}/postgres")
    try:
        rows = await admin.fetch(
            "SELECT DISTINCT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)"
            " WHERE application_name = $1",
            name,
        )
    finally:
        await admin.close()
    [row] = rows
    return bool(row["ssl"])
