"""Another process keeps SQLite's file locked: reading goes on, writing is refused plainly."""

import asyncio
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from server.database import Database, database, sqlite_client
from server.desk import Desk
from tests.support.evidence import dump
from tests.support.factories import made, text_of
from tests.support.world import World
from tests.web.conftest import admin, app, browser, sign_in

__all__ = ["admin", "app", "browser", "sign_in"]

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

HOLD = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN EXCLUSIVE")
print("held", flush=True)
sys.stdin.read()
connection.execute("ROLLBACK")
"""
WITHIN_SECONDS = 60
"""No promise: so that a test which fails does not hang."""


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """A second process that holds the file's lock, as a backup tool does."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(file)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == "held\n"
        yield
    finally:
        process.stdin.close()
        process.stdout.close()
        assert process.wait(timeout=10) == 0


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A write waits for two seconds, so that it still waits while pages are read."""
    monkeypatch.setattr(database, "BUSY_SECONDS", 2)
    monkeypatch.setattr(sqlite_client, "BUSY_SECONDS", 2)


async def test_pages_verification_and_readiness_answer_while_writes_wait(
    desk: Desk, world: World, admin: httpx.AsyncClient
) -> None:
    minted = await made(desk, world.admin)
    bearer = {"Authorization": f"Bearer {text_of(minted)}"}
    assert desk.database.file is not None
    before = await dump(desk)
    with locked(desk.database.file):
        async with asyncio.timeout(WITHIN_SECONDS):
            write = asyncio.create_task(
                admin.post(f"/settings/api-tokens/{minted.token.id}/disable")
            )
            waiting = asyncio.create_task(desk.accounts.rename(world.admin, world.client.id, "No"))
            client: Any = desk.database.client
            while not client._lock.locked():
                await asyncio.sleep(0.01)
            page = await admin.get("/settings/api-tokens")
            details = await admin.get(f"/settings/api-tokens/{minted.token.id}")
            verified = await admin.get("/verify", headers=bearer)
            assert not waiting.done() or not write.done()
            ready = await admin.get("/readyz")
            refused = await write
            with pytest.raises(Exception, match="database is locked"):
                await waiting
    assert (page.status_code, details.status_code, verified.status_code) == (200, 200, 200)
    assert "Export" in page.text
    assert (ready.status_code, ready.json()) == (503, {"status": "the database is busy"})
    assert refused.status_code == 503
    assert "Tokendesk cannot reach its storage right now." in refused.text
    after = await dump(desk)
    assert after == before
    assert (await admin.get("/readyz")).json() == {"status": "ready"}
    await desk.accounts.rename(world.admin, world.client.id, "Yes")


async def test_a_reader_sees_what_was_committed_before_it_asked(desk: Desk, world: World) -> None:
    for n in range(50):
        await desk.accounts.rename(world.admin, world.client.id, f"Name {n}")
        assert (await desk.accounts.get(world.admin, world.client.id)).name == f"Name {n}"


async def test_readers_cannot_write(desk: Desk, world: World) -> None:
    client: Any = desk.database.client
    await client.execute_query("SELECT 1")
    [reader, *_] = client._readers._idle
    with pytest.raises(sqlite3.OperationalError, match="readonly database"):
        await reader.execute("DELETE FROM sessions")


async def test_a_reader_whose_asker_has_gone_is_free_again(desk: Desk) -> None:
    endless = "SELECT 1 FROM (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
    asking = [
        asyncio.create_task(desk.database.client.execute_query(f"{endless} SELECT i FROM n)"))
        for _ in range(sqlite_client.MOST_READERS)
    ]
    await asyncio.sleep(0.2)
    for each in asking:
        each.cancel()
    await asyncio.wait(asking)
    async with asyncio.timeout(WITHIN_SECONDS):
        assert (await desk.database.client.execute_query("SELECT 1"))[0] == 1


async def test_a_database_in_memory_needs_no_readers(database_url: str) -> None:
    alone = Database("sqlite://:memory:")
    await alone.open()
    try:
        await alone.client.execute_script("CREATE TABLE a (b)")
        assert (await alone.client.execute_query("SELECT * FROM a"))[0] == 0
    finally:
        await alone.close()
