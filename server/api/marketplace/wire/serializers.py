"""Conversion of the services' views into the Marketplace's objects."""

import re
from collections.abc import Mapping
from typing import Any, Final

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
    written,
)
from server.domain import platform_words
from server.domain.actor import ActorView
from server.domain.audit.events import is_extension_event
from server.domain.tokens.fields import TYPED
from server.services.accounts.views import AccountView, ModuleView
from server.services.audit.views import AuditRecordView
from server.services.platform_events import event_types
from server.services.search.views import AccountRow, ModuleRow, TokenRow

_DETAILS: Final = "{summary}: {{{{ object.name }}}} ({{{{ object.id }}}}), by {{{{ actor.name }}}}"
# The possessive `*+` prevents quadratic backtracking over runs of blanks.
_PLACE: Final = re.compile(r"\{\{\s*+([\w.]*+)\s*+\}\}")
_TYPED: Final = tuple(name for name in TYPED if name in ApiToken.model_fields)
_BRACES: Final = re.compile(r"\{{2,}|\}{2,}")


def token(listed: TokenRow, origin: str, value: str | None = None) -> ApiToken:
    """Serialize a token, with its value if given; the logo's URL is on the desk's own origin."""
    info = listed.token
    audit = Events(created=Happened(at=info.created_at, by=_somebody(info.created_by)))
    if listed.updated_at is not None:
        audit.updated = Happened(at=listed.updated_at)
        if listed.updated_by is not None:
            audit.updated.by = _somebody(listed.updated_by)
    shape = ApiToken(
        id=info.id,
        status=platform_words.status_word(info.status),
        icon=icon(origin, info.logo),
        last_access_at=info.last_access_at,
        account=account_reference(info.account),
        modules=[_core(each) for each in info.modules],
        audit=audit,
        **{name: getattr(info, name) or None for name in _TYPED},
    )
    if value is not None:
        shape.token = value
    return shape


def icon(origin: str, logo: str | None) -> str | None:
    """Return the absolute URL of a token's logo; None if it has none."""
    return f"{origin}/logos/{logo}" if logo else None


def module(listed: ModuleRow) -> Module:
    """Serialize a module."""
    types = [platform_words.account_type_word(each) for each in listed.account_types]
    audit = Events(created=Happened(at=listed.created_at))
    return _core(listed.module).model_copy(update={"account_types": types, "audit": audit})


def account(listed: AccountRow) -> Account:
    """Serialize an account."""
    reference = account_reference(listed.account)
    return Account(
        id=reference.id,
        type=reference.type,
        status=reference.status,
        name=reference.name,
        icon=reference.icon,
        audit=Events(created=Happened(at=listed.created_at)),
    )


def account_reference(info: AccountView) -> AccountReference:
    """Serialize an account as other objects refer to it."""
    return AccountReference(
        id=info.id,
        type=platform_words.account_type_word(info.type),
        status=platform_words.account_status_word(info.active),
        icon=f"/v1/accounts/accounts/{info.id}/icon" if info.logo else None,
        name=info.name,
    )


def record(info: AuditRecordView, *, rendered: bool = False) -> AuditRecord:
    """Serialize an audit record; if `rendered`, fill in the placeholders in its texts."""
    summary, details, documents = _filled_in(info)
    shape = AuditRecord(
        id=info.id,
        event=platform_words.event_key(info.event),
        summary=summary,
        details=details,
        object=RecordObject(
            id=info.object_id,
            name=info.object_name or None,
            icon=None,
            object_type=platform_words.object_type(info.object_id),
        ),
        timestamp=info.at,
        actor=_somebody(info.actor),
        type="Private",
        request=RecordRequest(
            api=ApiRequest(ip=info.address or None, user_agent=info.user_agent or None)
        ),
        documents=documents,
        viewers=[],
    )
    if rendered:
        shape.summary, shape.details = _filled(summary, shape), _filled(details, shape)
    return shape


def event_type(known: event_types.EventType) -> EventType:
    """Serialize an event type."""
    return EventType(id=known.id, key=known.key, name=known.name, description=known.description)


def _core(info: ModuleView) -> Module:
    return Module(
        id=info.id,
        name=info.name,
        description=info.description or None,
        paid=False,
        settings=ModuleSettings(
            shared_account=False, configurable=True, default=False, paid=False, type=[]
        ),
        filters={},
    )


def _somebody(info: ActorView) -> Reference:
    return Reference(id=info.id, name=info.name, icon=None)


def _filled_in(info: AuditRecordView) -> tuple[str, str, dict[str, Any]]:
    """Return summary, details and documents: an extension's own texts, or the desk's."""
    if is_extension_event(info.event):
        after = info.after or {}
        return str(after.get("summary", "")), str(after.get("details", "")), {}
    documents = {"before": info.before, "after": info.after}
    return info.summary, _DETAILS.format(summary=info.summary), documents


def _filled(text: str, shape: AuditRecord) -> str:
    """Fill in a text's placeholders, unknown ones with nothing, and collapse repeated braces."""
    values: Mapping[str, str | None] = {
        "event": shape.event,
        "summary": shape.summary,
        "timestamp": written(shape.timestamp),
        "object.id": shape.object.id,
        "object.name": shape.object.name,
        "object.objectType": shape.object.object_type,
        "actor.id": shape.actor.id,
        "actor.name": shape.actor.name,
    }
    filled = _PLACE.sub(lambda place: values.get(place[1]) or "", text)
    return _BRACES.sub(lambda braces: braces[0][0], filled)
