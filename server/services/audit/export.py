"""Export of audit records: CSV for spreadsheets, JSON Lines for programs."""

import csv
import io
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from server.services.audit.views import AuditRecordView

COLUMNS: Final = (
    "id",
    "at",
    "event",
    "summary",
    "actorKind",
    "actorId",
    "actorName",
    "objectId",
    "objectName",
    "before",
    "after",
    "address",
    "userAgent",
    "accountId",
    "position",
    "previousHash",
    "hash",
)

_STARTS_A_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Export:
    """A file format, written one record at a time: `head()` first, then `line()` for each."""

    media_type: str
    head: Callable[[], str]
    line: Callable[[AuditRecordView], str]


def audit_fields(record: AuditRecordView) -> dict[str, Any]:
    """Return a record as a JSON object; timestamps are ISO 8601 in UTC."""
    return {
        "id": record.id,
        "at": _moment(record.at),
        "event": record.event,
        "summary": record.summary,
        "actor": {
            "id": record.actor.id,
            "name": record.actor.name,
            "kind": record.actor.kind.value,
        },
        "object": {"id": record.object_id, "name": record.object_name},
        "before": record.before,
        "after": record.after,
        "address": record.address,
        "userAgent": record.user_agent,
        "accountId": record.account_id,
        "position": record.position,
        "previousHash": record.previous_hash,
        "hash": record.hash,
    }


def csv_head() -> str:
    """Return the header row with the column names."""
    return _row(COLUMNS)


def csv_line(record: AuditRecordView) -> str:
    """Return a record as a CSV row (RFC 4180).

    A cell that a spreadsheet would read as a formula is prefixed with an apostrophe.
    """
    cells = (
        record.id,
        _moment(record.at),
        record.event,
        record.summary,
        record.actor.kind.value,
        record.actor.id,
        record.actor.name,
        record.object_id,
        record.object_name,
        "" if record.before is None else _json(record.before),
        "" if record.after is None else _json(record.after),
        record.address,
        record.user_agent,
        record.account_id,
        str(record.position),
        record.previous_hash,
        record.hash,
    )
    return _row(map(_harmless, cells))


def jsonl_head() -> str:
    """Return an empty string: JSON Lines has no header."""
    return ""


def jsonl_line(record: AuditRecordView) -> str:
    """Return a record as one JSON object on one line."""
    return _json(audit_fields(record)) + "\n"


EXPORTS: Final[dict[str, Export]] = {
    "csv": Export("text/csv; charset=utf-8", csv_head, csv_line),
    "jsonl": Export("application/jsonl", jsonl_head, jsonl_line),
}
"""Formats by the name that a request asks for. Both are UTF-8."""


def _row(cells: Iterable[str]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue()


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_STARTS_A_FORMULA) else cell


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
