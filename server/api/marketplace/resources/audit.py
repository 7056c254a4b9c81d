"""`/audit/records` and `/audit/event-types`: audit records, and the types of their events."""

from typing import Final

from starlette.responses import Response

from server.api.marketplace.problems import ProblemError
from server.api.marketplace.request_bodies import read_json
from server.api.marketplace.responses import many, one
from server.api.marketplace.routes import Operation, OperationCall, Reads
from server.api.marketplace.wire import serializers
from server.api.marketplace.wire.inputs import DescribedType, NewRecord
from server.api.marketplace.wire.models import AuditRecord, EventType
from server.domain.errors import Invalid
from server.services.platform_events.extension_records import ExtensionRecord

RECORDS: Final = "/audit/records"
EVENT_TYPES: Final = "/audit/event-types"


async def find(call: OperationCall) -> Response:
    """List audit records."""
    list_query = call.list_query
    listing = await call.desk.resource_lists.records(call.actor, list_query)
    return many(
        listing,
        AuditRecord,
        lambda info: serializers.record(info, rendered=list_query.render),
        list_query,
    )


async def read(call: OperationCall) -> Response:
    """Return one audit record."""
    list_query = call.list_query
    info = await call.desk.resource_lists.record(call.actor, call.id)
    return one(serializers.record(info, rendered=list_query.render), list_query.selection)


async def create(call: OperationCall) -> Response:
    """Create an extension's audit record; its actor is the caller."""
    sent = await read_json(call.request, NewRecord)
    record = ExtensionRecord(sent.event, sent.object.id, sent.summary, sent.details)
    try:
        record_id = await call.desk.extension_records.add(call.actor, record)
    except Invalid as refusal:
        raise ProblemError.by(refusal, {"object": "object.id"}) from None
    info = await call.desk.resource_lists.record(call.actor, record_id)
    where = {"Location": f"/public/v1{RECORDS}/{record_id}"}
    return one(serializers.record(info), status=201, headers=where)


async def find_types(call: OperationCall) -> Response:
    """List event types."""
    listing = await call.desk.event_types.all(call.actor, call.list_query)
    return many(listing, EventType, serializers.event_type, call.list_query)


async def read_type(call: OperationCall) -> Response:
    """Return one event type."""
    known = await call.desk.event_types.get(call.actor, call.id)
    return one(serializers.event_type(known), call.list_query.selection)


async def describe_type(call: OperationCall) -> Response:
    """Change the description; an unknown type is 404 even if the body is invalid."""
    known = await call.desk.event_types.get(call.actor, call.id)
    sent = await read_json(call.request, DescribedType)
    given = "description" in sent.model_fields_set
    words = (sent.description or "") if given else known.description
    described = await call.desk.event_types.describe(call.actor, call.id, words)
    return one(serializers.event_type(described))


OPERATIONS: Final = (
    Operation(
        "GET",
        RECORDS,
        "listAuditRecords",
        "Audit records of the account; for Operations, of every account",
        find,
        AuditRecord,
        reads=Reads.LIST,
        refusals=(403,),
    ),
    Operation(
        "POST",
        RECORDS,
        "createAuditRecord",
        "Write what an extension did with an account or an API token",
        create,
        AuditRecord,
        status=201,
        description="The actor is the caller, whatever is sent.",
        body=NewRecord,
        refusals=(403,),
    ),
    Operation(
        "GET",
        RECORDS + "/{id}",
        "getAuditRecord",
        "One audit record",
        read,
        AuditRecord,
        reads=Reads.SELECTION,
        refusals=(403, 404),
    ),
    Operation(
        "GET",
        EVENT_TYPES,
        "listEventTypes",
        "All types of events",
        find_types,
        EventType,
        reads=Reads.LIST,
    ),
    Operation(
        "GET",
        EVENT_TYPES + "/{id}",
        "getEventType",
        "One type of events",
        read_type,
        EventType,
        reads=Reads.SELECTION,
        refusals=(404,),
    ),
    Operation(
        "PUT",
        EVENT_TYPES + "/{id}",
        "updateEventType",
        "Describe a type of events; with a token of an Operations account",
        describe_type,
        EventType,
        body=DescribedType,
        refusals=(403, 404),
    ),
)
