"""Short ways to wishes, for tests of lists."""

from dataclasses import replace

from server.domain.filters import Compare, Condition, Operator, Text
from server.services.search.list_query import ListQuery

EVERYTHING = ListQuery(limit=100)


def eq(path: str, text: str) -> Compare:
    return Compare(Operator.EQ, path, Text(text))


def list_query(condition: Condition, **more: object) -> ListQuery:
    return replace(ListQuery(condition=condition, limit=100), **more)  # type: ignore[arg-type]
