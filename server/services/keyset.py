"""Windows over long lists by keyset: a cursor names the last row seen, not an offset."""

import base64
import binascii
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

from tortoise.expressions import Q
from tortoise.models import Model
from tortoise.queryset import QuerySet

from server.domain.errors import Invalid
from server.domain.ids import kind_of
from server.domain.text_rules import clean_search
from server.services.answers import Item, Window

LARGEST_WINDOW: Final = 100
DEFAULT_WINDOW: Final = 25

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class Keyset:
    """An order by one column, made total by a unique one."""

    column: str
    unique: str
    descending: bool = False

    async def window(
        self,
        rows: QuerySet[Row],
        to_items: Callable[[list[Row]], Awaitable[list[Item]]],
        *,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Window[Item]:
        """The first rows after a cursor, or the last before one; at most 100, 25 when unsaid."""
        size = _size(first, last)
        backward = last is not None
        bounds = Q()
        if after is not None:
            bounds &= self._beyond(after, "after", forward=True)
        if before is not None:
            bounds &= self._beyond(before, "before", forward=False)
        descending = self.descending != backward
        sign = "-" if descending else ""
        order = (f"{sign}{self.column}", f"{sign}{self.unique}")
        found = await rows.filter(bounds).order_by(*order).limit(size + 1)
        more, page = len(found) > size, found[:size]
        if backward:
            page.reverse()
        return Window(
            items=await to_items(page),
            cursors=[self._cursor(row) for row in page],
            has_previous=more if backward else after is not None,
            has_next=before is not None if backward else more,
            total=await rows.count(),
        )

    def _beyond(self, cursor: str, argument: str, *, forward: bool) -> Q:
        value, unique = self._read(cursor, argument)
        side = "lt" if self.descending == forward else "gt"
        return Q(**{f"{self.column}__{side}": value}) | Q(
            **{self.column: value, f"{self.unique}__{side}": unique}
        )

    def _cursor(self, row: Model) -> str:
        value: Any = getattr(row, self.column)
        text = value.isoformat() if isinstance(value, datetime) else value
        parts = json.dumps([self.column, text, getattr(row, self.unique)])
        return base64.urlsafe_b64encode(parts.encode()).decode().rstrip("=")

    def _read(self, cursor: str, argument: str) -> tuple[Any, str]:
        try:
            padded = cursor + "=" * (-len(cursor) % 4)
            column, value, unique = json.loads(base64.urlsafe_b64decode(padded))
            if column != self.column or not isinstance(value, str) or not isinstance(unique, str):
                raise ValueError
            if clean_search(value) != value or kind_of(unique) is None:
                raise ValueError
            return (_moment(value) if self.column.endswith("at") else value), unique
        except (ValueError, TypeError, OverflowError, binascii.Error, RecursionError):
            raise Invalid.one(
                argument, "This cursor is not one of this list in this order."
            ) from None


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
