"""What is really in the database, read past the services."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from server.desk import Desk
from server.models.audit import AuditRecord

Dump = dict[str, list[tuple[Any, ...]]]

_TABLES = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name",
    "postgres": "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY 1",
}


async def run_sql(desk: Desk, statement: str) -> list[dict[str, Any]]:
    """Run a statement as somebody with access to the database would."""
    return await desk.database.client.execute_query_dict(statement)


@asynccontextmanager
async def tampering(desk: Desk) -> AsyncIterator[None]:
    """What an intruder who owns the database can do: change audit records, their triggers lifted.

    PostgreSQL gets its triggers back, as all tests share its database; a SQLite file is the
    test's own.
    """
    if desk.database.client.capabilities.dialect == "sqlite":
        for verb in ("update", "delete"):
            await run_sql(desk, f"DROP TRIGGER IF EXISTS audit_records_no_{verb}")
        yield
        return
    await run_sql(desk, "ALTER TABLE audit_records DISABLE TRIGGER USER")
    try:
        yield
    finally:
        await run_sql(desk, "ALTER TABLE audit_records ENABLE TRIGGER USER")


async def tamper(desk: Desk, statement: str) -> None:
    """One statement of such an intruder."""
    async with tampering(desk):
        await run_sql(desk, statement)


async def dump(desk: Desk) -> Dump:
    """All rows of all tables; equal dumps mean that nothing was written."""
    dialect = desk.database.client.capabilities.dialect
    tables = [row["name"] for row in await run_sql(desk, _TABLES[dialect])]
    rows = {name: await run_sql(desk, f'SELECT * FROM "{name}"') for name in tables}
    return {name: sorted((tuple(row.values()) for row in rows[name]), key=repr) for name in tables}


def holds(dumped: Dump, needle: str | bytes) -> bool:
    """Whether the text or the bytes are anywhere in any column of any row."""
    for rows in dumped.values():
        for value in (value for row in rows for value in row):
            if isinstance(value, bytes | memoryview):
                sought = needle.encode() if isinstance(needle, str) else needle
                if sought in bytes(value):
                    return True
            elif isinstance(needle, str) and needle in str(value):
                return True
    return False


async def records(desk: Desk, *, of: str | None = None) -> list[AuditRecord]:
    """Audit records in the order of their chains, optionally of one object."""
    rows = AuditRecord.all() if of is None else AuditRecord.filter(object_id=of)
    return await rows.order_by("chain", "position")


async def last_record(desk: Desk, chain: str) -> AuditRecord:
    """The newest record of a chain."""
    record = await AuditRecord.filter(chain=chain).order_by("-position").first()
    assert record is not None
    return record
