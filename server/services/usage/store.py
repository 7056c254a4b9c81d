"""Usage in the database: batches written table by table, and old hours rolled up to days."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

import orjson
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.transactions import in_transaction

from server.domain.text.validation import normalize_search
from server.services.usage.counters import Agent, Batch, Call, Client

ADDRESS_CHARACTERS: Final = 64
DAY_HOURS: Final = 24

Row = Sequence[Any]


class _Upsert:
    """An upsert of all rows in one statement, sent as one JSON text.

    Row by row costs several times as much, and on SQLite it holds the GIL that requests need.
    """

    def __init__(self, table: str, columns: Mapping[str, str], on_conflict: str) -> None:
        """`columns` maps the columns to their types on PostgreSQL."""
        insert = f"INSERT INTO {table} ({', '.join(columns)}) SELECT"
        of_file = ", ".join(f"json_extract(value, '$[{place}]')" for place in range(len(columns)))
        of_server = ", ".join(
            f"CAST(value ->> {place} AS {kind})" for place, kind in enumerate(columns.values())
        )
        self._statements = {
            # Without a WHERE clause, SQLite parses ON CONFLICT as the ON of a join.
            "sqlite": f"{insert} {of_file} FROM json_each(?1) WHERE true {on_conflict}",
            "postgres": f"{insert} {of_server} FROM json_array_elements($1::json) {on_conflict}",
        }

    async def write(self, connection: BaseDBAsyncClient, rows: Sequence[Row]) -> None:
        """Insert the rows in their order, or update existing ones. Keys must be unique."""
        statement = self._statements[connection.capabilities.dialect]
        await connection.execute_query(statement, [orjson.dumps(rows).decode()])


class _Update:
    """An update, one statement per row."""

    def __init__(self, statement: str) -> None:
        self._statement = statement

    async def write(self, connection: BaseDBAsyncClient, rows: Sequence[Row]) -> None:
        """Update the rows in their order."""
        statement = _marked(self._statement, connection.capabilities.dialect)
        await connection.execute_many(statement, [list(row) for row in rows])


_COUNT: Final = _Upsert(
    "usage_counts",
    {"token_id": "text", "hour": "integer", "outcome": "text", "calls": "bigint"},
    """ON CONFLICT (token_id, hour, outcome)
    DO UPDATE SET calls = usage_counts.calls + excluded.calls""",
)
_CALLER: Final = _Upsert(
    "usage_callers",
    {
        "token_id": "text",
        "outcome": "text",
        "at": "timestamptz",
        "address": "text",
        "user_agent": "text",
    },
    """ON CONFLICT (token_id, outcome)
    DO UPDATE SET at = excluded.at, address = excluded.address, user_agent = excluded.user_agent
    WHERE usage_callers.at < excluded.at""",
)
_REQUEST: Final = _Upsert(
    "module_requests",
    {"token_id": "text", "module_id": "text", "asked_at": "timestamptz"},
    """ON CONFLICT (token_id, module_id) DO UPDATE SET asked_at = excluded.asked_at
    WHERE module_requests.asked_at < excluded.asked_at""",
)
_LAST_ACCESS: Final = _Update(
    "UPDATE tokens SET last_access_at = $2 WHERE id = $1 AND last_access_at < $2"
)
_LAST_USE: Final = _Update(
    """UPDATE token_secrets SET last_used_at = $2
    WHERE id = $1 AND (last_used_at IS NULL OR last_used_at < $2)"""
)

_OLDEST: Final = "SELECT MIN(hour) AS hour FROM usage_counts WHERE hour < $1 AND hour % 24 <> 0"
_SUM: Final = """
    INSERT INTO usage_counts (token_id, hour, outcome, calls)
    SELECT token_id, CAST($1 AS integer), outcome, SUM(calls) FROM usage_counts
    WHERE hour > $1 AND hour < $1 + 24 GROUP BY token_id, outcome
    ON CONFLICT (token_id, hour, outcome)
    DO UPDATE SET calls = usage_counts.calls + excluded.calls"""
_REMOVE: Final = "DELETE FROM usage_counts WHERE hour > $1 AND hour < $1 + 24"
_MOVE: Final = """
    WITH moved AS (
        DELETE FROM usage_counts WHERE hour > CAST($1 AS integer) AND hour < $1 + 24
        RETURNING token_id, outcome, calls)
    INSERT INTO usage_counts (token_id, hour, outcome, calls)
    SELECT token_id, $1, outcome, SUM(calls) FROM moved GROUP BY token_id, outcome
    ON CONFLICT (token_id, hour, outcome)
    DO UPDATE SET calls = usage_counts.calls + excluded.calls"""
_ROLL_UP: Final = {
    # One statement, so that no two replicas move the same hour.
    "postgres": [_MOVE],
    # SQLite cannot insert from a DELETE; the first statement locks the file for both.
    "sqlite": [_SUM, _REMOVE],
}


async def write(batch: Batch) -> None:
    """Write a batch and empty it. On failure, everything not written stays in it.

    Each table has its own transaction and is written in key order. Two writers, or a writer and a
    change of a token, can therefore never deadlock.
    """
    await _write(_COUNT, [(*key, batch.calls[key]) for key in sorted(batch.calls)])
    batch.calls.clear()
    await _write(_CALLER, [_caller(key, batch.callers[key]) for key in sorted(batch.callers)])
    batch.callers.clear()
    await _write(_LAST_ACCESS, sorted(batch.accesses.items()))
    batch.accesses.clear()
    await _write(_LAST_USE, sorted(batch.secrets.items()))
    batch.secrets.clear()
    await _write(_REQUEST, [(*key, _text(at)) for key, at in sorted(batch.modules.items())])
    batch.modules.clear()


async def roll_up(before: int) -> None:
    """Roll the hours before `before`, the first hour of a day, up to their days."""
    while (oldest := await _oldest(before)) is not None:
        async with in_transaction() as connection:
            dialect = connection.capabilities.dialect
            for statement in _ROLL_UP[dialect]:
                day = oldest // DAY_HOURS * DAY_HOURS
                await connection.execute_query(_marked(statement, dialect), [day])


async def _oldest(before: int) -> int | None:
    async with in_transaction() as connection:
        statement = _marked(_OLDEST, connection.capabilities.dialect)
        [row] = await connection.execute_query_dict(statement, [before])
    hour: int | None = row["hour"]
    return hour


async def _write(change: _Upsert | _Update, rows: Sequence[Row]) -> None:
    if rows:
        async with in_transaction() as connection:
            await change.write(connection, rows)


def _marked(statement: str, dialect: str) -> str:
    """Replace `$` placeholders by the engine's own."""
    return statement.replace("$", "?") if dialect == "sqlite" else statement


def _caller(key: tuple[str, str], call: Call) -> Row:
    return (*key, _text(call.at), _address(call.client), _agent(call.agent))


def _text(moment: datetime) -> str:
    """Format a time as Tortoise stores it in SQLite; PostgreSQL reads it too."""
    return moment.isoformat(" ")


def _address(client: Client) -> str:
    host = client if isinstance(client, str) else client[0] if client else ""
    return _cleaned(str(host))[:ADDRESS_CHARACTERS]


def _agent(agent: Agent) -> str:
    return _cleaned(agent if isinstance(agent, str) else agent.decode("utf-8", "replace"))


# Cached, because most calls share their address and user agent with others.
_cleaned = lru_cache(1_000)(normalize_search)
