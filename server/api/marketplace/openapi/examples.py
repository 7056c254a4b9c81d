"""Examples for the OpenAPI document: objects as they are served, and request bodies."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from server.api.marketplace.wire.inputs import (
    ChangedAccount,
    ChangedToken,
    DescribedType,
    NewAccount,
    NewRecord,
    NewToken,
    Sent,
)
from server.api.marketplace.wire.models import (
    Account,
    AccountReference,
    ApiRequest,
    ApiToken,
    AuditRecord,
    Events,
    EventType,
    Happened,
    Module,
    ModuleSettings,
    RecordObject,
    RecordRequest,
    Reference,
    Shape,
)

_WHEN: Final = datetime(2026, 3, 15, 10, tzinfo=UTC)
_ADA: Final = Reference(id="USR-3758-7092", name="Ada Admin", icon=None)
_CREATED: Final = Events(created=Happened(at=_WHEN, by=_ADA))
_ACCOUNT: Final = AccountReference(
    id="ACC-9042-0088", type="Vendor", status="Active", icon=None, name="Violet Vendor"
)
_MODULE: Final = Module(
    id="MOD-1756",
    name="Access management",
    description="Manage API tokens from a program.",
    paid=False,
    settings=ModuleSettings(
        shared_account=False, configurable=True, default=False, paid=False, type=[]
    ),
    filters={},
)

OBJECTS: Final[Mapping[type[Shape], Shape]] = {
    ApiToken: ApiToken(
        id="TKN-8857-1729",
        status="Active",
        name="Order robot",
        description="Reads orders at night.",
        icon=None,
        last_access_at=_WHEN,
        account=_ACCOUNT,
        modules=[_MODULE],
        audit=_CREATED,
    ),
    Module: _MODULE.model_copy(update={"account_types": ["Client", "Vendor"], "audit": _CREATED}),
    Account: Account(
        id="ACC-9042-0088",
        type="Vendor",
        status="Active",
        name="Violet Vendor",
        icon=None,
        audit=Events(created=Happened(at=_WHEN)),
    ),
    AuditRecord: AuditRecord(
        id="AUD-5681-1729-3068-0895",
        event="platform.accounts.api-token.created",
        summary="API token created",
        details="API token created: Order robot (TKN-8857-1729), by Ada Admin",
        object=RecordObject(
            id="TKN-8857-1729", name="Order robot", icon=None, object_type="ApiToken"
        ),
        timestamp=_WHEN,
        actor=_ADA,
        type="Private",
        request=RecordRequest(api=ApiRequest(ip="203.0.113.7", user_agent="Robot/1.0")),
        documents={"before": None, "after": {"name": "Order robot"}},
        viewers=[],
    ),
    EventType: EventType(
        id="AET-8784-9237",
        key="platform.accounts.api-token.created",
        name="API token created",
        description="API token created.",
    ),
}

NEW_TOKEN: Final = OBJECTS[ApiToken].model_copy(
    update={"last_access_at": None, "token": "idt:TKN-8857-1729:…"}
)
"""The response to a creation: besides the token itself, only its creator ever reads the value."""

_TOKEN: Final = {
    "name": "Order robot",
    "description": "Reads orders at night.",
    "icon": "",
    "modules": [{"id": "MOD-1756"}],
}
BODIES: Final[Mapping[type[Sent], dict[str, Any]]] = {
    NewToken: {"account": {"id": "ACC-9042-0088"}, **_TOKEN},
    ChangedToken: _TOKEN,
    NewAccount: {"name": "Violet Vendor", "type": "Vendor"},
    ChangedAccount: {"name": "Violet Vendor"},
    DescribedType: {"description": "A program was given a token."},
    NewRecord: {
        "event": "extensions.billing.invoice.sent",
        "object": {"id": "ACC-9042-0088"},
        "summary": "Invoice sent",
        "details": "An invoice was sent to {{ object.name }}.",
    },
}

QUERIES: Final = {
    "select": ["+modules,-description", "-*,id,name,status"],
    "order": ["-audit.created.at,name"],
}
FILTER: Final = "and(eq(status,'Active'),like(name,'Order*'))"
