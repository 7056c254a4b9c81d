"""The number of tokens in a list, taken from the accounts' token counts where possible."""

from typing import Final

from server.database.queries.sql import ALWAYS, SqlBuilder
from server.domain.actor import Actor
from server.domain.filters import (
    And,
    Compare,
    Condition,
    Not,
    OneOf,
    Operator,
    Or,
    Text,
    Value,
    referenced_paths,
)
from server.domain.platform_words import ACTIVE, DISABLED
from server.services.search.sql.query import SqlListQuery

_STATUS: Final = "status"
_COUNTED: Final = "(SELECT COALESCE(SUM(token_count), 0) FROM accounts WHERE {seen})"
_IS_DISABLED: Final = Compare(Operator.EQ, _STATUS, Text(DISABLED))


async def count_tokens(actor: Actor, query: SqlListQuery) -> int:
    """Return exactly how many tokens the query finds, in one query.

    Most tokens are active, and counting a million takes longer than reading a page. If the
    condition is about the status alone, count the disabled ones and subtract them.
    """
    condition = query.list_query.condition
    if condition is not None and set(referenced_paths(condition)) != {_STATUS}:
        return await query.count()
    active, disabled = (
        condition is None or _evaluates_for(word, condition) for word in (ACTIVE, DISABLED)
    )

    def total(sql: SqlBuilder) -> str:
        if not active:
            return f"({query.count_sql(_IS_DISABLED, sql)})" if disabled else "0"
        counted = _all(actor, sql)
        return counted if disabled else f"{counted} - ({query.count_sql(_IS_DISABLED, sql)})"

    return await query.number(total)


def _all(actor: Actor, sql: SqlBuilder) -> str:
    seen = ALWAYS if actor.sees_every_account else f"id = {sql.mark(actor.account_id)}"
    return _COUNTED.format(seen=seen)


def _evaluates_for(word: str, condition: Condition) -> bool:
    """Return whether a validated condition on the status alone holds for this status."""
    match condition:
        case And(parts):
            return all(_evaluates_for(word, part) for part in parts)
        case Or(parts):
            return any(_evaluates_for(word, part) for part in parts)
        case Not(part):
            return not _evaluates_for(word, part)
        case Compare(operator, _, value):
            return (operator is Operator.EQ) == _is(word, value)
        case OneOf(_, values, excluded):
            return any(_is(word, value) for value in values) != excluded
    raise TypeError(f"{condition} is not about a word")


def _is(word: str, value: Value) -> bool:
    return isinstance(value, Text) and value.text == word
