"""Opens, migrates and closes the database: SQLite in the data folder, or PostgreSQL."""

import asyncio
import fcntl
import os
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any, Final

import asyncpg
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.context import TortoiseContext, set_global_context
from tortoise.migrations.autodetector import MigrationAutodetector
from tortoise.migrations.executor import MigrationExecutor, MigrationTarget

from server.database.connections import connect_postgres, sqlite_beside, sqlite_reader_here
from server.database.postgres_url import PostgresUrl
from server.database.sealing import SEALER, Sealer
from server.database.sqlite_client import BUSY_SECONDS
from server.database.sqlite_files import is_writable, sqlite_file
from server.private_files import open_private

APP: Final = "tokendesk"
MODEL_MODULES: Final = [
    "server.models.accounts",
    "server.models.tokens",
    "server.models.audit",
    "server.models.usage",
]
MIGRATIONS: Final = "server.models.migrations"
_MIGRATION_LOCK: Final = 7_052_026
_LOG_PATIENCE_SECONDS: Final = 0.25
_WRITE_PATIENCE_SECONDS: Final = 1.0


def tortoise_config(database_url: str) -> dict[str, Any]:
    """Return Tortoise's configuration for a `sqlite://` or `postgres://` URL."""
    file = sqlite_file(database_url)
    return {
        "connections": {"default": _sqlite(file) if file else _postgres(database_url)},
        "apps": {
            APP: {
                "models": MODEL_MODULES,
                "migrations": MIGRATIONS,
                "default_connection": "default",
            }
        },
        "use_tz": True,
        "timezone": "UTC",
    }


def _postgres(database_url: str) -> dict[str, Any]:
    return {
        "engine": "server.database.asyncpg_client",
        "credentials": {"url": PostgresUrl.parse(database_url)},
    }


def _sqlite(file: Path) -> dict[str, Any]:
    return {
        "engine": "server.database.sqlite_client",
        "credentials": {
            "file_path": str(file),
            # First, because the following pragmas may have to wait for another process.
            "busy_timeout": BUSY_SECONDS * 1000,
            "journal_mode": "WAL",
            "synchronous": "FULL",
            "foreign_keys": "ON",
            "secure_delete": "ON",
            # Negative means KiB. SQLite's default of 2 MiB only holds the indexes of few tokens.
            "cache_size": -65_536,
        },
    }


TORTOISE_ORM: Final = tortoise_config("sqlite://:memory:")
"""For `tortoise makemigrations`: the models, and where migrations go."""


class Database:
    """The database of one process, which models reach through Tortoise's global context."""

    def __init__(self, url: str) -> None:
        self._config = tortoise_config(url)
        self._file = sqlite_file(url)
        self._context = TortoiseContext()

    async def open(self) -> None:
        """Connect. PostgreSQL is connected lazily: the first query finds out if it is there."""
        set_global_context(self._context)
        await self._context.init(config=self._config)
        if self._file is not None:
            async with self.client.acquire_connection():
                pass  # this creates the file, so that readers find it

    async def close(self) -> None:
        """Close all connections."""
        await self._context.close_connections()

    @property
    def client(self) -> BaseDBAsyncClient:
        """The client for raw statements."""
        return self._context.db()

    @property
    def file(self) -> Path | None:
        """The file of the embedded database; None for PostgreSQL."""
        return self._file

    async def connect_alone(self) -> asyncpg.Connection:
        """Open a connection to PostgreSQL outside the pool, with the same arguments."""
        return await connect_postgres(self._config["connections"]["default"]["credentials"]["url"])

    def reader_here(self, *, patience_seconds: float = 5.0) -> sqlite3.Connection:
        """Open a connection to SQLite that reads in the calling thread."""
        assert self._file is not None, "only called for SQLite"
        return sqlite_reader_here(self._file, patience_seconds=patience_seconds)

    async def ping(self) -> None:
        """Run a trivial query; raise a storage failure if the database does not answer."""
        await self.client.execute_query("SELECT 1")

    async def is_busy(self) -> bool:
        """Return whether another process locks SQLite's file, so that a write has to wait."""
        return self._file is not None and await asyncio.to_thread(_is_locked, self._file)

    async def truncate_log(self) -> bool:
        """Empty SQLite's write-ahead log. Return False while another connection needs it.

        Deleted data is overwritten in the database file, but stays in the log until then.
        """
        return self._file is None or await asyncio.to_thread(_truncate_log, self._file)

    async def pending_migrations(self) -> list[str]:
        """Return the names of migrations that are not applied, in order. This writes nothing."""
        # Ping first: the executor takes a failure for an empty database.
        await self.ping()
        executor = MigrationExecutor(self.client, self._config["apps"])
        plan = await executor.plan([MigrationTarget(APP, "__latest__")])
        return [step.migration.name for step in plan]

    async def migrate(self, seal: Sealer | None = None) -> list[str]:
        """Apply pending migrations, one process at a time, and return their names.

        `seal` makes the first seals of an audit trail that is older than seals.
        """
        if not await self.pending_migrations():
            return []
        async with self._migration_turn():
            pending = await self.pending_migrations()
            if pending:
                SEALER.set(seal)
                await MigrationExecutor(self.client, self._config["apps"]).migrate()
            return pending

    async def unwritten_changes(self) -> list[str]:
        """Return the changes of models that no migration contains; empty if there are none."""
        apps = self._context.apps
        if apps is None:
            raise RuntimeError("the database is not open")
        writers = await MigrationAutodetector(apps, self._config["apps"]).changes()
        return [type(operation).__name__ for writer in writers for operation in writer.operations]

    @asynccontextmanager
    async def _migration_turn(self) -> AsyncIterator[None]:
        if self._file is not None:
            turn = open_private(str(self._file.with_suffix(".migrating")), os.O_CREAT | os.O_WRONLY)
            try:
                await asyncio.to_thread(fcntl.flock, turn, fcntl.LOCK_EX)
                yield
            finally:
                os.close(turn)
        else:
            # A connection outside the pool: the lock belongs to the session that took it.
            holder = await self.connect_alone()
            try:
                await holder.execute("SELECT pg_advisory_lock($1)", _MIGRATION_LOCK)
                yield
            finally:
                await holder.close()


def _is_locked(file: Path) -> bool:
    if not is_writable(file):
        return False
    try:
        with closing(sqlite_beside(file, patience_seconds=_WRITE_PATIENCE_SECONDS)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("ROLLBACK")
    except sqlite3.OperationalError:
        return True
    return False


def _truncate_log(file: Path) -> bool:
    if not is_writable(file) or not file.exists():
        return True
    try:
        with closing(sqlite_beside(file, patience_seconds=_LOG_PATIENCE_SECONDS)) as connection:
            busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except sqlite3.OperationalError:
        return False
    return not busy
