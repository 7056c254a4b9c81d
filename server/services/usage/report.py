"""Reads the usage of many tokens at once. The caller has checked permission."""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from tortoise.backends.base.client import BaseDBAsyncClient

from server.domain.errors import Invalid
from server.domain.i18n.messages import Message
from server.domain.verification.verdict import Outcome
from server.models.usage import UsageCount
from server.services.tokens.views import TokenView
from server.services.usage.counters import HOUR_SECONDS, hour_of, start_of
from server.services.usage.views import (
    REFUSALS,
    CallerView,
    ModuleUse,
    TokenUsage,
    UsagePoint,
    UsageStep,
)

MOST_POINTS: Final = 400
AN_INSTANT: Final = timedelta(microseconds=1)

_CALLS: Final = """
    SELECT 'calls' AS kind, token_id, outcome AS name, hour / {step} * {step} AS hour,
        SUM(calls) AS calls, NULL AS at, NULL AS address, NULL AS agent
    FROM usage_counts WHERE token_id {{among}} AND hour >= {start} AND hour < {stop}
    GROUP BY token_id, outcome, hour / {step} * {step}"""
_CALLERS: Final = """
    SELECT 'caller' AS kind, token_id, outcome AS name, NULL AS hour, NULL AS calls,
        at, address, user_agent AS agent
    FROM usage_callers WHERE token_id {among}"""
_REQUESTS: Final = """
    SELECT 'request' AS kind, token_id, module_id AS name, NULL AS hour, NULL AS calls,
        asked_at AS at, NULL AS address, NULL AS agent
    FROM module_requests WHERE token_id {among}"""


class _Row(NamedTuple):
    """A row of any of these queries, which run alone or combined in one statement."""

    kind: str
    token_id: str
    name: str
    hour: int
    calls: int
    at: datetime | str
    address: str
    agent: str

    @property
    def moment(self) -> datetime:
        """The time as a datetime: SQLite stores it as text."""
        return datetime.fromisoformat(self.at) if isinstance(self.at, str) else self.at


def hours_between(
    since: datetime | None, until: datetime | None, step: UsageStep, now: datetime
) -> range:
    """Return the first hour of each step from `since` to before `until`.

    Raise `Invalid` if the period is empty or has too many steps.
    """
    until = until or now + AN_INSTANT
    last = math.ceil(until.timestamp() / HOUR_SECONDS) - 1
    usual = last - (step.usual_points - 1) * step.hours
    first = max(usual if since is None else hour_of(since), 0) // step.hours * step.hours
    hours = range(first, last + 1, step.hours)
    if not hours or (since is not None and since >= until):
        raise Invalid.one("from", Message("The time must end after it starts, and after 1970."))
    if len(hours) > MOST_POINTS:
        raise Invalid.one(
            "from",
            Message(
                "This makes %(count)s points; ask for %(most)s at most.",
                count=len(hours),
                most=MOST_POINTS,
            ),
        )
    return hours


async def usage_of(token: TokenView, hours: range) -> TokenUsage:
    """Return one token's usage, in one query."""
    rows = await _read([token.id], _calls_in(hours), _CALLERS, _REQUESTS)
    of_kind: dict[str, list[_Row]] = defaultdict(list)
    for row in rows:
        of_kind[row.kind].append(row)
    return TokenUsage(
        _points(of_kind["calls"], [token.id], hours)[token.id],
        _callers(of_kind["caller"], [token.id])[token.id],
        _module_uses(of_kind["request"], [token])[token.id],
    )


async def points_of(token_ids: Sequence[str], hours: range) -> dict[str, list[UsagePoint]]:
    """Return each token's points in order: one per step of the range."""
    return _points(await _read(token_ids, _calls_in(hours)), token_ids, hours)


async def callers_of(token_ids: Sequence[str]) -> dict[str, list[CallerView]]:
    """Return each token's last call of each outcome, latest first."""
    return _callers(await _read(token_ids, _CALLERS), token_ids)


async def module_uses_of(tokens: Sequence[TokenView]) -> dict[str, list[ModuleUse]]:
    """Return when each granted module was last asked for, by name; withdrawn modules last."""
    return _module_uses(await _read([token.id for token in tokens], _REQUESTS), tokens)


def _calls_in(hours: range) -> str:
    return _CALLS.format(step=hours.step, start=hours.start, stop=hours.stop)


async def _read(token_ids: Sequence[str], *parts: str) -> list[_Row]:
    client: BaseDBAsyncClient = UsageCount._meta.db
    values: list[Any] = list(token_ids)
    if client.capabilities.dialect == "postgres":
        among, values = "= ANY($1)", [values]
    else:
        among = f"IN ({', '.join(f'?{number + 1}' for number in range(len(values)))})"
    statement = " UNION ALL ".join(part.format(among=among) for part in parts)
    _, rows = await client.execute_query(statement, values)
    return [_Row(*row) for row in rows]


def _points(
    rows: Iterable[_Row], token_ids: Sequence[str], hours: range
) -> dict[str, list[UsagePoint]]:
    found = {(row.token_id, row.hour, row.name): int(row.calls) for row in rows}
    return {token_id: [_point(found, token_id, hour) for hour in hours] for token_id in token_ids}


def _callers(rows: Iterable[_Row], token_ids: Sequence[str]) -> dict[str, list[CallerView]]:
    found: dict[str, list[CallerView]] = {token_id: [] for token_id in token_ids}
    by_name = sorted(rows, key=lambda row: row.name)
    for row in sorted(by_name, key=lambda row: row.moment, reverse=True):
        caller = CallerView(Outcome(row.name), row.moment, row.address, row.agent)
        found[row.token_id].append(caller)
    return found


def _module_uses(rows: Iterable[_Row], tokens: Sequence[TokenView]) -> dict[str, list[ModuleUse]]:
    asked: dict[str, dict[str, datetime]] = defaultdict(dict)
    for row in rows:
        asked[row.token_id][row.name] = row.moment
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
