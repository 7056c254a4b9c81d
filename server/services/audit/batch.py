"""The same cursor page of many objects' records, in as many queries as for one object."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.expressions import Q
from tortoise.functions import Count

from server.models.audit import AuditRecord
from server.services.pagination.cursors import ListCursors
from server.services.pagination.keyset import Keyset, page_size
from server.services.pagination.pages import CursorPage, Item

NEWEST_FIRST: Final = Keyset(("at",), "id", descending=True)

_OF_ONE: Final = "SELECT id FROM (SELECT id FROM audit_records WHERE {where} {limit}) AS of_one"


@dataclass(frozen=True)
class CursorArgs:
    """The arguments of a cursor page, newest first: `first` after a cursor or `last` before one."""

    first: int | None = None
    after: str | None = None
    last: int | None = None
    before: str | None = None

    @property
    def size(self) -> int:
        """The number of records asked for. Raise `Invalid` if there are too many."""
        return page_size(self.first, self.last)

    @property
    def backward(self) -> bool:
        """Whether the page is counted from the end of the list."""
        return self.last is not None


async def cursor_pages(
    object_ids: Sequence[str],
    chain: str | None,
    cursor_args: CursorArgs,
    cursors: ListCursors,
    to_item: Callable[[AuditRecord], Item],
) -> dict[str, CursorPage[Item]]:
    """Return a page of records for each object id, from one chain or, if None, from all."""
    statement, values = _statement(object_ids, chain, cursor_args, cursors)
    seen = (
        Q(object_id__in=object_ids) if chain is None else Q(object_id__in=object_ids, chain=chain)
    )
    counted = AuditRecord.filter(seen).group_by("object_id").annotate(number=Count("id"))
    totals = dict(await counted.values_list("object_id", "number"))
    client: BaseDBAsyncClient = AuditRecord._meta.db
    _, named = await client.execute_query(statement, values)
    order = NEWEST_FIRST.order(backward=cursor_args.backward)
    rows: dict[str, list[AuditRecord]] = defaultdict(list)
    for row in await AuditRecord.filter(id__in=[each[0] for each in named]).order_by(*order):
        rows[row.object_id].append(row)
    return {
        each: _window(rows[each], cursor_args, cursors, totals.get(each, 0), to_item)
        for each in object_ids
    }


def _statement(
    object_ids: Sequence[str], chain: str | None, cursor_args: CursorArgs, cursors: ListCursors
) -> tuple[str, list[Any]]:
    """Build one query for the ids of all pages, plus one more id of each; return its parameters.

    Each object gets a subquery of its own, so that each is one index scan.
    """
    dialect = AuditRecord._meta.db.capabilities.dialect
    values: list[Any] = []

    def mark(value: Any) -> str:
        values.append(value)
        return f"${len(values)}" if dialect == "postgres" else "?"

    direction = "ASC" if cursor_args.backward else "DESC"
    limit = f"ORDER BY at {direction}, id {direction} LIMIT {cursor_args.size + 1}"
    sides = [("<", cursor_args.after, "after"), (">", cursor_args.before, "before")]
    bounds = [
        (sign, NEWEST_FIRST.values_at(cursor, argument, cursors))
        for sign, cursor, argument in sides
        if cursor is not None
    ]
    parts = []
    for object_id in object_ids:
        where = [f"object_id = {mark(object_id)}"]
        if chain is not None:
            where.append(f"chain = {mark(chain)}")
        where += [f"(at, id) {sign} ({mark(at)}, {mark(id_)})" for sign, (at, id_) in bounds]
        parts.append(_OF_ONE.format(where=" AND ".join(where), limit=limit))
    return " UNION ALL ".join(parts), values


def _window(
    found: list[AuditRecord],
    cursor_args: CursorArgs,
    cursors: ListCursors,
    total: int,
    to_item: Callable[[AuditRecord], Item],
) -> CursorPage[Item]:
    more, page = len(found) > cursor_args.size, found[: cursor_args.size]
    if cursor_args.backward:
        page.reverse()
    return CursorPage(
        items=[to_item(row) for row in page],
        cursors=[NEWEST_FIRST.cursor_at(row, cursors) for row in page],
        has_previous=more if cursor_args.backward else cursor_args.after is not None,
        has_next=cursor_args.before is not None if cursor_args.backward else more,
        total=total,
    )
