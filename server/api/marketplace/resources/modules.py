"""`/accounts/modules`: modules, for Operations to read."""

from typing import Final

from starlette.responses import Response

from server.api.marketplace.responses import many, one
from server.api.marketplace.routes import Operation, OperationCall, Reads
from server.api.marketplace.wire import serializers
from server.api.marketplace.wire.models import Module

PATH: Final = "/accounts/modules"


async def find(call: OperationCall) -> Response:
    """List modules."""
    listing = await call.desk.resource_lists.modules(call.actor, call.list_query)
    return many(listing, Module, serializers.module, call.list_query)


async def read(call: OperationCall) -> Response:
    """Return one module."""
    listed = await call.desk.resource_lists.module(call.actor, call.id)
    return one(serializers.module(listed), call.list_query.selection)


OPERATIONS: Final = (
    Operation(
        "GET",
        PATH,
        "listModules",
        "All modules; with a token of an Operations account",
        find,
        Module,
        reads=Reads.LIST,
        refusals=(403,),
    ),
    Operation(
        "GET",
        PATH + "/{id}",
        "getModule",
        "One module; with a token of an Operations account",
        read,
        Module,
        reads=Reads.SELECTION,
        refusals=(403, 404),
    ),
)
