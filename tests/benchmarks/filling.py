"""Databases with very many tokens, filled past the services; secrets follow from numbers."""

import asyncio
import shutil
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any, Final

import asyncpg
from tortoise.models import Model

from server.database import Database, sqlite_file
from server.domain.actor import AccountType
from server.domain.tokens.secret import Secret, checksum
from server.models.accounts import Account, EnabledModule, Module
from server.models.tokens import Token, TokenGrant, TokenSecret
from server.services.crypto.key_ring import KeyRing
from tests.support import databases

KEYS: Final = databases.KEYS
MODULES: Final = tuple(f"MOD-{number}" for number in range(3001, 3021))
ACCOUNTS: Final = tuple(f"ACC-9000-{number:04d}" for number in range(100))
"""The first is Operations: its tokens may introspect all others."""

_NOW: Final = datetime.now(UTC)
_BATCH: Final = 50_000


@dataclass(frozen=True)
class Rows:
    """Many rows of one table, from a model of which some columns change."""

    model: Model
    columns: tuple[str, ...]
    values: Iterable[tuple[Any, ...]]

    @property
    def table(self) -> str:
        """The table's name."""
        return self.model._meta.db_table

    @property
    def constant(self) -> dict[str, Any]:
        """Columns that are the same in all rows, as the model would write them."""
        return {
            column: self.model._meta.fields_map[field].to_db_value(
                getattr(self.model, field), self.model
            )
            for field, column in self.model._meta.fields_db_projection.items()
            if column not in self.columns and not self.model._meta.fields_map[field].generated
        }

    @property
    def names(self) -> list[str]:
        """All columns, in the order of `whole`."""
        return [*self.columns, *self.constant]

    def whole(self) -> Iterator[tuple[Any, ...]]:
        """All rows."""
        constant = tuple(self.constant.values())
        return (row + constant for row in self.values)


def token_id(number: int) -> str:
    """The id of a token by its number."""
    return f"TKN-{number // 10_000:04d}-{number % 10_000:04d}"


def secret(number: int) -> str:
    """The secret of a token by its number: no use but in a bench."""
    body = f"idt:{token_id(number)}:{sha256(b'bench %d' % number).hexdigest()[:58]}"
    return body + checksum(body)


async def make(url: str, count: int, *, granted: tuple[int, ...] = (0, 7)) -> None:
    """Bring an empty database to the newest form, and fill it.

    A token is granted the modules that stand so far behind its own number.
    """
    databases.forget_statements()
    database = Database(url)
    await database.open()
    try:
        await database.migrate()
        await _accounts(count)
        rows = _rows(count, granted)
    finally:
        await database.close()
    await fill(url, rows)


async def fill(url: str, rows: list[Rows]) -> None:
    """Store the rows past the services, on either engine; what they refer to is there."""
    file = sqlite_file(url)
    if file:
        await asyncio.to_thread(_fill_sqlite, file, rows)
    else:
        await _fill_postgres(url, rows)


def copy(url: str, folder: Path) -> str:
    """A SQLite database of its own, as it is now."""
    file = sqlite_file(url)
    assert file is not None, "only SQLite is one file"
    return f"sqlite://{shutil.copyfile(file, folder / file.name)}"


async def _accounts(count: int) -> None:
    await Module.bulk_create(Module(id=each, name=each, created_at=_NOW) for each in MODULES)
    await Account.bulk_create(
        Account(
            id=each,
            name=f"Account {each}",
            type=AccountType.CLIENT if number else AccountType.OPERATIONS,
            created_at=_NOW,
            token_count=len(range(number, count, len(ACCOUNTS))),
        )
        for number, each in enumerate(ACCOUNTS)
    )
    await EnabledModule.bulk_create(
        EnabledModule(account_id=account, module_id=module)
        for account in ACCOUNTS
        for module in MODULES
    )


def _rows(count: int, granted: tuple[int, ...]) -> list[Rows]:
    key_ring = KeyRing(KEYS)
    key_id, _ = key_ring.digest(Secret(token_id(0), secret(0)))
    token = Token(
        id=token_id(0),
        account_id=ACCOUNTS[0],
        name="",
        created_at=_NOW,
        created_by_id="USR-0000-0001",
        created_by_name="Bench",
        updated_at=_NOW,
        last_access_at=_NOW,
    )
    grant = TokenGrant(token_id=token_id(0), module_id=MODULES[0])
    kept = TokenSecret(token_id=token_id(0), key_id=key_id, digest="", created_at=_NOW)
    tokens = (
        (
            token_id(number),
            ACCOUNTS[number % len(ACCOUNTS)],
            f"Robot {number:07d}",
            f"robot {number:07d}",
            f"robot {number:07d}\n\n{token_id(number).lower()}",
        )
        for number in range(count)
    )
    grants = (
        (token_id(number), MODULES[(number + step) % len(MODULES)])
        for number in range(count)
        for step in granted
    )
    secrets = (
        (token_id(number), key_ring.digest(Secret(token_id(number), secret(number)))[1])
        for number in range(count)
    )
    return [
        Rows(token, ("id", "account_id", "name", "name_key", "search_key"), tokens),
        Rows(grant, ("token_id", "module_id"), grants),
        Rows(kept, ("token_id", "digest"), secrets),
    ]


def _fill_sqlite(file: Path, all_rows: list[Rows]) -> None:
    connection = sqlite3.connect(file, isolation_level=None)
    try:
        connection.execute("PRAGMA journal_mode = OFF")
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA cache_size = -1000000")
        connection.execute("BEGIN")
        for rows in all_rows:
            # Indexes made afterwards are sorted once instead of being searched for every row.
            indexes = connection.execute(
                "SELECT name, sql FROM sqlite_master"
                " WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL",
                (rows.table,),
            ).fetchall()
            for name, _ in indexes:
                connection.execute(f'DROP INDEX "{name}"')
            marks = ", ".join("?" for _ in rows.names)
            columns = ", ".join(f'"{name}"' for name in rows.names)
            connection.executemany(
                f'INSERT INTO "{rows.table}" ({columns}) VALUES ({marks})', rows.whole()
            )
            for _, statement in indexes:
                connection.execute(statement)
        connection.execute("COMMIT")
        connection.execute("ANALYZE")
        connection.execute("PRAGMA journal_mode = WAL")
    finally:
        connection.close()


async def _fill_postgres(url: str, all_rows: list[Rows]) -> None:
    connection = await asyncpg.connect(url)
    try:
        # Without looking every reference up again.
        await connection.execute("SET session_replication_role = replica")
        await connection.execute("SET maintenance_work_mem = '512MB'")
        for rows in all_rows:
            indexes = await connection.fetch(
                "SELECT quote_ident(indexname) AS name, indexdef FROM pg_indexes"
                " WHERE tablename = $1 AND NOT EXISTS (SELECT 1 FROM pg_constraint"
                " WHERE conindid = quote_ident(indexname)::regclass)",
                rows.table,
            )
            for index in indexes:
                await connection.execute(f"DROP INDEX {index['name']}")
            left = rows.whole()
            while batch := list(islice(left, _BATCH)):
                await connection.copy_records_to_table(
                    rows.table, records=batch, columns=rows.names
                )
            for index in indexes:
                await connection.execute(index["indexdef"])
        await connection.execute("VACUUM ANALYZE")
    finally:
        await connection.close()
