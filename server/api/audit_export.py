"""Audit records as lines of a file: CSV for spreadsheets, JSON Lines for programs."""

import csv
import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC
from typing import Any, Final

from server.services.answers import AuditInfo

_RUN_BY_SPREADSHEETS: Final = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Export:
    """A format: its media type, what stands at the top of the file, and each record's line."""

    media_type: str
    head: Callable[[], str]
    line: Callable[[AuditInfo], str]


def _fields(record: AuditInfo) -> dict[str, Any]:
    return {
        "id": record.id,
        "at": record.at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "event": record.event,
        "summary": record.summary,
        "actorKind": record.actor.kind.value,
        "actorId": record.actor.id,
        "actorName": record.actor.name,
        "objectId": record.object_id,
        "objectName": record.object_name,
        "before": record.before,
        "after": record.after,
        "address": record.address,
        "userAgent": record.user_agent,
    }


def _json_line(record: AuditInfo) -> str:
    return json.dumps(_fields(record), ensure_ascii=False) + "\n"


def _csv_head() -> str:
    return _csv_row(list(_COLUMNS))


def _csv_line(record: AuditInfo) -> str:
    return _csv_row([_cell(value) for value in _fields(record).values()])


def _csv_row(cells: list[str]) -> str:
    row = io.StringIO()
    csv.writer(row).writerow(cells)
    return row.getvalue()


def _cell(value: Any) -> str:
    """A cell's text; one that a spreadsheet would run as a formula is made plain text by a '."""
    if value is None:
        return ""
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, Mapping) else str(value)
    return f"'{text}" if text.startswith(_RUN_BY_SPREADSHEETS) else text


_COLUMNS: Final = (
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
)

EXPORTS: Final[Mapping[str, Export]] = {
    "csv": Export("text/csv; charset=utf-8", _csv_head, _csv_line),
    "jsonl": Export("application/jsonl", str, _json_line),
}
