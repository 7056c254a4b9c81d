"""What it costs to read a filter of ten terms, and to make SQL of it."""

import timeit
from collections.abc import Callable
from functools import partial
from typing import Final

from rich.console import Console
from rich.table import Table

from server.api.marketplace.query_string import parse_list_query
from server.database.queries.sql import SqlBuilder
from server.domain.errors import FieldErrors
from server.services.clock import utc_now
from server.services.search.resources import tokens
from server.services.search.sql.where import condition_sql
from tests.benchmarks.goals import Goal

ROUNDS: Final = 25
TIMES: Final = 40
QUERY: Final = (
    b"limit=100&offset=0&order=-audit.created.at,name&select=+modules,audit,-description&"
    b"and(eq(account.id,'ACC-1111-1111'),ne(status,'Disabled'),like(name,'mobile-e2e-setup-*'),"
    b"in(id,('TKN-1111-1111','TKN-2222-2222')),ge(audit.created.at,'2026-01-31T23:00:00.000Z'),"
    b"or(eq(description,null()),ilike(description,'*token*')),not(eq(account.name,'R&D')),"
    b"any(modules,eq(id,'MOD-1756')),lt(lastAccessAt,'2026-03-01'))"
)


def measure() -> list[Goal]:
    """Print both steps, and both together for each engine, as the fastest of many rounds."""
    table = Table("a filter of 10 terms", "ms")
    wish = parse_list_query(QUERY)
    assert wish.condition is not None
    condition = wish.condition

    def translate(dialect: str) -> None:
        field_errors = FieldErrors()
        condition_sql(condition, tokens(utc_now()).properties, SqlBuilder(dialect), field_errors)
        field_errors.raise_if_any()

    parse = _fastest(lambda: parse_list_query(QUERY))
    table.add_row("read", f"{parse:.3f}")
    goals = []
    for dialect, engine in (("sqlite", "SQLite"), ("postgres", "PostgreSQL")):
        written = _fastest(partial(translate, dialect))
        table.add_row(f"translated for {engine}", f"{written:.3f}")
        text = f"{engine}: a filter of 10 terms read and translated"
        goals.append(Goal(text, parse + written, at_most=0.3, unit="ms"))
    Console().print(table)
    return goals


def _fastest(job: Callable[[], object]) -> float:
    """Milliseconds: what else the machine does only ever adds to them."""
    return min(timeit.repeat(job, number=TIMES, repeat=ROUNDS)) / TIMES * 1e3
