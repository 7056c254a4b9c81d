"""Conditions on an object's properties, as the Marketplace's query language (RQL) writes them.

A tree of frozen parts; `str` of each prints RQL that parses to the same tree.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Final, TypeAlias


class Operator(StrEnum):
    """How a property is compared with one value; the words of the language."""

    EQ = "eq"
    NE = "ne"
    LT = "lt"
    LE = "le"
    GT = "gt"
    GE = "ge"
    LIKE = "like"
    ILIKE = "ilike"


class Special(Enum):
    """Values that are no text."""

    NULL = "null()"
    EMPTY = "empty()"

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True)
class Text:
    """A value as written. One that is not quoted may name a property instead."""

    text: str
    quoted: bool = True

    def __str__(self) -> str:
        if not self.quoted:
            return self.text
        quote = '"' if "'" in self.text else "'"
        return f"{quote}{self.text}{quote}"


Value: TypeAlias = Text | Special


@dataclass(frozen=True)
class Compare:
    """The property at `path` (`account.id`) stands in the operator's relation to the value."""

    operator: Operator
    path: str
    value: Value

    def __str__(self) -> str:
        return f"{self.operator}({self.path},{self.value})"


@dataclass(frozen=True)
class OneOf:
    """The property equals one of the values; none of them where they are `excluded`."""

    path: str
    values: tuple[Value, ...]
    excluded: bool = False

    @property
    def word(self) -> str:
        """The function's name."""
        return "out" if self.excluded else "in"

    def __str__(self) -> str:
        return f"{self.word}({self.path},({','.join(map(str, self.values))}))"


@dataclass(frozen=True)
class And:
    """All parts hold."""

    parts: "tuple[Condition, ...]"

    def __str__(self) -> str:
        return f"and({','.join(map(str, self.parts))})"


@dataclass(frozen=True)
class Or:
    """At least one part holds."""

    parts: "tuple[Condition, ...]"

    def __str__(self) -> str:
        return f"or({','.join(map(str, self.parts))})"


@dataclass(frozen=True)
class Not:
    """The part does not hold."""

    part: "Condition"

    def __str__(self) -> str:
        return f"not({self.part})"


@dataclass(frozen=True)
class Any:
    """Some element of a collection fulfils the part; without a part: there is an element.

    Paths in the part start at the element.
    """

    path: str
    part: "Condition | None" = None

    def __str__(self) -> str:
        return f"any({self.path})" if self.part is None else f"any({self.path},{self.part})"


@dataclass(frozen=True)
class All:
    """Every element of a collection fulfils the part; so it does where there is no element."""

    path: str
    part: "Condition | None" = None

    def __str__(self) -> str:
        return f"all({self.path})" if self.part is None else f"all({self.path},{self.part})"


Condition: TypeAlias = Compare | OneOf | And | Or | Not | Any | All


_SECRET_LIKE: Final = re.compile(r"TKN-[0-9]{4}-[0-9]{4}:|idt:", re.IGNORECASE)
_SHOWN: Final = 40


def describe(text: str) -> str:
    """A piece of a query as errors repeat it: cut short, and without anything like a secret."""
    if _SECRET_LIKE.search(text):
        return "…"
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"


def referenced_paths(condition: Condition) -> Iterator[str]:
    """The paths of all properties that the condition asks for, not those within elements."""
    match condition:
        case And(parts) | Or(parts):
            for part in parts:
                yield from referenced_paths(part)
        case Not(part):
            yield from referenced_paths(part)
        case _:
            yield condition.path


def depth(condition: Condition) -> int:
    """How many conditions stand within each other; 1 where none stands in another."""
    match condition:
        case And(parts) | Or(parts):
            return 1 + max(map(depth, parts), default=0)
        case Not(part):
            return 1 + depth(part)
        case Any(_, part) | All(_, part):
            return 1 if part is None else 1 + depth(part)
    return 1
