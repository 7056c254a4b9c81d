"""The parser of filters in the Marketplace's query language (RQL), by recursive descent.

or       = and *( ("|" / ";") and )
and      = term *( ("&" / ",") term )
term     = "(" or ")" / call / property "=" value
call     = name "(" [ arguments ] ")"
value    = 'text' / "text" / bare / null() / empty()
"""

import re
from typing import Final, NoReturn

from server.domain.errors import FieldErrors
from server.domain.filters import (
    All,
    And,
    Any,
    Compare,
    Condition,
    Not,
    OneOf,
    Operator,
    Or,
    Special,
    Text,
    Value,
    describe,
)

DEEPEST: Final = 32
"""How deep expressions may be nested."""

MOST_TERMS: Final = 200
MOST_VALUES: Final = 100

EMPTY_GROUP: Final = "Expression group cannot be empty."
NO_EXPRESSION: Final = "Expression expected."
UNKNOWN_GROUP: Final = "Unknown expression group."
NO_VALUES: Final = "Value has to be a non empty array."

_TOKENS: Final = re.compile(r"""\s*('[^']*'|"[^"]*"|[(),&;|=]|[^(),&;|='"]+)""")
_MARKS: Final = frozenset("(),&;|=")
_END: Final = ""
_COMPARISONS: Final = {operator.value: operator for operator in Operator}
_SPECIALS: Final = {"null": Special.NULL, "empty": Special.EMPTY}


class _Broken(Exception):
    """Stops the parser: its field error was recorded, and the rest cannot be parsed."""


def parse(text: str, field_errors: FieldErrors) -> Condition | None:
    """Parse a filter into a condition; parentheses must be balanced and quotes closed.

    Returns None if the text is blank, and may do so if there are field errors.
    """
    if not text.strip():
        return None
    parser = _Parser(_TOKENS.findall(text), field_errors)
    try:
        return parser.whole()
    except _Broken:
        return None


