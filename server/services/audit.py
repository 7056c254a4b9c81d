"""Writing the audit trail: every write is made inside `change`, which leaves a chained record."""

import hashlib
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC
from typing import Any, Final

from tortoise.backends.base.client import TransactionalDBClient
from tortoise.transactions import in_transaction

from server.domain.actor import Actor
from server.domain.events import EVENTS, is_extension_event
from server.domain.ids import IdKind
from server.domain.text_rules import clean_search
from server.models.audit import AuditRecord, ChainHead
from server.services.announcements import Announcement, Announcements
from server.services.clock import Clock
from server.services.effects import about_to_commit

PLATFORM: Final = "platform"
"""The chain of what belongs to no account."""

_NEXT_LINK = {
    "sqlite": "INSERT INTO chain_heads (chain, position, hash) VALUES (?, 1, '')",
    "postgres": "INSERT INTO chain_heads (chain, position, hash) VALUES ($1, 1, '')",
}
_LINK_ON = (
    " ON CONFLICT (chain) DO UPDATE SET position = chain_heads.position + 1"
    " RETURNING position, hash"
)


class Unchanged(Exception):
    """Raised inside a change that has nothing to change: all is undone, and no record is left."""


@dataclass
class Change:
    """What a change notes for its record while it is being made."""

    object_id: str
    object_name: str = ""
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None
    record_id: str = ""
    """The id of the record, once it is written."""


class Audit:
    """Writes the trail."""

    def __init__(self, announcements: Announcements, clock: Clock) -> None:
        self._announcements = announcements
        self._clock = clock

    @asynccontextmanager
    async def change(
        self, actor: Actor, event: str, object_id: str, *, chain: str
    ) -> AsyncIterator[Change]:
        """One transaction with one record of it; both are there at the end, or neither.

        Its first statement takes the chain's head, so that changes of one account happen one
        after another on SQLite and PostgreSQL alike, and what the body reads stays true. It is
        announced to every process in the same transaction.
        """
        if event not in EVENTS and not is_extension_event(event):
            raise ValueError(f"unknown event {event}")
        change = Change(object_id)
        try:
            async with in_transaction() as connection:
                position, previous_hash = await _take_head(connection, chain)
                yield change
                record = self._record(actor, event, change)
                record.chain, record.position, record.previous_hash = chain, position, previous_hash
                record.hash = record_hash(record)
                change.record_id = record.id
                await record.save(force_create=True)
                await ChainHead.filter(chain=chain).update(hash=record.hash)
                news = Announcement(event, change.object_id, chain, record.id)
                await self._announcements.announce(connection, news)
                about_to_commit()
        except Unchanged:
            return
        self._announcements.deliver(news)

    def _record(self, actor: Actor, event: str, change: Change) -> AuditRecord:
        return AuditRecord(
            id=IdKind.AUDIT_RECORD.new(),
            at=self._clock(),
            event=event,
            actor_kind=actor.kind.value,
            actor_id=actor.id,
            actor_name=actor.name,
            object_id=change.object_id,
            object_name=change.object_name,
            before=change.before,
            after=change.after,
            address=clean_search(actor.origin.address)[:64],
            user_agent=clean_search(actor.origin.user_agent),
        )


async def _take_head(connection: TransactionalDBClient, chain: str) -> tuple[int, str]:
    statement = _NEXT_LINK[connection.capabilities.dialect] + _LINK_ON
    [head] = await connection.execute_query_dict(statement, [chain])
    return head["position"], head["hash"]


def record_hash(record: AuditRecord) -> str:
    """SHA-256 over the record's content and its predecessor's hash, as canonical JSON."""
    content = [
        record.previous_hash,
        record.id,
        record.chain,
        record.position,
        record.at.astimezone(UTC).isoformat(timespec="microseconds"),
        record.event,
        record.actor_kind,
        record.actor_id,
        record.actor_name,
        record.object_id,
        record.object_name,
        record.before,
        record.after,
        record.address,
        record.user_agent,
    ]
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()
