"""What a condition means, in plain Python over plain rows: the judge of what databases find.

A row maps paths to texts, moments, None, or lists of such rows.
"""

import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from server.domain import filters
from server.domain.filters import And, Compare, Condition, Not, OneOf, Operator, Or, Special
from server.domain.text.patterns import evaluate_text

Row = Mapping[str, Any]


def holds(condition: Condition, row: Row) -> bool:
    """Whether the condition is true of the row."""
    match condition:
        case And(parts):
            return all(holds(part, row) for part in parts)
        case Or(parts):
            return any(holds(part, row) for part in parts)
        case Not(part):
            return not holds(part, row)
        case filters.Any(path, part):
            return any(part is None or holds(part, element) for element in row[path])
        case filters.All(path, part):
            return all(part is None or holds(part, element) for element in row[path])
        case Compare(operator, path, value):
            return any(_compare(operator, has, value) for has in _values(path, row))
        case OneOf(path, values, excluded):
            return any(
                any(_compare(Operator.EQ, has, value) for value in values) != excluded
                for has in _values(path, row)
            )


def _values(path: str, row: Row) -> list[Any]:
    """The property's value; those of all elements where the path leads through a collection."""
    if path in row:
        return [row[path]]
    holder, _, rest = path.partition(".")
    return [element[rest] for element in row[holder]]


def _compare(operator: Operator, has: Any, value: filters.Value) -> bool:
    if isinstance(has, datetime):
        return _compare_moments(operator, has, value)
    wanted = "" if isinstance(value, Special) else unicodedata.normalize("NFC", value.text)
    if has is None:
        # No text at all is null and empty in one; a moment that is missing is only null.
        missing = value is Special.NULL or not wanted
        return {Operator.EQ: missing, Operator.NE: not missing}.get(operator, False)
    assert isinstance(has, str)
    return evaluate_text(operator, has, wanted)


def _compare_moments(operator: Operator, has: datetime, value: filters.Value) -> bool:
    if isinstance(value, Special):
        return operator is Operator.NE
    wanted = datetime.fromisoformat(value.text)
    wanted = wanted if wanted.tzinfo else wanted.replace(tzinfo=UTC)
    shown = has.replace(microsecond=has.microsecond // 1_000 * 1_000)
    return {
        Operator.EQ: shown == wanted,
        Operator.NE: shown != wanted,
        Operator.LT: shown < wanted,
        Operator.LE: shown <= wanted,
        Operator.GT: shown > wanted,
        Operator.GE: shown >= wanted,
    }[operator]
