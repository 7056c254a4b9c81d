"""A list query in SQL: the matching rows, their number, and one page of them in order."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.models import Model

from server.database.queries.sql import ALWAYS, SqlBuilder
from server.domain.errors import FieldErrors
from server.domain.filters import Condition
from server.services.search.list_query import ListQuery, OrderBy
from server.services.search.resources import Resource
from server.services.search.sql.where import condition_sql, order_sql

Scope = Callable[[SqlBuilder], str]
"""Writes the condition for everything that the actor may see."""

FEW: Final = 5_000
"""Up to this many rows, sorting all is faster than walking an index to the first matches."""

_BY_ID: Final = OrderBy("id")
_COUNT: Final = "SELECT COUNT(*) FROM {tables} WHERE {where}"
_NUMBER: Final = "SELECT {number} AS number"
_IDS: Final = (
    "SELECT t.id FROM {tables} WHERE {where} ORDER BY {order} LIMIT {limit} OFFSET {offset}"
)
_ROWS: Final = "SELECT {columns} FROM {tables} WHERE t.id IN ({ids}) ORDER BY {order}"


@dataclass(frozen=True)
class Join:
    """A model whose row comes with each row found, aliased `a` in SQL."""

    model: type[Model]
    clause: str


@dataclass(frozen=True)
class SqlListQuery:
    """A list query on a resource, limited to what the actor may see."""

    resource: Resource
    scope: Scope
    list_query: ListQuery

    def check(self) -> None:
        """Raise `Invalid` with everything that is wrong with the condition and the order."""
        field_errors = FieldErrors()
        sql = self._statement()
        self._where(self.list_query.condition, sql, field_errors)
        self._order(sql, field_errors)
        field_errors.raise_if_any()

    async def count(self) -> int:
        """Return the number of matching rows."""
        return await self.number(lambda sql: f"({self.count_sql(self.list_query.condition, sql)})")

    async def number(self, write: Callable[[SqlBuilder], str]) -> int:
        """Return the value of a numeric SQL expression."""
        sql = self._statement()
        statement = _NUMBER.format(number=write(sql))
        [row] = await self._client.execute_query_dict(statement, sql.values)
        return int(row["number"])

    def count_sql(self, condition: Condition | None, sql: SqlBuilder) -> str:
        """Return the query that counts the visible rows that meet a condition."""
        where = self._where(condition, sql, FieldErrors())
        return _COUNT.format(tables=self._tables(sql), where=where)

    async def rows(self, total: int, joined: Join | None = None) -> list[tuple[Any, Any]]:
        """Return the rows of the page, each with its row of the joined model.

        A subquery finds their ids first, from an index alone where one covers the query. If `total`
        is small, all matching rows are sorted instead.
        """
        sql, field_errors = self._statement(sorts=total <= FEW), FieldErrors()
        where = self._where(self.list_query.condition, sql, field_errors)
        order = self._order(sql, field_errors)
        ids = _IDS.format(
            tables=self._tables(sql),
            where=where,
            order=order,
            limit=sql.mark(self.list_query.limit),
            offset=sql.mark(self.list_query.offset),
        )
        columns = _columns(self.resource.model, "t")
        if joined is not None:
            columns += _columns(joined.model, "a")
            sql.join(joined.clause)
        again, tables = self._order(sql, field_errors), self._tables(sql)
        statement = _ROWS.format(columns=", ".join(columns), tables=tables, ids=ids, order=again)
        _, found = await self._client.execute_query(statement, sql.values)
        return [
            (_made(self.resource.model, "t", row), joined and _made(joined.model, "a", row))
            for row in found
        ]

    @property
    def _client(self) -> BaseDBAsyncClient:
        client: BaseDBAsyncClient = self.resource.model._meta.db
        return client

    def _statement(self, *, sorts: bool = False) -> SqlBuilder:
        return SqlBuilder(self._client.capabilities.dialect, sorts=sorts)

    def _tables(self, sql: SqlBuilder) -> str:
        return " ".join([f"{self.resource.table} t", *sql.joins])

    def _where(
        self, condition: Condition | None, sql: SqlBuilder, field_errors: FieldErrors
    ) -> str:
        seen = self.scope(sql)
        if condition is None:
            return seen
        return f"{seen} AND {condition_sql(condition, self.resource.properties, sql, field_errors)}"

    def _order(self, sql: SqlBuilder, field_errors: FieldErrors) -> str:
        """Return the order. It ends with the id in the same direction, so that one index fits."""
        return ", ".join(
            order_sql(self._total_order(), self.resource.properties, sql, field_errors)
        )

    def _total_order(self) -> Sequence[OrderBy]:
        order = list({each.path: each for each in reversed(self.list_query.order)}.values())[::-1]
        if any(each.path == _BY_ID.path for each in order):
            return order
        return [*order, OrderBy(_BY_ID.path, bool(order) and order[-1].descending)]


def everything(sql: SqlBuilder) -> str:
    """Return the condition of an actor who sees everything."""
    return ALWAYS


def only(column: str, value: str) -> Scope:
    """Return the scope of an actor who only sees rows with this value in the column."""
    return lambda sql: f"{column} = {sql.mark(value)}"


def _columns(model: type[Model], table: str) -> list[str]:
    return [f"{table}.{name} AS {table}_{name}" for name in sorted(model._meta.db_fields)]


def _made(model: type[Model], table: str, row: Any) -> Any:
    return model._init_from_db(**{name: row[f"{table}_{name}"] for name in model._meta.db_fields})
