"""Event types as the Marketplace lists them. Their ids are derived from their keys.

The set of types is fixed; Operations can change each description.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from functools import cache
from typing import Final

from server.domain.actor import Actor
from server.domain.audit.events import EVENTS
from server.domain.errors import FieldErrors, NotFound
from server.domain.filters import (
    And,
    Compare,
    Condition,
    Not,
    OneOf,
    Or,
    Special,
    Text,
    Value,
    describe,
)
from server.domain.platform_words import event_key
from server.domain.text.patterns import evaluate_text
from server.domain.text.validation import validate_description
from server.models.audit import EventDescription
from server.services.audit.writer import PLATFORM, AuditLog, NoChange
from server.services.search.list_query import ListQuery
from server.services.search.sql.where import INVALID_PATH
from server.services.search.views import OffsetPage

_PROPERTIES: Final = ("id", "key", "name", "description")


@dataclass(frozen=True)
class EventType:
    """A type of audit record; `event` is its name inside the desk."""

    event: str
    id: str
    key: str
    name: str
    description: str


class EventTypes:
    """Lists event types for every authenticated actor; Operations may describe them."""

    def __init__(self, audit: AuditLog) -> None:
        self._audit = audit

    async def all(self, actor: Actor, list_query: ListQuery) -> OffsetPage[EventType]:
        """Return the event types that match the query. Raise `Invalid` with all its errors."""
        actor.require_authenticated()
        field_errors = FieldErrors()
        for order in list_query.order:
            if order.path not in _PROPERTIES:
                field_errors.add(describe(order.path), INVALID_PATH)
        if list_query.condition is not None:
            _holds(list_query.condition, asdict(event_types()[0]), field_errors)
        field_errors.raise_if_any()
        found = [
            each
            for each in await _described()
            if list_query.condition is None
            or _holds(list_query.condition, asdict(each), field_errors)
        ]
        for order in reversed(list_query.order):
            found.sort(key=lambda each: str(getattr(each, order.path)), reverse=order.descending)
        part = found[list_query.offset : list_query.offset + list_query.limit]
        return OffsetPage(part, len(found), list_query.limit, list_query.offset)

    async def get(self, actor: Actor, type_id: str) -> EventType:
        """Return one event type, or raise `NotFound`."""
        actor.require_authenticated()
        for each in await _described():
            if each.id == type_id:
                return each
        raise NotFound(f"There is no event type {type_id[:40]}.")

    async def describe(self, actor: Actor, type_id: str, description: str) -> EventType:
        """Set a type's description, at most 2,000 characters. For Operations.

        An empty text restores the default description. If nothing changes, write no audit record.
        """
        event = (await self.get(actor, type_id)).event
        actor.require_operations()
        field_errors = FieldErrors()
        description = validate_description(description, field_errors)
        field_errors.raise_if_any()
        async with self._audit.change(actor, "event.described", type_id, chain=PLATFORM) as change:
            known = await self.get(actor, type_id)
            wanted = replace(known, description=description or _own_words(event))
            if wanted == known:
                raise NoChange
            change.object_name = known.key
            change.before = {"description": known.description}
            change.after = {"description": wanted.description}
            await EventDescription.filter(event=event).delete()
            if description:
                await EventDescription.create(event=event, description=description)
        return await self.get(actor, type_id)


async def _described() -> list[EventType]:
    """Return all event types, sorted by id, with their current descriptions."""
    rows = await EventDescription.all()
    said = {row.event: row.description for row in rows}
    return [
        replace(each, description=said.get(each.event, each.description)) for each in event_types()
    ]


@cache
def event_types() -> tuple[EventType, ...]:
    """Return all event types, sorted by id, with their default descriptions."""
    types = (
        EventType(event, _id(event_key(event)), event_key(event), said, _own_words(event))
        for event, said in EVENTS.items()
    )
    return tuple(sorted(types, key=lambda each: each.id))


def _own_words(event: str) -> str:
    return f"{EVENTS[event]}."


def _id(key: str) -> str:
    """Derive eight digits from the key's hash: the same in every release and on every desk."""
    number = int.from_bytes(hashlib.sha256(key.encode()).digest()) % 10**8
    return f"AET-{number // 10**4:04}-{number % 10**4:04}"


def _holds(condition: Condition, texts: Mapping[str, str], field_errors: FieldErrors) -> bool:
    """Return whether the texts meet the condition.

    Every part is evaluated, so that all errors are reported: an unknown property, and null(), which
    no text is, become field errors.
    """
    match condition:
        case And(parts):
            held = [_holds(part, texts, field_errors) for part in parts]
            return all(held)
        case Or(parts):
            held = [_holds(part, texts, field_errors) for part in parts]
            return any(held)
        case Not(part):
            return not _holds(part, texts, field_errors)
        case Compare(operator, path, value) if path in texts:
            return evaluate_text(operator, texts[path], _text(path, value, field_errors))
        case OneOf(path, values, excluded) if path in texts:
            found = texts[path] in [_text(path, value, field_errors) for value in values]
            return found != excluded
    field_errors.add(describe(condition.path), INVALID_PATH)
    return False


def _text(path: str, value: Value, field_errors: FieldErrors) -> str:
    if isinstance(value, Text):
        return value.text
    if value is Special.NULL:
        field_errors.add(path, "It is never null.")
    return ""
