"""Properties of listed objects: what each may be compared with, and how SQL says that.

Every condition is true or false, never NULL, so that each can be negated.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from server.database.queries.sql import NEVER, SqlBuilder
from server.domain.filters import Compare, OneOf, Operator, Special, Text, Value, describe
from server.domain.text.validation import compose

Condition = Callable[[SqlBuilder], str]
"""Writes a condition without parameters of its own."""


class Unsuitable(Exception):
    """A comparison that a property does not know; says why."""


class Property(Protocol):
    """Something that lists can be filtered by."""

    def compare(self, comparison: Compare, sql: SqlBuilder) -> str:
        """The condition in SQL; `Unsuitable` where the property has no such condition."""

    def among(self, listed: OneOf, sql: SqlBuilder) -> str:
        """The condition in SQL; `Unsuitable` where the property has no such condition."""

    def order(self, sql: SqlBuilder) -> str:
        """What to order by; `Unsuitable` where that has no order."""


def not_permitted(word: str) -> Unsuitable:
    """The refusal of an operator."""
    return Unsuitable(f"Operator '{word.capitalize()}' is not permitted")


def not_convertible(text: str) -> Unsuitable:
    """The refusal of a value."""
    return Unsuitable(f"Cannot convert value: '{describe(text)}'.")


def text_of(value: Value) -> str | None:
    """The text that a value stands for, composed as the desk's texts are; None for null()."""
    if isinstance(value, Text):
        return compose(value.text)
    return None if value is Special.NULL else ""


@dataclass(frozen=True)
class LackingProperty:
    """A text of which can only be asked whether it is there."""

    column: str

    def compare(self, comparison: Compare, sql: SqlBuilder) -> str:
        """With null() or empty() alone, which mean the same."""
        if comparison.operator not in (Operator.EQ, Operator.NE):
            raise not_permitted(comparison.operator)
        if text_of(comparison.value):
            raise Unsuitable("It can be compared with null() and empty() alone.")
        lacking = f"COALESCE({self.column}, '') = ''"
        return lacking if comparison.operator is Operator.EQ else f"NOT ({lacking})"

    def among(self, listed: OneOf, sql: SqlBuilder) -> str:
        """It has no list to be in."""
        raise not_permitted(listed.word)

    def order(self, sql: SqlBuilder) -> str:
        """It has no order."""
        raise Unsuitable("It has no order.")


@dataclass(frozen=True)
class SecretProperty:
    """What nothing is found by, as it would stand in addresses and logs."""

    def compare(self, comparison: Compare, sql: SqlBuilder) -> str:
        """Refused, whatever the value."""
        raise Unsuitable("Tokens are not found by their value: it does not belong into an address.")

    def among(self, listed: OneOf, sql: SqlBuilder) -> str:
        """Refused, whatever the values."""
        raise Unsuitable("Tokens are not found by their value: it does not belong into an address.")

    def order(self, sql: SqlBuilder) -> str:
        """Refused."""
        raise Unsuitable("It has no order.")


@dataclass(frozen=True)
class WordProperty:
    """One of a few words, each with its condition in SQL; a word without one is never there."""

    words: Mapping[str, Condition | None]
    join: str = ""

    def compare(self, comparison: Compare, sql: SqlBuilder) -> str:
        """Equal to a word or not."""
        if comparison.operator not in (Operator.EQ, Operator.NE):
            raise not_permitted(comparison.operator)
        excluded = comparison.operator is Operator.NE
        return self.among(OneOf(comparison.path, (comparison.value,), excluded), sql)

    def among(self, listed: OneOf, sql: SqlBuilder) -> str:
        """Equal to one of the words."""
        sql.join(self.join)
        condition = " OR ".join(self._condition(value, sql) for value in listed.values)
        return f"NOT ({condition})" if listed.excluded else f"({condition})"

    def order(self, sql: SqlBuilder) -> str:
        """As the words are declared."""
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
