"""View models of audit records: objects and actors with URLs, changes as sentences."""

import json
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Final
from urllib.parse import urlencode

from server.domain.actor import ActorKind
from server.domain.audit.describe import differences, sentence
from server.domain.audit.events import EVENTS
from server.domain.i18n.messages import JoinedMessage, Message
from server.domain.ids import IdKind, kind_of
from server.http.pages.i18n import gettext as _
from server.http.pages.i18n import ngettext
from server.services.audit.export import audit_fields
from server.services.audit.views import AuditRecordView
from server.services.pagination.pages import Page
from server.web.audit.list_state import PAGE_SIZES, AuditListState
from server.web.html.query_params import hidden_fields
from server.web.html.view_models import LIST, Shape, thing

TRAIL: Final = "/settings/audit-trail"
ANY: Final = "\x1aid"
"""Placeholder in markup that is rendered once for many rows; each row inserts its own id."""

KINDS: Final = {
    IdKind.ACCOUNT: Message("Account"),
    IdKind.USER: Message("User"),
    IdKind.MODULE: Message("Module"),
    IdKind.TOKEN: Message("API token"),
    IdKind.DRAFT: Message("Draft"),
    IdKind.AUDIT_RECORD: Message("Audit record"),
}
_SUBJECTS: Final = {
    "account": Message("Accounts"),
    "module": Message("Modules"),
    "token": Message("API tokens"),
    "user": Message("Users"),
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
    page: Page[AuditRecordView],
    state: AuditListState,
    *,
    base_url: str,
    fixed: str | None,
    accounts: bool,
) -> Shape:
    """Build the view model of a page of records; `fixed` is the id of the object all are about."""
    ways = _Ways(base_url)
    here = state.query(page=page.number)
    columns = {
        "object": fixed is None,
        "account": accounts and fixed is None,
    }
    export = state.query(object=fixed or state.object)
    return {
        "rows": [_line(info) for info in page.items],
        "objects": [(key, _object(info)) for key, info in _once(_object_key, page.items)],
        "actors": [(key, _actor(info, ways)) for key, info in _once(_actor_key, page.items)],
        "any": ANY,
        "any_url": f"{TRAIL}/{ANY}",
        "columns": columns,
        "url": ways.to(here),
        "total_label": _rows(page.total),
        "said": _(
            "%(rows)s, newest first, page %(page)s of %(pages)s",
            rows=_rows(page.total),
            page=page.number,
            pages=page.pages,
        ),
        "pager": _pager(page, state, ways),
        "chips": _chips(state, ways),
        "is_filtered": state.is_filtered,
        "clear_url": ways.to(state.unfiltered()),
        "filter_url": _filter_url(here, fixed),
        "exports": [
            {"label": label, "url": f"{TRAIL}/export?{_and(export, format=value)}"}
            for value, label in (("csv", "CSV"), ("jsonl", "JSONL"))
        ],
        "ignored": JoinedMessage(", ", state.ignored),
    }


def record(info: AuditRecordView) -> Shape:
    """Build the view model of one record with all its details."""
    return _line(info) | {
        "object": _object(info),
        "actor": _actor(info, _Ways(TRAIL)),
        "address": info.address,
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


def filters(state: AuditListState, *, with_object: bool, with_account: bool) -> Shape:
    """Build the filter dialog's options, with the current choices marked."""
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
    """URLs of one audit trail: the account's, or a token's own."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url

    def to(self, query: str) -> str:
        return f"{self.base_url}?{query}" if query else self.base_url


def _line(info: AuditRecordView) -> Shape:
    """Build a row of the list; it refers to shared parts by their keys."""
    return {
        "id": info.id,
        "at": info.at,
        "object": _object_key(info),
        "actor": _actor_key(info),
        "account": info.account_id,
        "summary": info.summary,
        "details": sentence(info.event, info.object_name, info.before, info.after),
    }


def _object_key(info: AuditRecordView) -> str:
    return f"{info.object_id} {info.event == 'token.deleted'} {info.object_name}"


def _actor_key(info: AuditRecordView) -> str:
    return f"{info.actor.id} {info.address} {info.user_agent} {info.actor.name}"


def _once(
    key: Callable[[AuditRecordView], str], infos: Sequence[AuditRecordView]
) -> Iterable[tuple[str, AuditRecordView]]:
    return {key(info): info for info in infos}.items()


def _object(info: AuditRecordView) -> Shape:
    object_id, name = info.object_id, info.object_name
    kind = kind_of(object_id)
    has_page = kind is IdKind.TOKEN and info.event != "token.deleted"
    return thing(object_id, name or object_id) | {
        "known": bool(object_id or name),
        "type": KINDS[kind] if kind else "",
        "url": f"{LIST}/{object_id}" if has_page else None,
    }


def _actor(info: AuditRecordView, ways: _Ways) -> Shape:
    actor = info.actor
    is_token = actor.kind is ActorKind.TOKEN
    return thing(actor.id, actor.name) | {
        "url": f"{LIST}/{actor.id}" if is_token else None,
        "only_url": ways.to(urlencode({"actor": actor.id})) if actor.id else None,
        "address": info.address,
        "agent": say_agent(info.user_agent),
    }


def say_agent(user_agent: str) -> str:
    """Describe a user agent: browser and system, or a program's name and version; may be empty."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), None)
    if browser is None or not user_agent.startswith("Mozilla/"):
        first = re.match(r"[^\s(;]+", user_agent)
        return first[0][:40] if first else user_agent[:40]
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), None)
    return _("%(browser)s on %(system)s", browser=browser, system=system) if system else browser


def _pager(page: Page[AuditRecordView], state: AuditListState, ways: _Ways) -> Shape:
    number, pages = page.number, page.pages
    return {
        "number": number,
        "pages": pages,
        "previous_url": ways.to(state.query(page=number - 1)) if number > 1 else None,
        "next_url": ways.to(state.query(page=number + 1)) if number < pages else None,
        "rows_label": _(
            "%(first)s-%(last)s of %(rows)s",
            first=page.first_row,
            last=page.last_row,
            rows=_rows(page.total),
        ),
        "sizes": [
            {"size": size, "url": ways.to(state.query(rows=size)), "current": size == state.rows}
            for size in PAGE_SIZES
        ],
        "jump": {"url": ways.base_url, "kept": hidden_fields(state.query(), without=("page",))},
    }


def _chips(state: AuditListState, ways: _Ways) -> list[Shape]:
    found = [
        (_("Object: %(id)s", id=state.object), "object", ""),
        (_("Actor: %(id)s", id=state.actor), "actor", ""),
        (_("Event: %(event)s", event=EVENTS.get(state.event, "")), "event", ""),
        (_("From %(day)s", day=state.first_day), "first_day", None),
        (_("To %(day)s", day=state.last_day), "last_day", None),
        (_("Account: %(id)s", id=state.account), "account", ""),
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
    return ngettext("%(num)s row", "%(num)s rows", total)
