"""The types of events, as the Marketplace lists them, with ids made of their keys.

Which there are is fixed; what is said of each, Operations may change.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from functools import cache
from typing import Final

from server.domain.actor import Actor
from server.domain.audit.events import EVENTS
from server.domain.errors import Complaints, NotFound
from server.domain.filters import (
    Among,
    And,
    Compare,
    Condition,
    Not,
    Or,
    Special,
    Text,
    Value,
    shown,
)
from server.domain.platform_words import event_key
from server.domain.text.patterns import text_holds
from server.domain.text.validation import clean_description
from server.models.audit import EventDescription
from server.services.audit.log import PLATFORM, Audit, Unchanged
from server.services.search.list_query import Wish
from server.services.search.sql.where import INVALID_PATH
from server.services.search.views import Listing

_PROPERTIES: Final = ("id", "key", "name", "description")


@dataclass(frozen=True)
class EventType:
    """A sort of audit record; `event` is its name in the desk's own words."""

    event: str
    id: str
    key: str
    name: str
    description: str


class EventTypes:
    """Everybody who is known may read them; Operations describes them."""

    def __init__(self, audit: Audit) -> None:
        self._audit = audit

    async def all(self, actor: Actor, wish: Wish) -> Listing[EventType]:
        """Those that a wish asks for, by all properties; `Invalid` with what is wrong with it."""
        actor.must_be_known()
        complaints = Complaints()
        for order in wish.order:
            if order.path not in _PROPERTIES:
                complaints.add(shown(order.path), INVALID_PATH)
        if wish.condition is not None:
            _holds(wish.condition, asdict(event_types()[0]), complaints)
        complaints.refuse()
        found = [
            each
            for each in await _described()
            if wish.condition is None or _holds(wish.condition, asdict(each), complaints)
        ]
        for order in reversed(wish.order):
            found.sort(key=lambda each: str(getattr(each, order.path)), reverse=order.descending)
        part = found[wish.offset : wish.offset + wish.limit]
        return Listing(part, len(found), wish.limit, wish.offset)

    async def get(self, actor: Actor, type_id: str) -> EventType:
        """One of them."""
        actor.must_be_known()
        for each in await _described():
            if each.id == type_id:
                return each
        raise NotFound(f"There is no event type {type_id[:40]}.")

    async def describe(self, actor: Actor, type_id: str, description: str) -> EventType:
        """Have something else said of a type, at most 2,000 characters; for who may operate.

        An empty text brings the desk's own words back. No change leaves no record.
        """
        event = (await self.get(actor, type_id)).event
        actor.must_operate()
        complaints = Complaints()
        description = clean_description(description, complaints)
        complaints.refuse()
        async with self._audit.change(actor, "event.described", type_id, chain=PLATFORM) as change:
            known = await self.get(actor, type_id)
            wanted = replace(known, description=description or _own_words(event))
            if wanted == known:
                raise Unchanged
            change.object_name = known.key
            change.before = {"description": known.description}
            change.after = {"description": wanted.description}
            await EventDescription.filter(event=event).delete()
            if description:
                await EventDescription.create(event=event, description=description)
        return await self.get(actor, type_id)


async def _described() -> list[EventType]:
    """All there are, by id, with what is said of them now."""
    rows = await EventDescription.all()
    said = {row.event: row.description for row in rows}
    return [
        replace(each, description=said.get(each.event, each.description)) for each in event_types()
    ]


@cache
def event_types() -> tuple[EventType, ...]:
    """All there are, by id, in the desk's own words."""
    types = (
        EventType(event, _id(event_key(event)), event_key(event), said, _own_words(event))
        for event, said in EVENTS.items()
    )
    return tuple(sorted(types, key=lambda each: each.id))


def _own_words(event: str) -> str:
    return f"{EVENTS[event]}."


def _id(key: str) -> str:
    """Eight digits of the key's hash: the same in every release and on every desk."""
    number = int.from_bytes(hashlib.sha256(key.encode()).digest()) % 10**8
    return f"AET-{number // 10**4:04}-{number % 10**4:04}"


def _holds(condition: Condition, texts: Mapping[str, str], complaints: Complaints) -> bool:
    """Whether texts fulfil a condition. All of it is looked at, so that all that is wrong is said.

    A text that a value should be, but is not, and a property that is none, are complaints.
    """
    match condition:
        case And(parts):
            held = [_holds(part, texts, complaints) for part in parts]
            return all(held)
        case Or(parts):
            held = [_holds(part, texts, complaints) for part in parts]
            return any(held)
        case Not(part):
            return not _holds(part, texts, complaints)
        case Compare(operator, path, value) if path in texts:
            return text_holds(operator, texts[path], _text(path, value, complaints))
        case Among(path, values, excluded) if path in texts:
            found = texts[path] in [_text(path, value, complaints) for value in values]
            return found != excluded
    complaints.add(shown(condition.path), INVALID_PATH)
    return False


def _text(path: str, value: Value, complaints: Complaints) -> str:
    if isinstance(value, Text):
        return value.text
    if value is Special.NULL:
        complaints.add(path, "It is never null.")
    return ""
