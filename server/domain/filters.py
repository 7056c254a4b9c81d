"""Conditions on an object's properties, as in the Marketplace's query language (RQL).

They form a tree of frozen nodes; `str` of a node prints RQL that parses to the same tree.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Final, TypeAlias


class Operator(StrEnum):
    """Operators that compare a property with a value, by their RQL names."""

    EQ = "eq"
    NE = "ne"
    LT = "lt"
    LE = "le"
    GT = "gt"
    GE = "ge"
    LIKE = "like"
    ILIKE = "ilike"


class Special(Enum):
    """Values that are not texts."""

    NULL = "null()"
    EMPTY = "empty()"

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True)
class Text:
    """A value as written. If it is not quoted, it may be the name of a property."""

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
    """Compares the property at `path` (such as `account.id`) with the value."""

    operator: Operator
    path: str
    value: Value

    def __str__(self) -> str:
        return f"{self.operator}({self.path},{self.value})"


@dataclass(frozen=True)
class OneOf:
    """The property equals one of the values, or, if `excluded`, none of them."""

    path: str
    values: tuple[Value, ...]
    excluded: bool = False

    @property
    def word(self) -> str:
        """The name of the RQL function."""
        return "out" if self.excluded else "in"

    def __str__(self) -> str:
        return f"{self.word}({self.path},({','.join(map(str, self.values))}))"


@dataclass(frozen=True)
class And:
    """All parts are true."""

    parts: "tuple[Condition, ...]"

    def __str__(self) -> str:
        return f"and({','.join(map(str, self.parts))})"


@dataclass(frozen=True)
class Or:
    """At least one part is true."""

    parts: "tuple[Condition, ...]"

    def __str__(self) -> str:
        return f"or({','.join(map(str, self.parts))})"


@dataclass(frozen=True)
class Not:
    """The part is false."""

    part: "Condition"

    def __str__(self) -> str:
        return f"not({self.part})"


@dataclass(frozen=True)
class Any:
    """Some element of a collection meets the part; without a part, there is an element.

    Paths in the part are relative to the element.
    """

    path: str
    part: "Condition | None" = None

    def __str__(self) -> str:
        return f"any({self.path})" if self.part is None else f"any({self.path},{self.part})"


@dataclass(frozen=True)
class All:
    """Every element of a collection meets the part; true if there is no element."""

    path: str
    part: "Condition | None" = None

    def __str__(self) -> str:
        return f"all({self.path})" if self.part is None else f"all({self.path},{self.part})"


Condition: TypeAlias = Compare | OneOf | And | Or | Not | Any | All


_SECRET_LIKE: Final = re.compile(r"TKN-[0-9]{4}-[0-9]{4}:|idt:", re.IGNORECASE)
_SHOWN: Final = 40


def describe(text: str) -> str:
    """Return a part of a query as errors quote it: shortened, and without a token's value."""
    if _SECRET_LIKE.search(text):
        return "…"
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"


def referenced_paths(condition: Condition) -> Iterator[str]:
    """Yield the paths of all properties in the condition, except those inside collections."""
    match condition:
        case And(parts) | Or(parts):
            for part in parts:
                yield from referenced_paths(part)
        case Not(part):
            yield from referenced_paths(part)
        case _:
            yield condition.path


def depth(condition: Condition) -> int:
    """Return how deeply conditions are nested; 1 for a single one."""
    match condition:
        case And(parts) | Or(parts):
            return 1 + max(map(depth, parts), default=0)
        case Not(part):
            return 1 + depth(part)
        case Any(_, part) | All(_, part):
            return 1 if part is None else 1 + depth(part)
    return 1
