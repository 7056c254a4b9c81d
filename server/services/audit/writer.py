"""Writing the audit trail: each change writes one record, chained to the one before it."""

import hashlib
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC
from typing import Any, Final

from tortoise.backends.base.client import TransactionalDBClient
from tortoise.transactions import in_transaction

from server.database.erasure import Erasure
from server.domain.actor import Actor
from server.domain.audit.events import EVENTS, is_extension_event
from server.domain.ids import IdKind
from server.domain.text.validation import normalize_search
from server.models.audit import AuditRecord, ChainHead
from server.services.audit.commit_state import mark_committing
from server.services.audit.seals import AuditSeals
from server.services.clock import Clock
from server.services.events.bus import ChangeEvent, EventBus

PLATFORM: Final = "platform"
"""The chain of records that belong to no account."""

_NEXT_LINK = {
    "sqlite": "INSERT INTO chain_heads (chain, position, hash) VALUES (?, 1, '')",
    "postgres": "INSERT INTO chain_heads (chain, position, hash) VALUES ($1, 1, '')",
}
_LINK_ON = (
    " ON CONFLICT (chain) DO UPDATE SET position = chain_heads.position + 1"
    " RETURNING position, hash, sealed_from, seal"
)


class NoChange(Exception):
    """Raised inside a change that changes nothing: the transaction rolls back without a record."""


@dataclass
class AuditEntry:
    """What a change puts into its audit record. The body of the change fills it in."""

    object_id: str
    object_name: str = ""
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None
    record_id: str = ""
    """The record's id, set once the record is written."""
    erases: bool = False
    """Whether the change destroys a sealed value, which must then leave the database's log too."""


class AuditLog:
    """Writes audit records."""

    def __init__(self, events: EventBus, seals: AuditSeals, erasure: Erasure, clock: Clock) -> None:
        self._events = events
        self._seals = seals
        self._erasure = erasure
        self._clock = clock

    @asynccontextmanager
    async def change(
        self, actor: Actor, event: str, object_id: str, *, chain: str
    ) -> AsyncIterator[AuditEntry]:
        """Run the block in one transaction that also writes its audit record: both commit, or none.

        The first statement locks the chain's head. Changes of one account therefore run one after
        another on SQLite and PostgreSQL alike, and what the block reads stays valid. The same
        transaction notifies every process. `NoChange` rolls back silently; an unknown event is a
        `ValueError`.
        """
        if event not in EVENTS and not is_extension_event(event):
            raise ValueError(f"unknown event {event}")
        change = AuditEntry(object_id)
        try:
            async with in_transaction() as connection:
                head = await _take_head(connection, chain)
                yield change
                record = self._record(actor, event, change)
                self._chain(record, head)
                change.record_id = record.id
                await record.save(force_create=True)
                await ChainHead.filter(chain=chain).update(
                    hash=head.hash, sealed_from=head.sealed_from, seal=head.seal
                )
                news = ChangeEvent(event, change.object_id, chain, record.id)
                await self._events.notify(connection, news)
                mark_committing()
        except NoChange:
            return
        self._events.publish_local(news)
        if change.erases:
            self._erasure.begin()

    def _chain(self, record: AuditRecord, head: ChainHead) -> None:
        """Link the record to the locked head, and make it the new head.

        If the old head's seal is not valid, neither the record nor the new head is sealed.
        Otherwise one more change would hide that somebody had cut off the trail.
        """
        record.chain, record.position, record.previous_hash = head.chain, head.position, head.hash
        last = ChainHead(
            chain=head.chain,
            position=head.position - 1,
            hash=head.hash,
            sealed_from=head.sealed_from,
            seal=head.seal,
        )
        whole = head.position == 1 or self._seals.proves_head(last)
        record.hash = head.hash = record_hash(record)
        head.seal = ""
        if head.position == 1:
            head.sealed_from = 1
        if whole:
            record.seal = self._seals.of_record(record)
            head.seal = self._seals.of_head(head)

    def _record(self, actor: Actor, event: str, change: AuditEntry) -> AuditRecord:
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
            address=normalize_search(actor.origin.address)[:64],
            user_agent=normalize_search(actor.origin.user_agent),
        )


async def _take_head(connection: TransactionalDBClient, chain: str) -> ChainHead:
    statement = _NEXT_LINK[connection.capabilities.dialect] + _LINK_ON
    [head] = await connection.execute_query_dict(statement, [chain])
    return ChainHead(chain=chain, **head)


def record_hash(record: AuditRecord) -> str:
    """Return the SHA-256 (hex) of the record with its predecessor's hash, as canonical JSON."""
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
