"""Export of the audit trail: the records that match the URL's filters, streamed."""

import re
from collections.abc import AsyncIterator
from typing import Final

from starlette.responses import Response, StreamingResponse

from server.domain.errors import FieldErrors
from server.domain.i18n.messages import Message
from server.services.audit.export import EXPORTS, Export
from server.services.audit.views import AuditRecordView
from server.web.audit.list_state import AuditListState
from server.web.html.request import Visit, signed_in

_LINES_AT_ONCE: Final = 200


@signed_in
async def export(visit: Visit) -> Response:
    """Stream all matching records as a file; raise `Invalid` for an unknown format or filter."""
    params = visit.request.query_params
    state, requested = AuditListState.read(params), params.get("format", "")
    field_errors = FieldErrors()
    if requested not in EXPORTS:
        formats = ", ".join(EXPORTS)
        field_errors.add("format", Message("Choose one of the formats: %(all)s.", all=formats))
    for ignored in state.ignored:
        said = Message("Nothing was exported, as the address has %(part)s.", part=ignored)
        field_errors.add("filter", said)
    field_errors.raise_if_any()
    records = visit.desk.audit_trail.export(visit.actor, state.wanted())
    name = _file_name(visit, state, requested)
    return StreamingResponse(
        _lines(EXPORTS[requested], records),
        media_type=EXPORTS[requested].media_type,
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
        },
    )


async def _lines(form: Export, records: AsyncIterator[AuditRecordView]) -> AsyncIterator[str]:
    """Yield the file in chunks of many lines: a chunk per record would be slower."""
    piece = [form.head()]
    async for record in records:
        piece.append(form.line(record))
        if len(piece) >= _LINES_AT_ONCE:
            yield "".join(piece)
            piece.clear()
    yield "".join(piece)


def _file_name(visit: Visit, state: AuditListState, ending: str) -> str:
    """Return a name such as `audit-trail-ACC-1234-5678-2030-03-14.csv`.

    It names the account, the filters, and the days that were filtered by or today's.
    """
    everything = "all-accounts" if visit.actor.sees_every_account else visit.actor.account_id
    parts = ["audit-trail", state.account or everything, state.object, state.actor, state.event]
    days = [str(day) for day in (state.first_day, state.last_day) if day]
    parts += days or [f"{visit.desk.clock():%Y-%m-%d}"]
    safe = [re.sub(r"[^A-Za-z0-9]+", "-", part).strip("-") for part in parts if part]
    return "-".join(part for part in safe if part) + f".{ending}"
