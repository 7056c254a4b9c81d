"""Migrated databases for tests: a SQLite file to copy, a PostgreSQL database to empty."""

import asyncio
import secrets
import shutil
import sqlite3
from pathlib import Path
from typing import Final

import asyncpg
from tortoise.backends.base import executor

from server.database import Database

KEYS: Final = "test-key-0123456789-0123456789-0123456789"
_MIGRATIONS_TABLE: Final = "tortoise_migrations"


def forget_statements() -> None:
    """Let Tortoise write its statements anew: it keeps them by table, whatever the engine."""
    executor.EXECUTOR_CACHE.clear()


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


async def empty(postgres_url: str) -> None:
    """Empty all our tables, and start their numbers at 1 again."""
    connection = await asyncpg.connect(postgres_url)
    try:
        rows = await connection.fetch(
            "SELECT quote_ident(tablename) AS name FROM pg_tables"
            " WHERE schemaname = 'public' AND tablename <> $1",
            _MIGRATIONS_TABLE,
        )
        names = ", ".join(row["name"] for row in rows)
        # The trigger that makes audit records final does not fire in this role.
        await connection.execute("SET session_replication_role = replica")
        await connection.execute(f"TRUNCATE {names} RESTART IDENTITY CASCADE")
    finally:
        await connection.close()
