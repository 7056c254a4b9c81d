"""Keyset pagination: a cursor names the last row seen instead of an offset."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from typing import Any, Final, TypeVar

from tortoise.expressions import Q
from tortoise.models import Model
from tortoise.queryset import QuerySet

from server.domain.errors import Invalid
from server.domain.tokens.lifecycle import TokenState
from server.models.moments import OpenMoment
from server.services.pagination.cursors import ListCursors
from server.services.pagination.pages import CursorPage, Item, Page

MAX_PAGE_SIZE: Final = 100
_HIGHEST_PAGE: Final = 2**40
"""Upper bound of page numbers: no list is as long, and engines cannot count much further."""

DEFAULT_PAGE_SIZE: Final = 25

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class Keyset:
    """A total order: columns without NULL, then a unique one, all in the same direction."""

    columns: tuple[str, ...]
    unique: str
    descending: bool = False

    def order(self, *, backward: bool = False) -> tuple[str, ...]:
        """Return the order as arguments of `order_by`."""
        sign = "-" if self.descending != backward else ""
        return tuple(sign + column for column in self._names)

    async def cursor_page(
        self,
        rows: QuerySet[Row],
        to_items: Callable[[list[Row]], Awaitable[list[Item]]],
        *,
        cursors: ListCursors,
        total: int,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> CursorPage[Item]:
        """Return the `first` rows after a cursor, or the `last` rows before one.

        The page size is at most 100, and 25 by default. `total` is passed through to the page.
        """
        size = page_size(first, last)
        backward = last is not None
        bounds = Q()
        if after is not None:
            bounds &= self._beyond(self.values_at(after, "after", cursors), forward=True)
        if before is not None:
            bounds &= self._beyond(self.values_at(before, "before", cursors), forward=False)
        order = self.order(backward=backward)
        found = await rows.filter(bounds).order_by(*order).limit(size + 1)
        more, page = len(found) > size, found[:size]
        if backward:
            page.reverse()
        return CursorPage(
            items=await to_items(page),
            cursors=[self.cursor_at(row, cursors) for row in page],
            has_previous=more if backward else after is not None,
            has_next=before is not None if backward else more,
            total=total,
        )

    def cursor_at(self, row: Model, cursors: ListCursors) -> str:
        """Return the cursor of a row."""
        return cursors.write(self._names, [_as_text(row, name) for name in self._names])

    def values_at(self, cursor: str, argument: str, cursors: ListCursors) -> list[Any]:
        """Return the sort values in a cursor. Raise `Invalid` for a cursor of another list."""
        texts = cursors.read(self._names, cursor)
        if texts is None:
            raise Invalid.one(argument, "This cursor is not one of this list in this order.")
        return [_value(name, text) for name, text in zip(self._names, texts, strict=True)]

    def _beyond(self, values: list[Any], *, forward: bool) -> Q:
        side = "lt" if self.descending == forward else "gt"
        beyond, equal = Q(id__in=[]), Q()
        for name, value in zip(self._names, values, strict=True):
            beyond |= equal & Q(**{f"{name}__{side}": value})
            equal &= Q(**{name: value})
        return beyond

    @property
    def _names(self) -> tuple[str, ...]:
        return (*self.columns, self.unique)


async def numbered_page(
    rows: QuerySet[Row],
    fetch: Callable[[QuerySet[Row]], Awaitable[tuple[list[Item], int]]],
    *,
    number: int,
    size: int,
    count: Callable[[], Awaitable[int]],
) -> Page[Item]:
    """Return a page of sorted rows; a number out of range gives the nearest page.

    `fetch` reads the items of a slice, and the total with them. If the slice is empty, `count`
    reads the total instead.
    """
    number = max(1, min(number, _HIGHEST_PAGE))
    items, total = await fetch(rows.offset((number - 1) * size).limit(size))
    if not items and number > 1:
        total = await count()
        number = max(1, -(-total // size))
        items, total = await fetch(rows.offset((number - 1) * size).limit(size))
    return Page(items, number, size, total)


def total_from_models(found: Sequence[Model]) -> int:
    """Return the total from models annotated with `total`; 0 if there are none."""
    return total_from_rows([vars(found[0])]) if found else 0


def total_from_rows(found: Sequence[Mapping[str, Any]]) -> int:
    """Return the total from rows read as dictionaries; 0 if there are none."""
    return int(found[0]["total"] or 0) if found else 0


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
    return datetime.fromisoformat(text).astimezone(UTC) if column.endswith("at") else text


def page_size(first: int | None, last: int | None) -> int:
    """Return the page size. Raise `Invalid` if it is too large, or if both ends are given."""
    if first is not None and last is not None:
        raise Invalid.one("last", "Give first or last, not both.")
    name, size = ("last", last) if last is not None else ("first", first)
    if size is None:
        return DEFAULT_PAGE_SIZE
    if not 0 <= size <= MAX_PAGE_SIZE:
        raise Invalid.one(name, f"{name} must be between 0 and {MAX_PAGE_SIZE}.")
    return size
