"""Reading the audit trail: find records, export them as a stream, and verify the chains."""

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from tortoise.expressions import Q, Subquery
from tortoise.queryset import QuerySet

from server.domain.actor import Actor, ActorKind, ActorView
from server.domain.audit.events import summary
from server.domain.errors import NotFound
from server.domain.i18n.messages import Message
from server.domain.ids import IdKind
from server.domain.text.validation import normalize_search
from server.models.accounts import Account
from server.models.audit import AuditRecord, ChainHead
from server.services.audit.batch import NEWEST_FIRST, CursorArgs, cursor_pages
from server.services.audit.seals import AuditSeals
from server.services.audit.views import AuditRecordView
from server.services.audit.writer import record_hash
from server.services.crypto.key_ring import KeyRing
from server.services.pagination.cursors import ListCursors, cursors_of
from server.services.pagination.keyset import numbered_page, total_from_models
from server.services.pagination.pages import CursorPage, Page

BATCH: Final = 500
"""The number of records held in memory at a time, however long the trail is."""

_LONGEST: Final = {"object_id": 32, "actor_id": 32, "event": 64, "chain": 16}
"""Column lengths. No valid value is as long, so longer search texts can be cut."""


@dataclass(frozen=True)
class AuditFilter:
    """Filters audit records; all given conditions must hold.

    `since` is inclusive, `until` is exclusive.
    """

    object_id: str | None = None
    actor_id: str | None = None
    event: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    account_id: str | None = None

    def condition(self) -> Q:
        """Return the filter as a query condition."""
        named = {
            "object_id": self.object_id,
            "actor_id": self.actor_id,
            "event": self.event,
            "chain": self.account_id,
        }
        wanted = {
            column: normalize_search(text)[: _LONGEST[column]]
            for column, text in named.items()
            if text
        }
        condition = Q(**wanted) if wanted else Q()
        if self.since is not None:
            condition &= Q(at__gte=self.since)
        if self.until is not None:
            condition &= Q(at__lt=self.until)
        return condition


EVERYTHING: Final = AuditFilter()


