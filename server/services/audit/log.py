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
"""The chain of what belongs to no account."""

_NEXT_LINK = {
    "sqlite": "INSERT INTO chain_heads (chain, position, hash) VALUES (?, 1, '')",
    "postgres": "INSERT INTO chain_heads (chain, position, hash) VALUES ($1, 1, '')",
}
_LINK_ON = (
    " ON CONFLICT (chain) DO UPDATE SET position = chain_heads.position + 1"
    " RETURNING position, hash, sealed_from, seal"
)


class NoChange(Exception):
    """Raised inside a change that has nothing to change: all is undone, and no record is left."""


@dataclass
class AuditEntry:
    """What a change notes for its record while it is being made."""

    object_id: str
    object_name: str = ""
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None
    record_id: str = ""
    """The id of the record, once it is written."""
    erases: bool = False
    """Whether a sealed value is destroyed: then it has to leave the database's log as well."""


class AuditLog:
    """Writes the trail."""

    def __init__(self, events: EventBus, seals: AuditSeals, erasure: Erasure, clock: Clock) -> None:
        self._events = events
        self._seals = seals
        self._erasure = erasure
        self._clock = clock

    @asynccontextmanager
    async def change(
        self, actor: Actor, event: str, object_id: str, *, chain: str
    ) -> AsyncIterator[AuditEntry]:
        """One transaction with one record of it; both are there at the end, or neither.

        Its first statement takes the chain's head, so that changes of one account happen one
        after another on SQLite and PostgreSQL alike, and what the body reads stays true. It is
        announced to every process in the same transaction.
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
        """Link the record to the head that was taken, and make it the new head.

        A head that was forged is never sealed again, nor is what follows it: so one change does
        not make good what somebody has cut off, and the trail stays broken for all to see.
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
