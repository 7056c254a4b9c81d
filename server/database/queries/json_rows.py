"""Reads rows that belong to another row in the same query, as a JSON column of it."""

from typing import Any, Final

import orjson
from tortoise.expressions import RawSQL
from tortoise.models import Model

_JSON_ROWS: Final = {
    "sqlite": "(SELECT json_group_array(json_array({columns})) FROM ({rows}) AS gathered)",
    "postgres": "(SELECT json_agg(json_build_array({columns})) FROM ({rows}) AS gathered)",
}


def dialect_of(model: type[Model]) -> str:
    """Return the engine of the model's table: `sqlite` or `postgres`."""
    return str(model._meta.db.capabilities.dialect)


def json_subquery(model: type[Model], columns: str, rows: str) -> RawSQL:
    """Return a column with all `rows` as JSON, in their order. They may refer to the model's table.

    It is computed for every row of the model that is read, so select these by id.
    """
    return RawSQL(_JSON_ROWS[dialect_of(model)].format(columns=columns, rows=rows))


def decode_column(row: Model, column: str) -> list[list[Any]]:
    """Return the rows in such a column, each as a list of values."""
    return decode_rows(json_text(row, column))


def json_text(row: Model, column: str) -> str | None:
    """Return the column's text; equal rows give equal texts."""
    text: str | None = getattr(row, column)
    return text


def decode_rows(text: str | None) -> list[list[Any]]:
    """Parse the text of such a column."""
    return list(orjson.loads(text)) if text else []
