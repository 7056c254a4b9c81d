"""The audit trail: every write is made inside `change`, which leaves a chained record."""

import hashlib
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC
from typing import Any, Final

from tortoise.backends.base.client import TransactionalDBClient
from tortoise.expressions import Q
from tortoise.transactions import in_transaction

from server.domain.actor import Actor, ActorKind
from server.domain.errors import NotFound
from server.domain.events import EVENTS, summary
from server.domain.ids import IdKind
from server.domain.text_rules import clean_search
from server.models.audit import AuditRecord, ChainHead
from server.services.answers import ActorInfo, AuditInfo, Window
from server.services.clock import Clock
from server.services.keyset import Keyset

PLATFORM: Final = "platform"
"""The chain of what belongs to no account."""

NEWEST_FIRST: Final = Keyset("at", "id", descending=True)

_NEXT_LINK = {
    "sqlite": "INSERT INTO chain_heads (chain, position, hash) VALUES (?, 1, '')",
    "postgres": "INSERT INTO chain_heads (chain, position, hash) VALUES ($1, 1, '')",
}
_LINK_ON = (
    " ON CONFLICT (chain) DO UPDATE SET position = chain_heads.position + 1"
    " RETURNING position, hash"
)

_LONGEST: Final = {"event": 64, "object_id": 32, "chain": 16}


@dataclass
class Change:
    """What a change notes for its record while it is being made."""

    object_id: str
    object_name: str = ""
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None


class Audit:
    """Writes the trail and reads it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    @asynccontextmanager
    async def change(
        self, actor: Actor, event: str, object_id: str, *, chain: str
    ) -> AsyncIterator[Change]:
        """One transaction with one record of it; both are there at the end, or neither.

        Its first statement takes the chain's head, so that changes of one account happen one
        after another on SQLite and PostgreSQL alike, and what the body reads stays true.
        """
        if event not in EVENTS:
            raise ValueError(f"unknown event {event}")
        change = Change(object_id)
        async with in_transaction() as connection:
            position, previous_hash = await _take_head(connection, chain)
            yield change
            record = self._record(actor, event, change)
            record.chain, record.position, record.previous_hash = chain, position, previous_hash
            record.hash = record_hash(record)
            await record.save(force_create=True)
            await ChainHead.filter(chain=chain).update(hash=record.hash)

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

    async def get(self, actor: Actor, record_id: str) -> AuditInfo:
        """One record of the actor's account; any for Operations people."""
        actor.must_be_known()
        named = AuditRecord.get_or_none(self._seen_by(actor), id=record_id)
        record = await named if IdKind.AUDIT_RECORD.matches(record_id) else None
        if record is None:
            raise NotFound(f"There is no audit record {record_id[:40]}.")
        return _info(record)

    async def window(
        self,
        actor: Actor,
        *,
        first: int | None = None,
        after: str | None = None,
        event: str | None = None,
        object_id: str | None = None,
        account_id: str | None = None,
    ) -> Window[AuditInfo]:
        """Records of the actor's account, newest first; Operations people see every account's."""
        actor.must_be_known()
        records = AuditRecord.filter(
            self._seen_by(actor),
            **_given(event=event, object_id=object_id, chain=account_id),
        )
        return await NEWEST_FIRST.window(records, _infos, first=first, after=after)

    def _seen_by(self, actor: Actor) -> Q:
        return Q() if actor.sees_every_account else Q(chain=actor.account_id)

    async def verify(self, actor: Actor, *, account_id: str | None = None) -> list[str]:
        """The first broken place of each chain (of one account's, where named); empty is whole."""
        actor.must_operate()
        chains = [account_id] if account_id else await _all_chains()
        found = [await self.verify_chain(chain) for chain in chains]
        return [place for place in found if place is not None]

    async def verify_chain(self, chain: str) -> str | None:
        """None when the chain is whole, else the id of the first broken record (or of its gap).

        The head is read before and after the records, as the chain may grow meanwhile.
        """
        head = await _head(chain)
        previous_hash, position = "", 0
        async for record in AuditRecord.filter(chain=chain).order_by("position"):
            position += 1
            linked = (record.position, record.previous_hash) == (position, previous_hash)
            ends_well = record.hash == head.hash or position != head.position
            if not linked or not ends_well or record.hash != record_hash(record):
                return record.id
            previous_hash = record.hash
        if position < head.position or (await _head(chain)).position < position:
            return f"{chain} after position {min(position, head.position)}"
        return None


def _given(**filters: str | None) -> dict[str, str]:
    """The filters that were named, as every database can look them up."""
    return {
        column: clean_search(value)[: _LONGEST[column]]
        for column, value in filters.items()
        if value is not None
    }


async def _take_head(connection: TransactionalDBClient, chain: str) -> tuple[int, str]:
    statement = _NEXT_LINK[connection.capabilities.dialect] + _LINK_ON
    [head] = await connection.execute_query_dict(statement, [chain])
    return head["position"], head["hash"]


async def _head(chain: str) -> ChainHead:
    return await ChainHead.get_or_none(chain=chain) or ChainHead(chain=chain)


async def _all_chains() -> list[str]:
    """Every chain that has a head or a record: a head that was removed hides nothing."""
    headed = await ChainHead.all().values_list("chain", flat=True)
    recorded = await AuditRecord.all().distinct().values_list("chain", flat=True)
    return sorted({str(chain) for chain in [*headed, *recorded]})


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


async def _infos(records: list[AuditRecord]) -> list[AuditInfo]:
    return [_info(record) for record in records]


def _info(record: AuditRecord) -> AuditInfo:
    return AuditInfo(
        id=record.id,
        at=record.at,
        event=record.event,
        summary=summary(record.event),
        actor=ActorInfo(record.actor_id, record.actor_name, ActorKind(record.actor_kind)),
        object_id=record.object_id,
        object_name=record.object_name,
        before=record.before,
        after=record.after,
        address=record.address,
        user_agent=record.user_agent,
    )
