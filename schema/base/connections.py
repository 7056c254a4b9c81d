"""Relay's cursor connections over windows that services answer."""

from typing import Annotated, Generic, TypeVar

import strawberry

from server.services.pagination.pages import CursorPage, Item

Thing = TypeVar("Thing")

First = Annotated[
    int | None,
    strawberry.argument(description="So many from the start, at most 100; 25 when unsaid."),
]
After = Annotated[
    str | None, strawberry.argument(description="Only what follows this cursor of the list.")
]
Last = Annotated[int | None, strawberry.argument(description="So many from the end, at most 100.")]
Before = Annotated[
    str | None, strawberry.argument(description="Only what precedes this cursor of the list.")
]


@strawberry.type(description="Where a window stands in its list.")
class PageInfo:
    """Relay's page info."""

    has_next_page: bool = strawberry.field(description="Whether more follows.")
    has_previous_page: bool = strawberry.field(description="Whether something comes before.")
    start_cursor: str | None = strawberry.field(description="Cursor of the first edge.")
    end_cursor: str | None = strawberry.field(description="Cursor of the last edge.")


@strawberry.type(description="One item and its place.")
class Edge(Generic[Thing]):
    """Relay's edge."""

    cursor: str = strawberry.field(description="Opaque; for `after` and `before`.")
    node: Thing = strawberry.field(description="The item.")


@strawberry.type(description="A window over a long list.")
class Connection(Generic[Thing]):
    """Relay's connection, with the nodes and their total beside the edges."""

    edges: list[Edge[Thing]] = strawberry.field(description="Items with their cursors.")
    nodes: list[Thing] = strawberry.field(description="The items alone.")
    page_info: PageInfo = strawberry.field(description="Where the window stands.")
    total_count: int = strawberry.field(description="How many items the whole list has.")


def connection(nodes: list[Thing], window: CursorPage[Item]) -> Connection[Thing]:
    """A window as clients read it; `nodes` are its items in the schema's types."""
    cursors = list(window.cursors)
    return Connection(
        edges=[Edge(cursor=cursor, node=node) for cursor, node in zip(cursors, nodes, strict=True)],
        nodes=nodes,
        page_info=PageInfo(
            has_next_page=window.has_next,
            has_previous_page=window.has_previous,
            start_cursor=cursors[0] if cursors else None,
            end_cursor=cursors[-1] if cursors else None,
        ),
        total_count=window.total,
    )
