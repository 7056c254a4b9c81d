"""Records the usage of tokens: counted in memory, written behind in batches, then reported."""

import asyncio
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

from server.domain.actor import Actor, Origin
from server.domain.verification.verdict import Grant, Outcome
from server.services.clock import Clock
from server.services.tokens.reader import resolve_token
from server.services.tokens.secrets import TokenSecrets
from server.services.tokens.views import TokenView
from server.services.usage import store
from server.services.usage.counters import Call, LastCall, UsageBuffer, UsageCounter, hour_of
from server.services.usage.report import hours_between, usage_of
from server.services.usage.store import DAY_HOURS
from server.services.usage.views import TokenUsage, UsageStep

WRITE_EVERY_SECONDS: Final = 2
WRITTEN_AT_ONCE: Final = 1_000
"""Counters emptied into one batch. It keeps transactions and pauses short."""

MOST_LATEST: Final = 1_000
"""Secrets whose last call is written at a time.

If more are in use, the rest wait for the next write: their last access lags by some seconds, but
the load on the database is bounded.
"""

HOURS_KEPT: Final = timedelta(days=90)


class UsageRecorder:
    """Counts and reports the usage of tokens. A crash loses at most two seconds of it."""

    def __init__(self, secrets: TokenSecrets, clock: Clock) -> None:
        self._secrets = secrets
        self._clock = clock
        self._buffer = UsageBuffer()
        self._unwritten = self._buffer.take()
        self._turn = asyncio.Lock()
        self._rolled_up_to = 0

    def counter(self, token_id: str, secret_id: int, *, used_before: bool) -> UsageCounter:
        """Return a counter for accepted calls with one secret, to be kept with its cached facts."""
        return UsageCounter(self._buffer, token_id, secret_id, used_before)

    def ask(self, token_id: str, module_ids: Collection[str], now: datetime) -> None:
        """Record that a service asked for these modules, all of which are granted to the token."""
        self._buffer.batch.asked(token_id, module_ids, now)

    def note(
        self,
        grant: Grant,
        outcome: Outcome,
        module_ids: Collection[str],
        origin: Origin,
        now: datetime | None = None,
        *,
        calls: int = 1,
    ) -> None:
        """Record calls with a right secret, whatever their outcome, and the modules asked for."""
        now = now or self._clock()
        batch, token_id = self._buffer.batch, grant.token_id
        hour, _ = self._buffer.hour(now)
        batch.add(token_id, hour, outcome, calls)
        call = Call(now, origin.address, origin.user_agent)
        if outcome is not Outcome.VALID:
            batch.saw(token_id, outcome, call)
        elif grant.used_before:
            self._buffer.last_call(grant.secret_id, LastCall(token_id, call))
        else:
            batch.used(token_id, grant.secret_id, call)
            self._buffer.first_use(token_id)
        if outcome is Outcome.ROTATED:
            batch.rotated_out[grant.secret_id] = (grant, origin)
        self.ask(token_id, [each for each in module_ids if each in grant.module_ids], now)

    @property
    def waiting(self) -> int:
        """The number of counts still to be written: one for each token in use, and a few more."""
        buffer = self._buffer
        return len(buffer.waiting) + len(buffer.batch) + len(self._unwritten)

    async def due(self) -> None:
        """Wait until the next write is due: two seconds, or less after a first use."""
        try:
            async with asyncio.timeout(WRITE_EVERY_SECONDS):
                await self._buffer.urgent.wait()
        except TimeoutError:
            pass

    async def write(self, *, all_latest: bool = False) -> None:
        """Write what was counted. What fails to be written is kept for the next time.

        All numbers are written. Last calls cost most, so only those of the 1,000 secrets that have
        waited longest are written, unless `all_latest`.
        """
        async with self._turn:
            buffer = self._buffer
            buffer.urgent.clear()
            await self._write_batch()
            self._unwritten = buffer.take()
            due = len(buffer.waiting)
            while due:
                emptied = min(due, WRITTEN_AT_ONCE)
                buffer.take_counters(emptied, self._unwritten)
                due -= emptied
                await self._write_batch()
            await self._write_batch()
            left = len(buffer.latest) if all_latest else min(len(buffer.latest), MOST_LATEST)
            while left > 0:
                buffer.take_latest(min(left, WRITTEN_AT_ONCE), self._unwritten)
                left -= WRITTEN_AT_ONCE
                await self._write_batch()

    async def _write_batch(self) -> None:
        batch = self._unwritten
        await store.write(batch)
        for secret_id, (grant, origin) in list(batch.rotated_out.items()):
            await self._secrets.note_refused(grant, origin)
            del batch.rotated_out[secret_id]

    async def roll_up(self) -> None:
        """Roll hours older than 90 days up to days. It queries the database once a day."""
        before = hour_of(self._clock() - HOURS_KEPT) // DAY_HOURS * DAY_HOURS
        if before != self._rolled_up_to:
            await store.roll_up(before)
            self._rolled_up_to = before

    async def for_token(
        self,
        actor: Actor,
        token: TokenView | str,
        since: datetime | None = None,
        until: datetime | None = None,
        step: UsageStep = UsageStep.DAY,
    ) -> TokenUsage:
        """Return a token's usage, in one query (two if given an id).

        There is one point for each hour or day (UTC) from `since` to before `until`, at most 400.
        By default it covers the last 24 hours or 30 days. Older than 90 days, a day's calls are all
        in its first hour.
        """
        actor.must_read_account()
        now = self._clock()
        token = await resolve_token(actor, token, now)
        return await usage_of(token, hours_between(since, until, step, now))
