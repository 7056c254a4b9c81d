"""How many tokens a list has, without counting what the accounts have counted."""

from typing import Final

from server.database.queries.sql import ALWAYS, Statement
from server.domain.actor import Actor
from server.domain.filters import (
    Among,
    And,
    Compare,
    Condition,
    Not,
    Operator,
    Or,
    Text,
    Value,
    paths_in,
)
from server.domain.platform_words import ACTIVE, DISABLED
from server.services.search.sql.query import ListQuery

_STATUS: Final = "status"
_COUNTED: Final = "(SELECT COALESCE(SUM(token_count), 0) FROM accounts WHERE {seen})"
_IS_DISABLED: Final = Compare(Operator.EQ, _STATUS, Text(DISABLED))


async def total_of(actor: Actor, query: ListQuery) -> int:
    """Exactly how many tokens the query finds, in one query.

    Most tokens are active, and to count a million takes longer than to read a page of them. So
    a condition on the status alone counts those that are not.
    """
    condition = query.wish.condition
    if condition is not None and set(paths_in(condition)) != {_STATUS}:
        return await query.count()
    active, disabled = (
        condition is None or _holds_for(word, condition) for word in (ACTIVE, DISABLED)
    )

    def total(sql: Statement) -> str:
        if not active:
            return f"({query.count_sql(_IS_DISABLED, sql)})" if disabled else "0"
        counted = _all(actor, sql)
        return counted if disabled else f"{counted} - ({query.count_sql(_IS_DISABLED, sql)})"

    return await query.number(total)


def _all(actor: Actor, sql: Statement) -> str:
    seen = ALWAYS if actor.sees_every_account else f"id = {sql.mark(actor.account_id)}"
    return _COUNTED.format(seen=seen)


def _holds_for(word: str, condition: Condition) -> bool:
    """Whether a condition on the status alone, which was checked, is true of a status."""
    match condition:
        case And(parts):
            return all(_holds_for(word, part) for part in parts)
        case Or(parts):
            return any(_holds_for(word, part) for part in parts)
        case Not(part):
            return not _holds_for(word, part)
        case Compare(operator, _, value):
            return (operator is Operator.EQ) == _is(word, value)
        case Among(_, values, excluded):
            return any(_is(word, value) for value in values) != excluded
    raise TypeError(f"{condition} is not about a word")


def _is(word: str, value: Value) -> bool:
    return isinstance(value, Text) and value.text == word
