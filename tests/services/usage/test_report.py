"""Usage as it is told: points, days in place of old hours, and who may read it."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from server.desk import Desk
from server.domain.actor import NOBODY
from server.domain.errors import Invalid, NotFound, SignInNeeded
from server.domain.verification.verdict import Grant, Outcome
from server.services.usage import store
from server.services.usage.counters import hour_of
from server.services.usage.views import UsagePoint, UsageStep, in_all
from tests.support.clock import TurnableClock
from tests.support.evidence import dump, run_sql
from tests.support.factories import made, text_of
from tests.support.world import ORIGIN, World

DAY = timedelta(days=1)


@pytest.fixture
async def grant(desk: Desk, world: World) -> Grant:
    """The facts about a token of the client."""
    minted = await made(desk, world.admin)
    found = (await desk.verifier.verify(text_of(minted))).grant
    assert found is not None
    return found


async def test_points_are_exact(
    desk: Desk, world: World, clock: TurnableClock, grant: Grant
) -> None:
    """The clock stands at 09:26 on 14 March 2030."""
    now = clock()
    for hours_ago, outcome, calls in (
        (0, Outcome.VALID, 3),
        (9, Outcome.VALID, 4),
        (9, Outcome.DISABLED, 2),
        (10, Outcome.VALID, 5),
        (23, Outcome.EXPIRED, 6),
        (24, Outcome.VALID, 7),
    ):
        at = now - timedelta(hours=hours_ago)
        desk.usage.note(grant, outcome, (), ORIGIN, at, calls=calls)
    await desk.usage.write()

    async def ask(
        since: datetime | None = None,
        until: datetime | None = None,
        step: UsageStep = UsageStep.DAY,
    ) -> Sequence[UsagePoint]:
        used = await desk.usage.for_token(world.viewer, grant.token_id, since, until, step)
        return used.points

    hours = await ask(step=UsageStep.HOUR)
    assert [point.start for point in (hours[0], hours[-1])] == [
        datetime(2030, 3, 13, 10, tzinfo=UTC),
        datetime(2030, 3, 14, 9, tzinfo=UTC),
    ]
    told = {23 - n: (p.accepted, p.all_refused) for n, p in enumerate(hours)}
    expected = {0: (3, 0), 9: (4, 2), 10: (5, 0), 23: (0, 6)}
    assert {ago: pair for ago, pair in told.items() if any(pair)} == expected
    assert len(hours) == 24
    days = await ask()
    assert len(days) == 30
    assert [(p.start.day, p.accepted, p.all_refused) for p in days[-2:]] == [
        (13, 12, 6),
        (14, 7, 2),
    ]
    assert in_all(days).refused == {
        Outcome.DISABLED: 2,
        Outcome.EXPIRED: 6,
        Outcome.ROTATED: 0,
        Outcome.INSUFFICIENT_SCOPE: 0,
    }
    # From a moment within a day to the very start of another: that one is not touched.
    midnight = datetime(2030, 3, 14, tzinfo=UTC)
    [only] = await ask(midnight - DAY / 2, midnight)
    assert (only.start, only.accepted) == (midnight - DAY, 12)


@pytest.mark.parametrize(
    ("since", "until", "step"),
    [
        (datetime(2030, 1, 2, tzinfo=UTC), datetime(2030, 1, 2, tzinfo=UTC), UsageStep.DAY),
        (datetime(2030, 1, 1, tzinfo=UTC), datetime(2030, 2, 1, tzinfo=UTC), UsageStep.HOUR),
        (datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC), UsageStep.DAY),
        (None, datetime(1, 1, 1, tzinfo=UTC), UsageStep.HOUR),
        (datetime(9999, 12, 31, tzinfo=UTC), None, UsageStep.DAY),
    ],
)
async def test_impossible_times_are_refused(
    desk: Desk,
    world: World,
    grant: Grant,
    since: datetime | None,
    until: datetime | None,
    step: UsageStep,
) -> None:
    with pytest.raises(Invalid):
        await desk.usage.for_token(world.admin, grant.token_id, since, until, step)


async def test_old_hours_become_days_and_keep_their_totals(
    desk: Desk, world: World, clock: TurnableClock, grant: Grant
) -> None:
    start = clock()
    for hour in range(72):
        at = start + timedelta(hours=hour)
        desk.usage.note(grant, Outcome.VALID, (), ORIGIN, at, calls=hour + 1)
        desk.usage.note(grant, Outcome.DISABLED, (), ORIGIN, at)
    await desk.usage.write()
    before = await desk.usage.for_token(world.admin, grant.token_id, start, start + 4 * DAY)
    assert in_all(before.points).accepted == 72 * 73 // 2

    async def rows() -> list[int]:
        hours = await run_sql(desk, "SELECT hour FROM usage_counts ORDER BY hour")
        return [row["hour"] for row in hours]

    unrolled = await dump(desk)
    await desk.usage.roll_up()
    assert await dump(desk) == unrolled
    first = hour_of(start) // 24 * 24
    clock.advance(92 * DAY)
    await desk.usage.roll_up()
    # 14 and 15 March are days now; 16 and 17 March are within the 90 days.
    assert (await rows())[:4] == [first, first, first + 24, first + 24]
    assert all(hour >= first + 48 for hour in (await rows())[4:])
    for _ in range(2):
        after = await desk.usage.for_token(world.admin, grant.token_id, start, start + 4 * DAY)
        assert after == before
        clock.advance(30 * DAY)
        await desk.usage.roll_up()
    assert await rows() == [first + 24 * day for day in range(4) for _ in range(2)]


async def test_rolling_up_asks_once_a_day(
    desk: Desk, clock: TurnableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    async def note(before: int) -> None:
        asked.append(before)

    monkeypatch.setattr(store, "roll_up", note)
    for _ in range(3):
        await desk.usage.roll_up()
    clock.advance(DAY)
    await desk.usage.roll_up()
    assert len(asked) == 2


async def test_who_may_read_it(desk: Desk, world: World, grant: Grant) -> None:
    desk.usage.note(grant, Outcome.VALID, ["MOD-1756"], ORIGIN, desk.clock())
    await desk.usage.write()
    ask, token = desk.usage.for_token, await desk.tokens.get(world.admin, grant.token_id)
    seen = await ask(world.admin, token.id)
    assert (len(seen.callers), [use.module.id for use in seen.modules]) == (1, ["MOD-1756"])
    for told in (token.id, token):
        for actor in (world.viewer, world.operations_admin):
            assert await ask(actor, told) == seen
        with pytest.raises(NotFound):
            await ask(world.other_admin, told)
        with pytest.raises(SignInNeeded):
            await ask(NOBODY, told)
    await desk.tokens.delete(world.admin, token.id)
    with pytest.raises(NotFound, match="was deleted"):
        await ask(world.admin, token.id)