class AuditTrail:
    """Reads the records of the actor's account, or of every account for Operations."""

    def __init__(self, key_ring: KeyRing) -> None:
        self._key_ring = key_ring
        self._seals = AuditSeals(key_ring)

    async def get(self, actor: Actor, record_id: str) -> AuditRecordView:
        """Return one record. Raise `NotFound` if the actor cannot see it."""
        actor.must_read_account()
        named = AuditRecord.get_or_none(_visible_to(actor), id=record_id)
        record = await named if IdKind.AUDIT_RECORD.matches(record_id) else None
        if record is None:
            raise NotFound(Message("There is no audit record %(id)s.", id=record_id[:40]))
        return audit_record_view(record)

    async def named(self, actor: Actor, record_ids: Iterable[str]) -> dict[str, AuditRecordView]:
        """Return the records that the actor may see among these ids, by id."""
        actor.must_read_account()
        known = [each for each in record_ids if IdKind.AUDIT_RECORD.matches(each)]
        return {
            row.id: audit_record_view(row)
            for row in await AuditRecord.filter(_visible_to(actor), id__in=known)
        }

    async def page(
        self, actor: Actor, *, number: int, size: int, wanted: AuditFilter = EVERYTHING
    ) -> Page[AuditRecordView]:
        """Return a numbered page in one query, newest first. Past the end, return the last page."""
        rows = self._found(actor, wanted)

        async def fetch(page: QuerySet[AuditRecord]) -> tuple[list[AuditRecordView], int]:
            found = await page.annotate(total=Subquery(rows.count()))
            return [audit_record_view(record) for record in found], total_from_models(found)

        ordered = rows.order_by(*NEWEST_FIRST.order())
        return await numbered_page(ordered, fetch, number=number, size=size, count=rows.count)

    async def cursor_page(
        self,
        actor: Actor,
        *,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
        wanted: AuditFilter = EVERYTHING,
    ) -> CursorPage[AuditRecordView]:
        """Return a page between cursors, newest first."""
        rows = self._found(actor, wanted)
        total = await rows.count()
        return await NEWEST_FIRST.cursor_page(
            rows,
            _views,
            cursors=self._cursors(actor),
            total=total,
            first=first,
            after=after,
            last=last,
            before=before,
        )

    async def cursor_pages(
        self, actor: Actor, object_ids: Iterable[str], cursor_args: CursorArgs
    ) -> dict[str, CursorPage[AuditRecordView]]:
        """Return the same cursor page for each of many objects, in three queries."""
        actor.must_read_account()
        cursors, chosen = self._cursors(actor), list(dict.fromkeys(object_ids))
        chain = None if actor.sees_every_account else actor.account_id
        return await cursor_pages(chosen, chain, cursor_args, cursors, audit_record_view)

    async def export(
        self, actor: Actor, wanted: AuditFilter = EVERYTHING
    ) -> AsyncIterator[AuditRecordView]:
        """Yield all matching records, by chain and oldest first, read in batches."""
        async for record in _in_batches(self._found(actor, wanted)):
            yield audit_record_view(record)

    async def verify(self, actor: Actor, *, account_id: str | None = None) -> list[str]:
        """Return the first broken place of each chain; an empty list if all are intact.

        `account_id` verifies that account's chain only.
        """
        actor.require_operations()
        chains = [account_id] if account_id else await _all_chains()
        found = [await self.verify_chain(chain) for chain in chains]
        return [place for place in found if place is not None]

    async def verify_chain(self, chain: str) -> str | None:
        """Return None if the chain is intact, else the id of the first broken record.

        Where records are missing, return the last proved position instead. The head is read before
        and after the records, because the chain may grow meanwhile.
        """
        head = await _head(chain)
        previous_hash, position, proved = "", 0, 0
        async for record in _in_batches(AuditRecord.filter(chain=chain)):
            position += 1
            linked = (record.position, record.previous_hash) == (position, previous_hash)
            ends_well = record.hash == head.hash or position != head.position
            sealed = position < head.sealed_from or self._seals.fits_record(record)
            if not (linked and ends_well and sealed) or record.hash != record_hash(record):
                return record.id
            previous_hash = record.hash
            if self._seals.proves_record(record):
                proved = position
        last = await _head(chain)
        if position < head.position or last.position < position:
            return _after(chain, min(position, head.position))
        whole = self._seals.proves_head(head) and self._seals.proves_head(last)
        return None if whole else _after(chain, proved)

    def _cursors(self, actor: Actor) -> ListCursors:
        return cursors_of(self._key_ring, "audit", actor)

    def _found(self, actor: Actor, wanted: AuditFilter) -> QuerySet[AuditRecord]:
        actor.must_read_account()
        return AuditRecord.filter(_visible_to(actor), wanted.condition())


def _visible_to(actor: Actor) -> Q:
    return Q() if actor.sees_every_account else Q(chain=actor.account_id)


async def _in_batches(records: QuerySet[AuditRecord]) -> AsyncIterator[AuditRecord]:
    """Yield records by chain and position; each batch starts where the last one ended."""
    beyond = Q()
    while batch := await records.filter(beyond).order_by("chain", "position").limit(BATCH):
        for record in batch:
            yield record
        last = batch[-1]
        beyond = Q(chain=last.chain, position__gt=last.position) | Q(chain__gt=last.chain)


def _after(chain: str, position: int) -> str:
    return f"{chain} after position {position}"


async def _head(chain: str) -> ChainHead:
    return await ChainHead.get_or_none(chain=chain) or ChainHead(chain=chain)


async def _all_chains() -> list[str]:
    """Return every chain that should exist, so that a removed head or trail is noticed."""
    accounts = await Account.all().values_list("id", flat=True)
    headed = await ChainHead.all().values_list("chain", flat=True)
    recorded = await AuditRecord.all().distinct().values_list("chain", flat=True)
    return sorted({str(chain) for chain in [*accounts, *headed, *recorded]})


async def _views(records: list[AuditRecord]) -> list[AuditRecordView]:
    return [audit_record_view(record) for record in records]


def audit_record_view(record: AuditRecord) -> AuditRecordView:
    """Return the view of an audit record."""
    return AuditRecordView(
        id=record.id,
        at=record.at,
        event=record.event,
        summary=summary(record.event),
        actor=ActorView(record.actor_id, record.actor_name, ActorKind(record.actor_kind)),
        object_id=record.object_id,
        object_name=record.object_name,
        before=record.before,
        after=record.after,
        address=record.address,
        user_agent=record.user_agent,
        account_id=record.chain,
        position=record.position,
        previous_hash=record.previous_hash,
        hash=record.hash,
    )
