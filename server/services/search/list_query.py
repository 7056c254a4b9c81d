"""The query of a list: filter, order, fields and offset."""

from dataclasses import dataclass, field
from typing import Final

from server.domain.filters import Condition

DEFAULT_LIMIT: Final = 10
LARGEST_LIMIT: Final = 100


@dataclass(frozen=True)
class OrderBy:
    """A property to sort by."""

    path: str
    descending: bool = False


@dataclass(frozen=True)
class Selection:
    """The fields that `select` asks for: paths to add to the default fields, and to leave out.

    `no_defaults` (`-*`) shows only the named fields, `everything` (`*`) all of them. Paths are not
    validated here; the serializer of the object does that.
    """

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    no_defaults: bool = False
    everything: bool = False


@dataclass(frozen=True)
class ListQuery:
    """A query for a part of a list. `limit` is the effective limit, at most 100.

    `render` asks for an audit record's texts with their placeholders filled in.
    """

    condition: Condition | None = None
    order: tuple[OrderBy, ...] = ()
    selection: Selection = field(default_factory=Selection)
    limit: int = DEFAULT_LIMIT
    offset: int = 0
    render: bool = False
