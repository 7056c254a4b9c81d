"""The exceptions that mean a storage failure."""

import sqlite3
from typing import Final

import asyncpg
from tortoise.exceptions import DBConnectionError, OperationalError, TransactionManagementError

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
"""What drivers and the file system raise when storage fails. Never show it to anyone."""
