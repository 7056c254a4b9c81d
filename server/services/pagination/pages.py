"""Pages of a list: numbered, or between cursors."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Item = TypeVar("Item")


@dataclass(frozen=True)
class CursorPage(Generic[Item]):
    """A page between two cursors; `total` counts the whole list."""

    items: Sequence[Item]
    cursors: Sequence[str]
    has_previous: bool
    has_next: bool
    total: int


@dataclass(frozen=True)
class Page(Generic[Item]):
    """A numbered page; `number` is between 1 and `pages`."""

    items: Sequence[Item]
    number: int
    size: int
    total: int

    @property
    def pages(self) -> int:
        """The number of pages; an empty list has one."""
        return max(1, -(-self.total // self.size))

    @property
    def first_row(self) -> int:
        """The number of the first row shown, or 0 if the page is empty."""
        return (self.number - 1) * self.size + 1 if self.items else 0

    @property
    def last_row(self) -> int:
        """The number of the last row shown."""
        return (self.number - 1) * self.size + len(self.items)
