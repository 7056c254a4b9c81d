"""Windows over long lists by keyset: a cursor names the last row seen, not an offset."""

import base64
import binascii
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from typing import Any, Final, TypeVar

from tortoise.expressions import Q
from tortoise.models import Model
from tortoise.queryset import QuerySet

from server.domain.errors import Invalid
from server.domain.ids import kind_of
from server.domain.text_rules import clean_search
from server.domain.token_rules import TokenState
from server.models.moments import OpenMoment
from server.services.answers import Item, Page, Window

LARGEST_WINDOW: Final = 100
DEFAULT_WINDOW: Final = 25

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class Keyset:
    """An order by some columns without NULL, made total by a unique one; one direction for all."""

    columns: tuple[str, ...]
    unique: str
    descending: bool = False

    def order(self, *, backward: bool = False) -> tuple[str, ...]:
        """The order as queries take it."""
        sign = "-" if self.descending != backward else ""
        return tuple(sign + column for column in (*self.columns, self.unique))

    async def window(
        self,
        rows: QuerySet[Row],
        to_items: Callable[[list[Row]], Awaitable[list[Item]]],
        *,
        total: int,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Window[Item]:
        """The first of `total` rows after a cursor, or the last before one.

        At most 100, and 25 when unsaid.
        """
        size = _size(first, last)
        backward = last is not None
        bounds = Q()
        if after is not None:
            bounds &= self._beyond(after, "after", forward=True)
        if before is not None:
            bounds &= self._beyond(before, "before", forward=False)
        order = self.order(backward=backward)
        found = await rows.filter(bounds).order_by(*order).limit(size + 1)
        more, page = len(found) > size, found[:size]
        if backward:
            page.reverse()
        return Window(
            items=await to_items(page),
            cursors=[self._cursor(row) for row in page],
            has_previous=more if backward else after is not None,
            has_next=before is not None if backward else more,
            total=total,
        )

    def _beyond(self, cursor: str, argument: str, *, forward: bool) -> Q:
        side = "lt" if self.descending == forward else "gt"
        names = (*self.columns, self.unique)
        values = self._read(cursor, argument)
        beyond, equal = Q(id__in=[]), Q()
        for name, value in zip(names, values, strict=True):
            beyond |= equal & Q(**{f"{name}__{side}": value})
            equal &= Q(**{name: value})
        return beyond

    def _cursor(self, row: Model) -> str:
        values = [_as_text(row, column) for column in (*self.columns, self.unique)]
        parts = json.dumps([*self.columns, *values])
        return base64.urlsafe_b64encode(parts.encode()).decode().rstrip("=")

    def _read(self, cursor: str, argument: str) -> list[Any]:
        try:
            padded = cursor + "=" * (-len(cursor) % 4)
            parts = json.loads(base64.urlsafe_b64decode(padded))
            names, values = parts[: len(self.columns)], parts[len(self.columns) :]
            if tuple(names) != self.columns or len(values) != len(self.columns) + 1:
                raise ValueError
            if any(not isinstance(value, str) or clean_search(value) != value for value in values):
                raise ValueError
            if kind_of(values[-1]) is None:
                raise ValueError
            pairs = zip((*self.columns, self.unique), values, strict=True)
            return [_value(name, text) for name, text in pairs]
        except (ValueError, TypeError, OverflowError, binascii.Error, RecursionError):
            raise Invalid.one(
                argument, "This cursor is not one of this list in this order."
            ) from None


async def numbered_page(
    rows: QuerySet[Row],
    fetch: Callable[[QuerySet[Row]], Awaitable[list[Item]]],
    *,
    number: int,
    size: int,
    total: int,
) -> Page[Item]:
    """A page of `total` ordered rows; a number past either end gives the page there."""
    number = max(1, min(number, -(-total // size)))
    items = await fetch(rows.offset((number - 1) * size).limit(size))
    return Page(items, number, size, total)


def _as_text(row: Model, column: str) -> str:
    value: Any = getattr(row, column)
    field = row._meta.fields_map[column]
    if value is None and isinstance(field, OpenMoment):
        value = field.missing
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value.value if isinstance(value, Enum) else value)


def _value(column: str, text: str) -> Any:
    if column == "state":
        return TokenState(text)
    return _moment(text) if column.endswith("at") else text


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError
    return moment.astimezone(UTC)


def _size(first: int | None, last: int | None) -> int:
    if first is not None and last is not None:
        raise Invalid.one("last", "Give first or last, not both.")
    name, size = ("last", last) if last is not None else ("first", first)
    if size is None:
        return DEFAULT_WINDOW
    if not 0 <= size <= LARGEST_WINDOW:
        raise Invalid.one(name, f"{name} must be between 0 and {LARGEST_WINDOW}.")
    return size
