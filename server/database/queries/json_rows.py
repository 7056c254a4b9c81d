"""Rows that belong to another row, read with it in one query: gathered into a column of it."""

from typing import Any, Final

import orjson
from tortoise.expressions import RawSQL
from tortoise.models import Model

_JSON_ROWS: Final = {
    "sqlite": "(SELECT json_group_array(json_array({columns})) FROM ({rows}) AS gathered)",
    "postgres": "(SELECT json_agg(json_build_array({columns})) FROM ({rows}) AS gathered)",
}


def dialect_of(model: type[Model]) -> str:
    """`sqlite` or `postgres`, whichever keeps the model's table."""
    return str(model._meta.db.capabilities.dialect)


def json_subquery(model: type[Model], columns: str, rows: str) -> RawSQL:
    """These columns of all `rows`, a query in its order that may name the model's table.

    It costs for every row of the model that is looked at: name these by their ids.
    """
    return RawSQL(_JSON_ROWS[dialect_of(model)].format(columns=columns, rows=rows))


def decode_column(row: Model, column: str) -> list[list[Any]]:
    """The rows that a row was read with in such a column, each as the list of its values."""
    return decode_rows(json_text(row, column))


def json_text(row: Model, column: str) -> str | None:
    """What stands in such a column: the same text for the same rows."""
    text: str | None = getattr(row, column)
    return text


def decode_rows(text: str | None) -> list[list[Any]]:
    """The rows that such a text tells of."""
    return list(orjson.loads(text)) if text else []
