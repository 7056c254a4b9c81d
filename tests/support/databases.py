"""Migrated databases for tests: a SQLite file to copy, a PostgreSQL database to empty."""

import asyncio
import secrets
import shutil
import sqlite3
from pathlib import Path
from typing import Any, Final

import asyncpg
from tortoise.backends.base import executor

from server.database import Database
from server.database.sqlite_client import FileClient

KEYS: Final = "test-key-0123456789-0123456789-0123456789"
_MIGRATIONS_TABLE: Final = "tortoise_migrations"

TRUNCATED_EVERY: Final = 50
"""Rows that are deleted stay in the files; so often they are thrown away."""


def forget_statements() -> None:
    """Let Tortoise write its statements anew: it keeps them by table, whatever the engine."""
    executor.EXECUTOR_CACHE.clear()


def wait_for_no_disk() -> None:
    """Have this process's SQLite files written without fsync: nobody cuts its power.

    Servers and commands in processes of their own keep the product's durability.
    """
    connect = FileClient.create_connection

    async def create_connection(self: FileClient, with_db: bool) -> None:
        self.pragmas["synchronous"] = "OFF"
        await connect(self, with_db)

    FileClient.create_connection = create_connection  # type: ignore[method-assign]


async def migrate(url: str) -> None:
    """Bring an empty database to the newest form."""
    database = Database(url)
    await database.open()
    try:
        await database.migrate()
    finally:
        await database.close()


def make_template(folder: Path) -> Path:
    """A migrated SQLite file, alone: nothing of it is left in a write-ahead log."""
    template = folder / "template.sqlite3"
    asyncio.run(migrate(f"sqlite://{template}"))
    connection = sqlite3.connect(template)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return template


def copy_template(template: Path, folder: Path) -> str:
    """A migrated SQLite database of a test's own, as its URL."""
    copy = folder / f"{secrets.token_hex(4)}.sqlite3"
    shutil.copyfile(template, copy)
    return f"sqlite://{copy}"


class PostgresDatabase:
    """A migrated PostgreSQL database that each test finds empty: over one connection, kept open.

    To delete what little a test leaves takes a hundredth of the time that TRUNCATE does. Vacuum is
    off: with no space to fill again, rows stand in the order in which they were written.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self._loop = asyncio.new_event_loop()
        self._connection: asyncpg.Connection | None = None
        self._tables: list[str] = []
        self._emptied = 0

    def empty(self) -> str:
        """Empty all our tables, and start their numbers at 1 again; the URL."""
        self._loop.run_until_complete(self._empty())
        return self.url

    def close(self) -> None:
        """End the connection."""
        if self._connection is not None:
            self._loop.run_until_complete(self._connection.close())
        self._loop.close()

    async def _empty(self) -> None:
        if self._connection is None or self._connection.is_closed():
            self._connection = await asyncpg.connect(self.url)
            # The trigger that makes audit records final does not fire in this role.
            await self._connection.execute("SET session_replication_role = replica")
            self._tables = await postgres_tables(self._connection)
            off = "SET (autovacuum_enabled = off)"
            await self._connection.execute(
                ";".join(f"ALTER TABLE {table} {off}" for table in self._tables)
            )
        if self._emptied % TRUNCATED_EVERY == 0:
            names = ", ".join(self._tables)
            await self._connection.execute(f"TRUNCATE {names} RESTART IDENTITY CASCADE")
        else:
            deletes = ";".join(f"DELETE FROM {table}" for table in self._tables)
            await self._connection.execute(f"{deletes}; {_RESTART_SEQUENCES}")
        self._emptied += 1


_RESTART_SEQUENCES: Final = """
    SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false)
    FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL"""


async def postgres_tables(connection: Any) -> list[str]:
    """Our tables, quoted; but the one that says which migrations the database has."""
    rows = await connection.fetch(
        "SELECT quote_ident(tablename) AS name FROM pg_tables"
        " WHERE schemaname = 'public' AND tablename <> $1",
        _MIGRATIONS_TABLE,
    )
    return [row["name"] for row in rows]
