"""Properties of listed objects: which comparisons each supports, and their SQL.

Every condition is true or false, never NULL, so that each can be negated.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from server.database.queries.sql import NEVER, SqlBuilder
from server.domain.filters import Compare, OneOf, Operator, Special, Text, Value, describe
from server.domain.text.validation import compose

Condition = Callable[[SqlBuilder], str]
"""Writes a fixed SQL condition."""


class Unsuitable(Exception):
    """A comparison that the property does not support; the message says why."""


class Property(Protocol):
    """A property that lists can be filtered by."""

    def compare(self, comparison: Compare, sql: SqlBuilder) -> str:
        """Return the SQL condition, or raise `Unsuitable` if the property does not support it."""

    def among(self, listed: OneOf, sql: SqlBuilder) -> str:
        """Return the SQL condition, or raise `Unsuitable` if the property does not support it."""

    def order(self, sql: SqlBuilder) -> str:
        """Return the SQL expression to sort by, or raise `Unsuitable` if there is none."""


def not_permitted(word: str) -> Unsuitable:
    """Return the error for an unsupported operator."""
    return Unsuitable(f"Operator '{word.capitalize()}' is not permitted")


def not_convertible(text: str) -> Unsuitable:
    """Return the error for an invalid value."""
    return Unsuitable(f"Cannot convert value: '{describe(text)}'.")


def text_of(value: Value) -> str | None:
    """Return the value's text, composed (NFC) as stored texts are; None for null()."""
    if isinstance(value, Text):
        return compose(value.text)
    return None if value is Special.NULL else ""


@dataclass(frozen=True)
class LackingProperty:
    """A text that can only be tested for presence."""

    column: str

    def compare(self, comparison: Compare, sql: SqlBuilder) -> str:
        """Compare with null() or empty(), which mean the same."""
        if comparison.operator not in (Operator.EQ, Operator.NE):
            raise not_permitted(comparison.operator)
        if text_of(comparison.value):
            raise Unsuitable("It can be compared with null() and empty() alone.")
        lacking = f"COALESCE({self.column}, '') = ''"
        return lacking if comparison.operator is Operator.EQ else f"NOT ({lacking})"

    def among(self, listed: OneOf, sql: SqlBuilder) -> str:
        """Raise `Unsuitable`: no list of values is supported."""
        raise not_permitted(listed.word)

    def order(self, sql: SqlBuilder) -> str:
        """Raise `Unsuitable`: there is no order."""
        raise Unsuitable("It has no order.")


@dataclass(frozen=True)
class SecretProperty:
    """A token's value. No filter may use it, because it would end up in URLs and logs."""

    def compare(self, comparison: Compare, sql: SqlBuilder) -> str:
        """Raise `Unsuitable`, whatever the value."""
        raise Unsuitable("Tokens are not found by their value: it does not belong into an address.")

    def among(self, listed: OneOf, sql: SqlBuilder) -> str:
        """Raise `Unsuitable`, whatever the value."""
        raise Unsuitable("Tokens are not found by their value: it does not belong into an address.")

    def order(self, sql: SqlBuilder) -> str:
        """Raise `Unsuitable`: there is no order."""
        raise Unsuitable("It has no order.")


@dataclass(frozen=True)
class WordProperty:
    """One of a few words, each with its SQL condition; None if no object ever has that word."""

    words: Mapping[str, Condition | None]
    join: str = ""

    def compare(self, comparison: Compare, sql: SqlBuilder) -> str:
        """Compare for equality or inequality with a word."""
        if comparison.operator not in (Operator.EQ, Operator.NE):
            raise not_permitted(comparison.operator)
        excluded = comparison.operator is Operator.NE
        return self.among(OneOf(comparison.path, (comparison.value,), excluded), sql)

    def among(self, listed: OneOf, sql: SqlBuilder) -> str:
        """Compare with a list of words."""
        sql.join(self.join)
        condition = " OR ".join(self._condition(value, sql) for value in listed.values)
        return f"NOT ({condition})" if listed.excluded else f"({condition})"

    def order(self, sql: SqlBuilder) -> str:
        """Sort by the words' order of declaration."""
        sql.join(self.join)
        cases = [
            f"WHEN {condition(sql)} THEN {place}"
            for place, condition in enumerate(self.words.values())
            if condition is not None
        ]
        return f"CASE {' '.join(cases)} ELSE {len(self.words)} END"

    def _condition(self, value: Value, sql: SqlBuilder) -> str:
        text = text_of(value)
        if text is None:
            raise Unsuitable("It is never null.")
        if text not in self.words:
            raise not_convertible(text)
        condition = self.words[text]
        return NEVER if condition is None else condition(sql)
