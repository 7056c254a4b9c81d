"""The Marketplace's query strings, read raw: filter, order, select, limit, offset, render."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote_to_bytes

from server.api.marketplace import rql_parser
from server.domain.errors import FieldErrors, Invalid
from server.domain.filters import Condition, describe
from server.services.search.list_query import (
    DEFAULT_LIMIT,
    LARGEST_LIMIT,
    ListQuery,
    OrderBy,
    Selection,
)

LONGEST: Final = 8_192
"""Bytes of a query string, as it is sent."""

MOST_ORDERS: Final = 10
_LARGEST: Final = 10**15 - 1

_MARKS: Final = re.compile(r"""'[^']*'|"[^"]*"|[()&'"]""")
# `*+` gives nothing back: of blanks in a row, none is tried again.
_CONTROL: Final = re.compile(r"\s*+(limit|offset|order|select)\s*+=(.*)", re.DOTALL | re.IGNORECASE)
_RENDER: Final = re.compile(r"\s*+render\(\s*+\)\s*+=?\s*+", re.IGNORECASE)
_BUYERS: Final = re.compile(r"\s*+filter\(\s*+group\.buyers\s*+\)\s*+=?\s*+", re.IGNORECASE)
"""It narrows a list to the buyers of the caller's groups. The desk has none: it narrows nothing."""


def parse_list_query(query: bytes) -> ListQuery:
    """What a raw query string (`scope["query_string"]`) asks for.

    A `+` is a plus, no space. `Invalid` names each piece that is wrong.
    """
    field_errors = FieldErrors()
    if len(query) > LONGEST:
        raise Invalid.one("query", f"The query can have at most {LONGEST:,} bytes.")
    try:
        text = unquote_to_bytes(query).decode()
    except UnicodeDecodeError:
        raise Invalid.one("query", "The query is not UTF-8.") from None
    if "\0" in text:
        raise Invalid.one("query", "The query has a zero character.")
    reader = _Reader(field_errors)
    filters = [piece for piece in _pieces(text) if not reader.took(piece)]
    condition = rql_parser.parse("&".join(filters), field_errors)
    field_errors.raise_if_any()
    return reader.list_query(condition)


def _pieces(text: str) -> list[str]:
    """What stands between the `&` outside of quotes and parentheses; nothing that is blank."""
    pieces, start, depth = [], 0, 0
    for mark in _MARKS.finditer(text):
        match mark[0]:
            case "(":
                depth += 1
            case ")":
                depth -= 1
                if depth < 0:
                    raise _unreadable(text[start : mark.start()], "A ')' closes nothing.")
            case "&" if not depth:
                pieces.append(text[start : mark.start()])
                start = mark.end()
            case "'" | '"':
                reason = f"A quote ({mark[0]}) is not closed; the other sort can hold it."
                raise _unreadable(text[start : mark.start()], reason)
    if depth:
        raise _unreadable(text[start:], "A '(' is not closed.")
    pieces.append(text[start:])
    return [piece for piece in pieces if piece.strip()]


def _unreadable(piece: str, message: str) -> Invalid:
    """The piece is named by what stands before its first value, which may be secret."""
    return Invalid.one(describe(re.split("['\"]", piece)[0].strip(" (,=")) or "query", message)


@dataclass
class _Reader:
    """Takes the pieces that are no filter."""

    field_errors: FieldErrors
    given: dict[str, str] = field(default_factory=dict)
    render: bool = False

    def took(self, piece: str) -> bool:
        """Whether the piece was one of these."""
        if _RENDER.fullmatch(piece):
            self.render = True
            return True
        if _BUYERS.fullmatch(piece):
            return True
        control = _CONTROL.fullmatch(piece)
        if control is None:
            return False
        name = control[1].lower()
        if name in self.given:
            self.field_errors.add(name, f"{name} can be given once.")
        self.given[name] = control[2].strip()
        if name in _CHECKS:
            _CHECKS[name](self.given[name], self.field_errors)
        return True

    def list_query(self, condition: Condition | None) -> ListQuery:
        """All that was taken, once there are no complaints."""
        limit = int(self.given.get("limit", DEFAULT_LIMIT))
        return ListQuery(
            condition=condition,
            order=_order(self.given.get("order", "")),
            selection=_selection(self.given.get("select", "")),
            limit=min(limit, LARGEST_LIMIT),
            offset=int(self.given.get("offset", 0)),
            render=self.render,
        )


def _whole_number(name: str) -> Callable[[str, FieldErrors], None]:
    def check(text: str, field_errors: FieldErrors) -> None:
        if not re.fullmatch("[0-9]{1,15}", text):
            field_errors.add(name, f"{name} has to be a whole number from 0 to {_LARGEST}.")

    return check


def _few_orders(text: str, field_errors: FieldErrors) -> None:
    if text.count(",") >= MOST_ORDERS:
        field_errors.add("order", f"At most {MOST_ORDERS} properties can be ordered by.")


_CHECKS: Final = {
    "limit": _whole_number("limit"),
    "offset": _whole_number("offset"),
    "order": _few_orders,
}


def _order(text: str) -> tuple[OrderBy, ...]:
    items = [item.strip() for item in text.split(",")]
    return tuple(OrderBy(item.lstrip("+- "), item.startswith("-")) for item in items if item)


def _selection(text: str) -> Selection:
    added: list[str] = []
    removed: list[str] = []
    for item in (item.strip() for item in text.split(",")):
        if item:
            (removed if item.startswith("-") else added).append(item.lstrip("+- "))
    return Selection(
        added=tuple(path for path in dict.fromkeys(added) if path not in {"*", ""}),
        removed=tuple(path for path in dict.fromkeys(removed) if path not in {"*", ""}),
        no_defaults="*" in removed,
        everything="*" in added,
    )