class _Parser:
    def __init__(self, tokens: list[str], field_errors: FieldErrors) -> None:
        self._tokens = [*tokens, _END, _END]
        self._at = 0
        self._depth = 0
        self._terms = 0
        self._field_errors = field_errors

    def whole(self) -> Condition | None:
        condition = self._alternatives(commas=True)
        if self._next != _END:
            self._broken(self._next)
        return condition

    @property
    def _next(self) -> str:
        return self._tokens[self._at]

    def _take(self) -> str:
        token = self._tokens[self._at]
        self._at += 1
        return token

    def _took(self, mark: str) -> bool:
        if self._tokens[self._at] != mark:
            return False
        self._at += 1
        return True

    def _expect(self, mark: str, name: str) -> None:
        if not self._took(mark):
            self._broken(name, f"'{mark}' expected{self._before_next()}.")

    def _before_next(self) -> str:
        return " at the end" if self._next == _END else f" before {describe(self._next)!r}"

    def _complain(self, piece: str, message: str) -> None:
        self._field_errors.add(describe(piece.strip()) or "query", message)

    def _broken(self, piece: str, message: str = NO_EXPRESSION) -> NoReturn:
        self._complain(piece, message)
        raise _Broken

    def _alternatives(self, *, commas: bool) -> Condition | None:
        parts = [self._together(commas=commas)]
        while self._next in ("|", ";"):
            self._at += 1
            parts.append(self._together(commas=commas))
        return parts[0] if len(parts) == 1 else Or(_sound(parts))

    def _together(self, *, commas: bool) -> Condition | None:
        parts = [self._term()]
        while self._next == "&" or (commas and self._next == ","):
            self._at += 1
            parts.append(self._term())
        return parts[0] if len(parts) == 1 else And(_sound(parts))

    def _term(self) -> Condition | None:
        piece = self._take()
        if piece == "(":
            self._deeper("(")
            condition = self._alternatives(commas=True)
            self._expect(")", "(")
            self._depth -= 1
            return condition
        if piece == _END or piece in _MARKS:
            self._broken(piece)
        if self._took("("):
            return self._call(piece.strip())
        if self._took("="):
            return self._shortcut(piece.strip())
        self._complain(piece, NO_EXPRESSION)
        return None

    def _call(self, name: str) -> Condition | None:
        word = name.lower()
        if operator := _COMPARISONS.get(word):
            path = self._property(name)
            self._expect(",", name)
            value = self._value(path)
            self._expect(")", name)
            self._count()
            return Compare(operator, path, value)
        match word:
            case "in" | "out":
                return self._among(name, excluded=word == "out")
            case "and" | "or":
                return self._group(name, And if word == "and" else Or)
            case "not":
                return self._not(name)
            case "any" | "all":
                return self._collection(name, Any if word == "any" else All)
        self._complain(name, NO_EXPRESSION if word in _SPECIALS else UNKNOWN_GROUP)
        self._skip()
        return None

    def _shortcut(self, path: str) -> Condition | None:
        if self._tokens[self._at + 1] == "(" and self._next.strip().lower() not in _SPECIALS:
            self._at += 2
            self._skip()
            self._complain(path, "A value is expected after '='; a filter has no name.")
            return None
        value = self._value(path)
        self._count()
        return Compare(Operator.EQ, path, value)

    def _among(self, name: str, *, excluded: bool) -> Condition | None:
        path = self._property(name)
        self._expect(",", name)
        if not self._took("("):
            self._broken(path, NO_VALUES)
        values: list[Value] = []
        if not self._took(")"):
            values.append(self._value(path))
            while self._took(","):
                values.append(self._value(path))
            self._expect(")", name)
        self._expect(")", name)
        self._count()
        if 0 < len(values) <= MOST_VALUES:
            return OneOf(path, tuple(values), excluded)
        self._complain(path, f"At most {MOST_VALUES} values can be given." if values else NO_VALUES)
        return None

    def _group(self, name: str, made: type[And] | type[Or]) -> Condition | None:
        if self._took(")"):
            self._complain(name, EMPTY_GROUP)
            return None
        self._deeper(name)
        parts = [self._alternatives(commas=False)]
        while self._took(","):
            parts.append(self._alternatives(commas=False))
        self._expect(")", name)
        self._depth -= 1
        return made(_sound(parts))

    def _not(self, name: str) -> Condition | None:
        if self._took(")"):
            self._complain(name, EMPTY_GROUP)
            return None
        self._deeper(name)
        part = self._alternatives(commas=False)
        self._expect(")", name)
        self._depth -= 1
        return None if part is None else Not(part)

    def _collection(self, name: str, made: type[Any] | type[All]) -> Condition | None:
        path = self._property(name)
        self._deeper(name)
        part = self._alternatives(commas=False) if self._took(",") else None
        self._expect(")", name)
        self._depth -= 1
        self._count()
        return made(path, part)

    def _property(self, name: str) -> str:
        token = self._take()
        if token == _END or token in _MARKS or token[0] in "'\"":
            self._broken(name, "A property is expected first.")
        if token.strip() == "self" and self._tokens[self._at : self._at + 2] == ["(", ")"]:
            self._at += 2
            return "self()"
        return token.strip()

    def _value(self, path: str) -> Value:
        token = self._take()
        if token == _END or token in _MARKS:
            self._broken(path, "A value is expected; empty() is an empty one.")
        if token[0] in "'\"":
            return Text(token[1:-1])
        token = token.strip()
        if self._took("("):
            special = _SPECIALS.get(token.lower())
            if special is None:
                self._broken(token, UNKNOWN_GROUP)
            self._expect(")", token)
            return special
        return Text(token, quoted=False)

    def _deeper(self, name: str) -> None:
        self._depth += 1
        if self._depth > DEEPEST:
            self._broken(name, f"Expressions can be nested at most {DEEPEST} deep.")

    def _count(self) -> None:
        self._terms += 1
        if self._terms > MOST_TERMS:
            self._broken("query", f"At most {MOST_TERMS} expressions can be given.")

    def _skip(self) -> None:
        """Skip to the end of the innermost open parenthesis."""
        depth = 1
        while depth and self._next != _END:
            token = self._take()
            depth += {"(": 1, ")": -1}.get(token, 0)


def _sound(parts: list[Condition | None]) -> tuple[Condition, ...]:
    """Return the parts that could be parsed; the others have field errors."""
    return tuple(part for part in parts if part is not None)
