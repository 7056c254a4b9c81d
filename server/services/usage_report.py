"""What was counted of the use of tokens, read for many of them at once. Who may ask is known."""

import math
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from tortoise.expressions import RawSQL
from tortoise.functions import Sum

from server.domain.errors import Invalid
from server.domain.verdict import Outcome
from server.models.usage import ModuleRequest, UsageCaller, UsageCount
from server.services.answers import TokenInfo
from server.services.usage_answers import (
    REFUSALS,
    CallerInfo,
    ModuleUse,
    UsagePoint,
    UsageStep,
)
from server.services.usage_counter import HOUR_SECONDS, hour_of, start_of

MOST_POINTS: Final = 400
AN_INSTANT: Final = timedelta(microseconds=1)


def hours_between(
    since: datetime | None, until: datetime | None, step: UsageStep, now: datetime
) -> range:
    """The first hours of the steps from `since` to before `until`; `Invalid` for too many."""
    until = until or now + AN_INSTANT
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


async def points_of(token_ids: Sequence[str], hours: range) -> dict[str, list[UsagePoint]]:
    """A point for each of the hours, which are so far apart as a point is long, in order."""
    counted = UsageCount.filter(token_id__in=token_ids, hour__gte=hours.start, hour__lt=hours.stop)
    start = RawSQL(f"hour / {hours.step} * {hours.step}")
    summed = counted.annotate(start=start, total=Sum("calls"))
    rows = await summed.group_by("token_id", "start", "outcome").values_list(
        "token_id", "start", "outcome", "total"
    )
    found = {(token_id, hour, outcome): int(total) for token_id, hour, outcome, total in rows}
    return {token_id: [_point(found, token_id, hour) for hour in hours] for token_id in token_ids}


async def callers_of(token_ids: Sequence[str]) -> dict[str, list[CallerInfo]]:
    """The last call of each outcome that there was, the latest first."""
    found: dict[str, list[CallerInfo]] = {token_id: [] for token_id in token_ids}
    for row in await UsageCaller.filter(token_id__in=token_ids).order_by("-at", "outcome"):
        caller = CallerInfo(Outcome(row.outcome), row.at, row.address, row.user_agent)
        found[row.token_id].append(caller)
    return found


async def module_uses_of(tokens: Sequence[TokenInfo]) -> dict[str, list[ModuleUse]]:
    """When each module granted was last asked for, by name; those withdrawn stand last."""
    asked: dict[str, dict[str, datetime]] = defaultdict(dict)
    for row in await ModuleRequest.filter(token_id__in=[token.id for token in tokens]):
        asked[row.token_id][row.module_id] = row.asked_at
    return {
        token.id: [
            ModuleUse(module, withdrawn, asked[token.id].get(module.id))
            for withdrawn, modules in ((False, token.modules), (True, token.withdrawn_modules))
            for module in modules
        ]
        for token in tokens
    }


def _point(found: dict[tuple[str, int, str], int], token_id: str, hour: int) -> UsagePoint:
    return UsagePoint(
        start_of(hour),
        found.get((token_id, hour, Outcome.VALID.value), 0),
        {outcome: found.get((token_id, hour, outcome.value), 0) for outcome in REFUSALS},
    )
