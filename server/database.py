"""Opening, migrating and closing the database: SQLite in the data folder, or PostgreSQL."""

import asyncio
import fcntl
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import asyncpg
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.backends.base.config_generator import expand_db_url
from tortoise.context import TortoiseContext, set_global_context
from tortoise.exceptions import DBConnectionError, OperationalError, TransactionManagementError
from tortoise.migrations.autodetector import MigrationAutodetector
from tortoise.migrations.executor import MigrationExecutor, MigrationTarget

APP: Final = "tokendesk"
MODEL_MODULES: Final = [
    "server.models.accounts",
    "server.models.tokens",
    "server.models.audit",
    "server.models.usage",
]
MIGRATIONS: Final = "server.models.migrations"
_MIGRATION_LOCK: Final = 7_052_026


def tortoise_config(database_url: str) -> dict[str, Any]:
    """Tortoise's configuration for a `sqlite://` or `postgres://` URL."""
    file = sqlite_file(database_url)
    return {
        "connections": {"default": _sqlite(file) if file else expand_db_url(database_url)},
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


def sqlite_file(database_url: str) -> Path | None:
    """The file of a `sqlite://` URL: all that follows, so that any folder's name will do."""
    scheme, _, path = database_url.partition("://")
    return Path(path) if scheme == "sqlite" else None


def _sqlite(file: Path) -> dict[str, Any]:
    return {
        "engine": "tortoise.backends.sqlite",
        "credentials": {
            "file_path": str(file),
            "journal_mode": "WAL",
            "synchronous": "FULL",
            "foreign_keys": "ON",
            "secure_delete": "ON",
            "busy_timeout": 10_000,
            # Negative: in KiB. The 2 MiB that SQLite takes unasked are the indexes of few tokens.
            "cache_size": -65_536,
        },
    }


TORTOISE_ORM: Final = tortoise_config("sqlite://:memory:")
"""What `tortoise makemigrations` reads: the models, and where migrations go."""

STORAGE_FAILURES: Final[tuple[type[Exception], ...]] = (
    OperationalError,
    DBConnectionError,
    TransactionManagementError,
    sqlite3.OperationalError,
    sqlite3.DatabaseError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    OSError,
)
"""What the drivers and the file system raise when storage fails; never shown to anyone."""


def _upper(value: object) -> object:
    """SQL's UPPER for every script: SQLite's own knows A to Z alone, and searches use it."""
    return value.upper() if isinstance(value, str) else value


class Database:
    """One process's connection pool, reached by the models through Tortoise's global context."""

    def __init__(self, url: str) -> None:
        self._config = tortoise_config(url)
        self._file = sqlite_file(url)
        self._context = TortoiseContext()

    async def open(self) -> None:
        """Connect lazily to PostgreSQL: the first query finds out whether the server is there."""
        set_global_context(self._context)
        await self._context.init(config=self._config)
        if self._file is not None:
            async with self.client.acquire_connection() as connection:
                await connection.create_function("UPPER", 1, _upper, deterministic=True)

    async def close(self) -> None:
        """Close all connections."""
        await self._context.close_connections()

    @property
    def client(self) -> BaseDBAsyncClient:
        """The driver's connection, for raw statements."""
        return self._context.db()

    @property
    def file(self) -> Path | None:
        """The embedded database's file; None where the database is a server."""
        return self._file

    async def connect_alone(self) -> asyncpg.Connection:
        """A connection to the PostgreSQL server beside the pool's."""
        credentials = self._config["connections"]["default"]["credentials"]
        names = ("host", "port", "user", "password", "database")
        return await asyncpg.connect(**{name: credentials.get(name) for name in names})

    async def ping(self) -> None:
        """Ask the database for one; raises a storage failure when it does not answer."""
        await self.client.execute_query("SELECT 1")

    async def pending_migrations(self) -> list[str]:
        """Names of migrations that the database does not have yet, in order."""
        executor = MigrationExecutor(self.client, self._config["apps"])
        plan = await executor.plan([MigrationTarget(APP, "__latest__")])
        return [step.migration.name for step in plan]

    async def migrate(self) -> list[str]:
        """Apply what is pending, one process at a time; the names of what was applied."""
        async with self._migration_turn():
            pending = await self.pending_migrations()
            if pending:
                await MigrationExecutor(self.client, self._config["apps"]).migrate()
            return pending

    async def unwritten_changes(self) -> list[str]:
        """What the models have and no migration brings: empty when they agree."""
        apps = self._context.apps
        if apps is None:
            raise RuntimeError("the database is not open")
        writers = await MigrationAutodetector(apps, self._config["apps"]).changes()
        return [type(operation).__name__ for writer in writers for operation in writer.operations]

    @asynccontextmanager
    async def _migration_turn(self) -> AsyncIterator[None]:
        if self._file is not None:
            with self._file.with_suffix(".migrating").open("w") as turn:
                await asyncio.to_thread(fcntl.flock, turn, fcntl.LOCK_EX)
                yield
        else:
            # A connection of its own: the lock belongs to the database session that took it.
            holder = await self.connect_alone()
            try:
                await holder.execute("SELECT pg_advisory_lock($1)", _MIGRATION_LOCK)
                yield
            finally:
                await holder.close()
