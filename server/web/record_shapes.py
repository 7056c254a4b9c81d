"""Audit records made ready for templates: objects and actors with addresses, changes in words."""

import json
import re
from typing import Final
from urllib.parse import urlencode

from server.audit_export import audit_fields
from server.domain.actor import ActorKind
from server.domain.differences import differences, sentence
from server.domain.events import EVENTS
from server.domain.ids import IdKind, kind_of
from server.services.answers import AuditInfo, Page
from server.web.grid_state import hidden_fields
from server.web.record_state import PAGE_SIZES, RecordState
from server.web.shapes import LIST, Shape, thing

TRAIL: Final = "/settings/audit-trail"

KINDS: Final = {
    IdKind.ACCOUNT: "Account",
    IdKind.USER: "User",
    IdKind.MODULE: "Module",
    IdKind.TOKEN: "API token",
    IdKind.DRAFT: "Draft",
    IdKind.AUDIT_RECORD: "Audit record",
}
_SUBJECTS: Final = {
    "account": "Accounts",
    "module": "Modules",
    "token": "API tokens",
    "user": "Users",
}
_BROWSERS: Final = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS: Final = (
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


def records(
    page: Page[AuditInfo], state: RecordState, *, base_url: str, fixed: str | None, accounts: bool
) -> Shape:
    """A page of records with everything around it; `fixed` is the object that all are about."""
    ways = _Ways(base_url)
    here = state.query(page=page.number)
    columns = {
        "object": fixed is None,
        "account": accounts and fixed is None,
    }
    export = state.query(object=fixed or state.object)
    return {
        "rows": [_row(info, ways) for info in page.items],
        "columns": columns,
        "url": ways.to(here),
        "total_label": _rows(page.total),
        "said": f"{_rows(page.total)}, newest first, page {page.number} of {page.pages}",
        "pager": _pager(page, state, ways),
        "chips": _chips(state, ways),
        "is_filtered": state.is_filtered,
        "clear_url": ways.to(state.unfiltered()),
        "filter_url": _filter_url(here, fixed),
        "exports": [
            {"label": label, "url": f"{TRAIL}/export?{_and(export, format=value)}"}
            for value, label in (("csv", "CSV"), ("jsonl", "JSONL"))
        ],
        "ignored": ", ".join(state.ignored),
    }


def record(info: AuditInfo) -> Shape:
    """One record with everything that is known of it."""
    return _row(info, _Ways(TRAIL)) | {
        "user_agent": info.user_agent,
        "at": info.at,
        "at_exactly": f"{info.at:%H:%M:%S}.{info.at.microsecond // 1000:03d} UTC",
        "differences": differences(info.before, info.after),
        "json": json.dumps(audit_fields(info), indent=2, ensure_ascii=False),
        "account": info.account_id,
        "position": info.position,
        "hash": info.hash,
        "previous_hash": info.previous_hash,
    }


def filters(state: RecordState, *, with_object: bool, with_account: bool) -> Shape:
    """All that the dialog of filters offers, with what is chosen."""
    return {
        "object": state.object if with_object else None,
        "actor": state.actor,
        "account": state.account if with_account else None,
        "first_day": state.first_day.isoformat() if state.first_day else "",
        "last_day": state.last_day.isoformat() if state.last_day else "",
        "events": [
            {
                "subject": subject,
                "events": [
                    {"value": event, "label": label, "chosen": event == state.event}
                    for event, label in EVENTS.items()
                    if event.partition(".")[0] == prefix
                ],
            }
            for prefix, subject in _SUBJECTS.items()
        ],
    }


class _Ways:
    """Addresses of one audit trail: the account's, or a token's own."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url

    def to(self, query: str) -> str:
        return f"{self.base_url}?{query}" if query else self.base_url


def _row(info: AuditInfo, ways: _Ways) -> Shape:
    return {
        "id": info.id,
        "url": f"{TRAIL}/{info.id}",
        "at": info.at,
        "object": _object(info),
        "actor": _actor(info, ways),
        "account": info.account_id,
        "address": info.address,
        "agent": say_agent(info.user_agent),
        "summary": info.summary,
        "details": sentence(info.event, info.object_name, info.before, info.after),
    }


def _object(info: AuditInfo) -> Shape:
    object_id, name = info.object_id, info.object_name
    kind = kind_of(object_id)
    has_page = kind is IdKind.TOKEN and info.event != "token.deleted"
    return thing(object_id, name or object_id) | {
        "known": bool(object_id or name),
        "type": KINDS[kind] if kind else "",
        "url": f"{LIST}/{object_id}" if has_page else None,
    }


def _actor(info: AuditInfo, ways: _Ways) -> Shape:
    actor = info.actor
    is_token = actor.kind is ActorKind.TOKEN
    return thing(actor.id, actor.name) | {
        "url": f"{LIST}/{actor.id}" if is_token else None,
        "only_url": ways.to(urlencode({"actor": actor.id})) if actor.id else None,
    }


def say_agent(user_agent: str) -> str:
    """A browser and its system, or a program's name and version; empty for nothing."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), None)
    if browser is None or not user_agent.startswith("Mozilla/"):
        first = re.match(r"[^\s(;]+", user_agent)
        return first[0][:40] if first else user_agent[:40]
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), None)
    return f"{browser} on {system}" if system else browser


def _pager(page: Page[AuditInfo], state: RecordState, ways: _Ways) -> Shape:
    number, pages = page.number, page.pages
    return {
        "number": number,
        "pages": pages,
        "previous_url": ways.to(state.query(page=number - 1)) if number > 1 else None,
        "next_url": ways.to(state.query(page=number + 1)) if number < pages else None,
        "rows_label": f"{page.first_row}-{page.last_row} of {_rows(page.total)}",
        "sizes": [
            {"size": size, "url": ways.to(state.query(rows=size)), "current": size == state.rows}
            for size in PAGE_SIZES
        ],
        "jump": {"url": ways.base_url, "kept": hidden_fields(state.query(), without=("page",))},
    }


def _chips(state: RecordState, ways: _Ways) -> list[Shape]:
    found = [
        (f"Object: {state.object}", "object", ""),
        (f"Actor: {state.actor}", "actor", ""),
        (f"Event: {EVENTS.get(state.event, '')}", "event", ""),
        (f"From {state.first_day}", "first_day", None),
        (f"To {state.last_day}", "last_day", None),
        (f"Account: {state.account}", "account", ""),
    ]
    return [
        {"label": label, "url": ways.to(state.query(**{name: empty}))}
        for label, name, empty in found
        if getattr(state, name)
    ]


def _filter_url(here: str, fixed: str | None) -> str:
    return f"{TRAIL}/filter?" + (_and(here, of=fixed) if fixed else here)


def _and(query: str, **more: str) -> str:
    return "&".join(part for part in (query, urlencode(more)) if part)


def _rows(total: int) -> str:
    return f"{total:,} {'row' if total == 1 else 'rows'}"
