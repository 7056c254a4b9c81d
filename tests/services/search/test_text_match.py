"""The SQL of texts does not rest on the collation of a database, whichever that is."""

import pytest

from server.database.queries.sql import SqlBuilder
from server.domain.errors import FieldErrors
from server.domain.filters import Compare, Condition, Operator, Text
from server.domain.text.patterns import Pattern
from server.services.search.list_query import OrderBy
from server.services.search.resources import ACCOUNTS
from server.services.search.sql.text_match import matches
from server.services.search.sql.where import condition_sql, order_sql

ORDERED = [Operator.LT, Operator.LE, Operator.GT, Operator.GE]


def on_postgres(condition: Condition) -> str:
    return condition_sql(condition, ACCOUNTS.properties, SqlBuilder("postgres"), FieldErrors())


@pytest.mark.parametrize("operator", ORDERED)
def test_order_on_postgres_is_by_code_points(operator: Operator) -> None:
    assert 't.name COLLATE "C" ' in on_postgres(Compare(operator, "name", Text("x")))
    # What is no id may be ordered otherwise among ids.
    assert 't.id COLLATE "C" ' in on_postgres(Compare(operator, "id", Text("ACC-1")))
    assert "COLLATE" not in on_postgres(Compare(operator, "id", Text("ACC-1234-5678")))


def test_prefixes_and_lists_on_postgres_are_by_code_points() -> None:
    assert on_postgres(Compare(Operator.LIKE, "name", Text("x*"))) == (
        '(t.name COLLATE "C" >= $1 AND t.name COLLATE "C" < $2)'
    )
    for sorts in (False, True):
        sql = SqlBuilder("postgres", sorts=sorts)
        [by] = order_sql([OrderBy("name")], ACCOUNTS.properties, sql, FieldErrors())
        assert by.endswith('COLLATE "C" ASC')


@pytest.mark.parametrize(
    ("text", "bounds"),
    [
        ("abc", ["abc", "abd"]),
        ("a\U0010ffff", ["a\U0010ffff", "b"]),
        ("\U0010ffff", ["\U0010ffff"]),
        ("\ud7ff", ["\ud7ff", "\ue000"]),
        ("\uffff", ["\uffff", "\U00010000"]),
        ("", [""]),
    ],
)
def test_the_end_of_a_prefix(text: str, bounds: list[str]) -> None:
    sql = SqlBuilder("sqlite")
    matches("t.name", Pattern.START, text, sql)
    assert sql.values == bounds
