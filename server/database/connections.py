"""Opens every connection to a database. Nothing else calls a driver's `connect`."""

import sqlite3
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import aiosqlite
import asyncpg

from server.database.postgres_url import PostgresUrl
from server.database.sqlite_files import MEMORY, is_writable, reading_uri
from server.private_files import create_private

_MAPPED_BYTES: Final = 4 * 1024**3
"""Bytes of the file that are memory-mapped: a reader's own cache is void after each write."""


async def connect_postgres(url: PostgresUrl) -> asyncpg.Connection:
    """Open a connection outside the pool."""
    return await asyncpg.connect(**url.connect_arguments)


async def postgres_pool(url: PostgresUrl, connection_class: type[Any]) -> asyncpg.Pool:
    """Create a connection pool."""
    return await asyncpg.create_pool(
        **url.connect_arguments, **url.pool, connection_class=connection_class
    )


async def sqlite_writer(file_path: str, pragmas: Mapping[str, Any]) -> aiosqlite.Connection:
    """Open the writing connection; if nothing can be written, open a reading one."""
    file = Path(file_path)
    if file_path != MEMORY and not is_writable(file):
        return await sqlite_reader(file)
    if file_path != MEMORY:
        with suppress(OSError):  # It exists, or SQLite will report why it cannot.
            # SQLite gives its side files the same mode.
            create_private(file)
    connection = await aiosqlite.connect(file_path, isolation_level=None)
    try:
        await _make_ready(connection)
        for pragma, value in pragmas.items():
            await (await connection.execute(f"PRAGMA {pragma}={value}")).close()
    except BaseException:
        await connection.close()
        raise
    return connection


async def sqlite_reader(file: Path) -> aiosqlite.Connection:
    """Open a reading connection, which works while another one writes."""
    connection = await aiosqlite.connect(reading_uri(file), uri=True, isolation_level=None)
    try:
        await _make_ready(connection)
        await (await connection.execute(f"PRAGMA mmap_size={_MAPPED_BYTES}")).close()
    except BaseException:
        await connection.close()
        raise
    return connection


def sqlite_reader_here(file: Path, *, patience_seconds: float = 5.0) -> sqlite3.Connection:
    """Open a connection that reads in the calling thread, in microseconds per row."""
    connection = sqlite3.connect(
        reading_uri(file), uri=True, timeout=patience_seconds, isolation_level=None
    )
    connection.execute(f"PRAGMA mmap_size={_MAPPED_BYTES}").close()
    connection.row_factory = sqlite3.Row
    return connection


def sqlite_beside(file: Path, *, patience_seconds: float) -> sqlite3.Connection:
    """Open a short-lived connection that may write beside the main writer."""
    connection = sqlite3.connect(
        f"{file.absolute().as_uri()}?mode=rw",
        uri=True,
        timeout=patience_seconds,
        isolation_level=None,
    )
    connection.execute("PRAGMA secure_delete=ON").close()
    return connection


async def _make_ready(connection: aiosqlite.Connection) -> None:
    connection.row_factory = sqlite3.Row
    await connection.create_function("UPPER", 1, _upper, deterministic=True)


def _upper(value: object) -> object:
    """Uppercase in every script, for SQL's UPPER: SQLite's own only knows A to Z."""
    return value.upper() if isinstance(value, str) else value
