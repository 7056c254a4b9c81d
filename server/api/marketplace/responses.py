"""JSON responses: a single object, and a page of a list with its envelope."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import orjson
from starlette.responses import Response

from server.api.marketplace.sparse_fields import omitted, pick, select
from server.api.marketplace.wire.models import LEFT_OUT_ALONE, LEFT_OUT_OF_LISTS, Shape, fields_of
from server.services.search.list_query import ListQuery, Selection
from server.services.search.views import OffsetPage

Item = TypeVar("Item")

EVERY_USUAL_FIELD = Selection()


def one(
    shape: Shape,
    selection: Selection = EVERY_USUAL_FIELD,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Serialize one object; its `$meta` names the omitted fields."""
    kind = type(shape)
    chosen = pick(fields_of(kind), LEFT_OUT_ALONE.get(kind, ()), selection)
    shown = select(shape.shown(), chosen, selection)
    shown["$meta"] = {"omitted": omitted(fields_of(kind), chosen, [shown])}
    return _json(shown, status, headers)


def many(
    listing: OffsetPage[Item],
    kind: type[Shape],
    to_shape: Callable[[Item], Shape],
    list_query: ListQuery,
) -> Response:
    """Serialize a page of a list, with the limit that was applied."""
    chosen = pick(fields_of(kind), LEFT_OUT_OF_LISTS.get(kind, ()), list_query.selection)
    rows = [select(to_shape(item).shown(), chosen, list_query.selection) for item in listing.items]
    pagination = {"offset": listing.offset, "limit": listing.limit, "total": listing.total}
    meta = {"pagination": pagination, "omitted": omitted(fields_of(kind), chosen, rows)}
    return _json({"$meta": meta, "data": rows})


def _json(
    content: dict[str, Any], status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    return Response(orjson.dumps(content), status, headers, "application/json")
