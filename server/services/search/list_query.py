"""What the caller of a list wants to see of it: which objects, in which order, how many."""

from dataclasses import dataclass, field
from typing import Final

from server.domain.filters import Condition

DEFAULT_LIMIT: Final = 10
LARGEST_LIMIT: Final = 100


@dataclass(frozen=True)
class OrderBy:
    """A property to order by."""

    path: str
    descending: bool = False


@dataclass(frozen=True)
class Selection:
    """What `select` says: paths to show besides the usual ones, and paths to leave out.

    `no_defaults` shows only what is named (`-*`), `everything` all there is (`*`). Paths are as
    they were written; whether there is such a property is for whoever shows the object.
    """

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    no_defaults: bool = False
    everything: bool = False


@dataclass(frozen=True)
class ListQuery:
    """A request for a part of a list; `limit` is what is applied, at most 100.

    `render` asks for an audit record's texts with their placeholders filled.
    """

    condition: Condition | None = None
    order: tuple[OrderBy, ...] = ()
    selection: Selection = field(default_factory=Selection)
    limit: int = DEFAULT_LIMIT
    offset: int = 0
    render: bool = False
