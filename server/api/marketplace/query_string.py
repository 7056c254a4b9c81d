"""Parsing of the Marketplace's raw query strings: filter, order, select, limit, offset, render."""

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
"""Bytes of the raw query string."""

MOST_ORDERS: Final = 10
_LARGEST: Final = 10**15 - 1

_MARKS: Final = re.compile(r"""'[^']*'|"[^"]*"|[()&'"]""")
# The possessive `*+` prevents quadratic backtracking over runs of blanks.
_CONTROL: Final = re.compile(r"\s*+(limit|offset|order|select)\s*+=(.*)", re.DOTALL | re.IGNORECASE)
_RENDER: Final = re.compile(r"\s*+render\(\s*+\)\s*+=?\s*+", re.IGNORECASE)
_BUYERS: Final = re.compile(r"\s*+filter\(\s*+group\.buyers\s*+\)\s*+=?\s*+", re.IGNORECASE)
"""Limits a list to the buyers of the caller's groups; there are none here, so it is ignored."""


def parse_list_query(query: bytes) -> ListQuery:
    """Parse a raw query string (`scope["query_string"]`).

    A `+` is a plus sign, not a space. Raises `Invalid` with an error for each wrong piece.
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
    """Split at each `&` outside of quotes and parentheses, and drop blank pieces."""
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
    """Name the piece by its part before the first quoted value, which may be secret."""
    return Invalid.one(describe(re.split("['\"]", piece)[0].strip(" (,=")) or "query", message)


@dataclass
class _Reader:
    """Collects the pieces that are not filters."""

    field_errors: FieldErrors
    given: dict[str, str] = field(default_factory=dict)
    render: bool = False

    def took(self, piece: str) -> bool:
        """Store the piece and return True if it is not a filter."""
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
        """Build the query; call it only if there are no field errors."""
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
