"""How tokens are used: counted in memory, written behind in batches, told by hours and days."""

import asyncio
import math
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

from tortoise.expressions import RawSQL
from tortoise.functions import Sum

from server.domain.actor import Actor, Origin
from server.domain.errors import Invalid
from server.domain.verdict import Grant, Outcome
from server.models.usage import ModuleRequest, UsageCaller, UsageCount
from server.services import usage_tables
from server.services.clock import Clock
from server.services.token_infos import find_token, token_info
from server.services.token_secrets import TokenSecrets
from server.services.usage_answers import (
    REFUSALS,
    CallerInfo,
    ModuleUse,
    UsagePoint,
    UsageStep,
)
from server.services.usage_counter import (
    HOUR_SECONDS,
    Call,
    Ledger,
    UsageCounter,
    hour_of,
    start_of,
)
from server.services.usage_tables import DAY_HOURS

WRITE_EVERY_SECONDS: Final = 2
WRITTEN_AT_ONCE: Final = 1_000
"""So many counters are emptied into one batch: transactions stay short, and so do the pauses."""

HOURS_KEPT: Final = timedelta(days=90)
MOST_POINTS: Final = 400
AN_INSTANT: Final = timedelta(microseconds=1)


class Usage:
    """Counts and tells the uses of tokens. A crash loses at most two seconds of them."""

    def __init__(self, secrets: TokenSecrets, clock: Clock) -> None:
        self._secrets = secrets
        self._clock = clock
        self._ledger = Ledger()
        self._unwritten = self._ledger.take()
        self._turn = asyncio.Lock()
        self._rolled_up_to = 0

    def counter(self, token_id: str, secret_id: int, *, used_before: bool) -> UsageCounter:
        """A counter of the calls accepted with one secret, to be held beside the facts about it."""
        return UsageCounter(self._ledger, token_id, secret_id, used_before)

    def ask(self, token_id: str, module_ids: Collection[str], now: datetime) -> None:
        """Note that a service asked for these modules, all of which the token is granted."""
        self._ledger.batch.asked(token_id, module_ids, now)

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
        """Note calls with a right secret, however they ended, and the modules they asked for."""
        now = now or self._clock()
        batch, token_id = self._ledger.batch, grant.token_id
        batch.add(token_id, hour_of(now), outcome, calls)
        batch.saw(token_id, outcome, Call(now, origin.address, origin.user_agent))
        if outcome is Outcome.VALID:
            batch.accessed(token_id, grant.secret_id, now)
            if not grant.used_before:
                self._ledger.first_use(token_id)
        if outcome is Outcome.ROTATED:
            batch.rotated_out[grant.secret_id] = (grant, origin)
        self.ask(token_id, [each for each in module_ids if each in grant.module_ids], now)

    async def due(self) -> None:
        """Wait until it is time to write: two seconds, or less for a first use."""
        try:
            await asyncio.wait_for(self._ledger.urgent.wait(), WRITE_EVERY_SECONDS)
        except TimeoutError:
            pass

    async def write(self) -> None:
        """Write what was counted; where that fails it is kept for the next time."""
        async with self._turn:
            self._ledger.urgent.clear()
            await self._write_batch()
            self._unwritten = self._ledger.take()
            waiting = self._ledger.waiting
            due = len(waiting)
            while due:
                emptied = min(due, WRITTEN_AT_ONCE)
                for _ in range(emptied):
                    waiting.popleft().empty_into(self._unwritten)
                due -= emptied
                await self._write_batch()
            await self._write_batch()

    async def _write_batch(self) -> None:
        batch = self._unwritten
        await usage_tables.write(batch)
        for secret_id, (grant, origin) in list(batch.rotated_out.items()):
            await self._secrets.note_refused(grant, origin)
            del batch.rotated_out[secret_id]

    async def roll_up(self) -> None:
        """Roll the hours of more than 90 days ago up to days; asks the database once a day."""
        before = hour_of(self._clock() - HOURS_KEPT) // DAY_HOURS * DAY_HOURS
        if before != self._rolled_up_to:
            await usage_tables.roll_up(before)
            self._rolled_up_to = before

    async def of_token(
        self,
        actor: Actor,
        token_id: str,
        since: datetime | None = None,
        until: datetime | None = None,
        step: UsageStep = UsageStep.DAY,
    ) -> list[UsagePoint]:
        """A point for each hour or day (UTC) that `since` to before `until` touches, in order.

        Unsaid, it is until now, and of 24 hours or 30 days; never more than 400 points. After
        90 days a day's calls all stand in its first hour.
        """
        actor.must_be_known()
        token = await find_token(actor, token_id)
        hours = _hours_between(since, until or self._clock() + AN_INSTANT, step)
        counted = UsageCount.filter(token_id=token.id, hour__gte=hours.start, hour__lt=hours.stop)
        start = RawSQL(f"hour / {step.hours} * {step.hours}")
        summed = counted.annotate(start=start, total=Sum("calls")).group_by("start", "outcome")
        found = {
            (row["start"], row["outcome"]): int(row["total"])
            for row in await summed.values("start", "outcome", "total")
        }
        return [
            UsagePoint(
                start_of(hour),
                found.get((hour, Outcome.VALID.value), 0),
                {outcome: found.get((hour, outcome.value), 0) for outcome in REFUSALS},
            )
            for hour in hours
        ]

    async def callers(self, actor: Actor, token_id: str) -> list[CallerInfo]:
        """The last call of each outcome that there was, the latest first."""
        actor.must_be_known()
        token = await find_token(actor, token_id)
        rows = await UsageCaller.filter(token_id=token.id).order_by("-at", "outcome")
        return [
            CallerInfo(Outcome(row.outcome), row.at, row.address, row.user_agent) for row in rows
        ]

    async def modules(self, actor: Actor, token_id: str) -> list[ModuleUse]:
        """When each module granted was last asked for, by name; those withdrawn stand last."""
        actor.must_be_known()
        token = await find_token(actor, token_id)
        info = await token_info(token, self._clock())
        asked = {row.module_id: row.asked_at for row in await ModuleRequest.filter(token=token)}
        return [
            ModuleUse(module, withdrawn, asked.get(module.id))
            for withdrawn, modules in ((False, info.modules), (True, info.withdrawn_modules))
            for module in modules
        ]


def _hours_between(since: datetime | None, until: datetime, step: UsageStep) -> range:
    """The first hours of the steps."""
    last = math.ceil(until.timestamp() / HOUR_SECONDS) - 1
    usual = last - (step.usual_points - 1) * step.hours
    first = max(usual if since is None else hour_of(since), 0) // step.hours * step.hours
    hours = range(first, last + 1, step.hours)
    if not hours or (since is not None and since >= until):
        raise Invalid.one("from", "The time must end after it starts, and after 1970.")
    if len(hours) > MOST_POINTS:
        raise Invalid.one(
            "from", f"This makes {len(hours):,} points; ask for {MOST_POINTS} at most."
        )
    return hours
