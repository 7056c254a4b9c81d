"""An audit record as the REST face shows it."""

from datetime import UTC, datetime
from typing import Final

from server.api.marketplace.wire.models import (
    ApiRequest,
    AuditRecord,
    RecordObject,
    RecordRequest,
    Reference,
)

RECORD: Final = AuditRecord(
    id="AUD-1234-5678-1234-5678",
    event="platform.accounts.token.created",
    summary="",
    details="",
    object=RecordObject(
        id="TKN-1234-5678", name="Nightly export", icon=None, object_type="ApiToken"
    ),
    timestamp=datetime(2026, 1, 1, tzinfo=UTC),
    actor=Reference(id="USR-1234-5678", name="Ada", icon=None),
    type="Private",
    request=RecordRequest(api=ApiRequest(ip=None, user_agent=None)),
    documents={},
    viewers=[],
)
