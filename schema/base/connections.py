"""Relay's cursor connections over the pages that services answer."""

from typing import Annotated, Generic, TypeVar

import strawberry

from schema.base.described import object_type
from server.services.pagination.pages import CursorPage, Item

Thing = TypeVar("Thing")

First = Annotated[
    int | None,
    strawberry.argument(
        description="How many items from the start, at most 100. 25 if neither `first` nor `last`"
        " is given."
    ),
]
After = Annotated[
    str | None, strawberry.argument(description="A cursor; only items after it are returned.")
]
Last = Annotated[
    int | None, strawberry.argument(description="How many items from the end, at most 100.")
]
Before = Annotated[
    str | None, strawberry.argument(description="A cursor; only items before it are returned.")
]


@object_type
class PageInfo:
    """Where a page stands in its list, as Relay defines it."""

    has_next_page: bool = strawberry.field(description="Whether more items follow.")
    has_previous_page: bool = strawberry.field(description="Whether items come before.")
    start_cursor: str | None = strawberry.field(
        description="The cursor of the first edge; null if there is none."
    )
    end_cursor: str | None = strawberry.field(
        description="The cursor of the last edge; null if there is none."
    )


@object_type
class Edge(Generic[Thing]):
    """An item and its cursor."""

    cursor: str = strawberry.field(description="Opaque. Send it as `after` or `before`.")
    node: Thing = strawberry.field(description="The item.")


@object_type
class Connection(Generic[Thing]):
    """A page of a list, as Relay defines it, with the items and their total beside the edges."""

    edges: list[Edge[Thing]] = strawberry.field(description="The items with their cursors.")
    nodes: list[Thing] = strawberry.field(description="The items without cursors.")
    page_info: PageInfo = strawberry.field(description="Where the page stands in the list.")
    total_count: int = strawberry.field(description="How many items the whole list has.")


def connection(nodes: list[Thing], page: CursorPage[Item]) -> Connection[Thing]:
    """Build the connection of a page; `nodes` are its items in the schema's types."""
    cursors = list(page.cursors)
    return Connection(
        edges=[Edge(cursor=cursor, node=node) for cursor, node in zip(cursors, nodes, strict=True)],
        nodes=nodes,
        page_info=PageInfo(
            has_next_page=page.has_next,
            has_previous_page=page.has_previous,
            start_cursor=cursors[0] if cursors else None,
            end_cursor=cursors[-1] if cursors else None,
        ),
        total_count=page.total,
    )
