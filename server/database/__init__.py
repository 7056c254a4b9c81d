"""The database: its URL, every connection to it, and its migrations.

Nothing else in the desk connects to SQLite or PostgreSQL; no query of the product lives here.
"""

from server.database.database import (
    APP,
    MIGRATIONS,
    MODEL_MODULES,
    TORTOISE_ORM,
    Database,
    tortoise_config,
)
from server.database.failures import STORAGE_FAILURES
from server.database.postgres_url import PostgresUrl
from server.database.sqlite_files import sqlite_file

__all__ = [
    "APP",
    "MIGRATIONS",
    "MODEL_MODULES",
    "STORAGE_FAILURES",
    "TORTOISE_ORM",
    "Database",
    "PostgresUrl",
    "sqlite_file",
    "tortoise_config",
]
