"""The throttle: a moving span, counted by who, forgotten when over."""

from datetime import timedelta

from server.services.rate_limits.limiter import RateLimit, RateLimiter
from server.services.rate_limits.rate_limit import RateLimitResult
from tests.support.clock import TurnableClock

LIMIT = RateLimit(3, timedelta(minutes=15))
POINTS = RateLimit(100, timedelta(minutes=1))


async def granted(throttle: RateLimiter, limit: RateLimit, *who: str) -> bool:
    return (await throttle.hit(limit, *who)).granted


async def test_the_span_moves(clock: TurnableClock) -> None:
    throttle = RateLimiter(clock)
    hits = []
    for _ in range(40):
        hits.append(await granted(throttle, LIMIT, "ada"))
        clock.advance(timedelta(minutes=1))
    assert hits == [minute % 15 < 3 for minute in range(40)]


async def test_each_is_counted_apart(clock: TurnableClock) -> None:
    throttle = RateLimiter(clock)
    hits = [await granted(throttle, LIMIT, "ada", "here") for _ in range(4)]
    assert hits == [True, True, True, False]
    assert await granted(throttle, LIMIT, "ada")
    assert await granted(throttle, LIMIT, "ada", "there")
    assert await granted(throttle, RateLimit(3, timedelta(minutes=1)), "ada", "here")
    await throttle.forget(LIMIT, "ada", "here")
    await throttle.forget(LIMIT, "never seen")
    assert await granted(throttle, LIMIT, "ada", "here")


async def test_points_are_taken_all_or_none_and_come_back_as_they_went(
    clock: TurnableClock,
) -> None:
    throttle = RateLimiter(clock)
    seconds = timedelta(seconds=1)
    first = await throttle.hit(POINTS, "ada", points=40)
    assert first == RateLimitResult(True, POINTS, 60, 60 * seconds)
    clock.advance(20 * seconds)
    assert await throttle.hit(POINTS, "ada", points=60) == RateLimitResult(
        True, POINTS, 0, 40 * seconds
    )
    assert await throttle.hit(POINTS, "ada", points=1) == RateLimitResult(
        False, POINTS, 0, 40 * seconds
    )
    assert await throttle.hit(POINTS, "ada", points=41) == RateLimitResult(
        False, POINTS, 0, 60 * seconds
    )
    clock.advance(39 * seconds)
    assert await throttle.hit(POINTS, "ada", points=1) == RateLimitResult(
        False, POINTS, 0, 1 * seconds
    )
    clock.advance(1 * seconds)
    assert await throttle.hit(POINTS, "ada", points=41) == RateLimitResult(
        False, POINTS, 40, 20 * seconds
    )
    assert await throttle.hit(POINTS, "ada", points=40) == RateLimitResult(
        True, POINTS, 0, 20 * seconds
    )


async def test_more_than_there_ever_is_is_not_granted(clock: TurnableClock) -> None:
    throttle = RateLimiter(clock)
    refused = await throttle.hit(POINTS, "ada", points=101)
    assert refused == RateLimitResult(False, POINTS, 100, timedelta(minutes=1))
    assert (await throttle.hit(POINTS, "ada", points=100)).granted


async def test_what_is_over_takes_no_memory(clock: TurnableClock) -> None:
    throttle = RateLimiter(clock)
    for n in range(1_000):
        await throttle.hit(LIMIT, str(n))
    clock.advance(timedelta(minutes=15))
    await throttle.hit(LIMIT, "ada")
    assert len(throttle._own) == 1
