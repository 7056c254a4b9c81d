"""A throttle with Redis: shared by workers, and never an outage of its own."""

import asyncio
import logging
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from server.desk import Desk
from server.domain.actor import Origin
from server.domain.errors import SignInNeeded, TooMany
from server.services.crypto.passwords import Passwords
from server.services.rate_limits.limiter import RETRY_EVERY, RateLimit, RateLimiter
from server.settings import Settings
from tests.support.clock import TurnableClock
from tests.support.redis_server import RedisServer, find_redis, redis_server
from tests.support.world import World

LIMIT = RateLimit(3, timedelta(minutes=15))
POINTS = RateLimit(100, timedelta(hours=1))


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RedisServer]:
    program = find_redis()
    if program is None:
        pytest.skip("redis-server is not installed")
    with redis_server(program, tmp_path) as server:
        yield server


async def test_workers_count_together(clock: TurnableClock, redis: RedisServer) -> None:
    one, other = RateLimiter(clock, redis.url), RateLimiter(clock, redis.url)
    hits = [(await worker.hit(LIMIT, "ada")).granted for worker in (one, other, one, other)]
    assert hits == [True, True, True, False]
    assert (await other.hit(LIMIT, "bob")).granted
    await other.forget(LIMIT, "ada")
    assert (await one.hit(LIMIT, "ada")).granted
    for each in (one, other):
        await each.close()


async def test_points_are_taken_all_or_none(clock: TurnableClock, redis: RedisServer) -> None:
    throttle = RateLimiter(clock, redis.url)
    taken = await throttle.hit(POINTS, "ada", points=70)
    assert (taken.granted, taken.remaining) == (True, 30)
    refused = await throttle.hit(POINTS, "ada", points=31)
    assert (refused.granted, refused.remaining) == (False, 30)
    assert timedelta(0) < refused.retry_after <= POINTS.within
    taken = await throttle.hit(POINTS, "ada", points=30)
    assert (taken.granted, taken.remaining) == (True, 0)
    await throttle.close()


async def test_many_at_once_wait_for_each_other(
    clock: TurnableClock, redis: RedisServer, caplog: pytest.LogCaptureFixture
) -> None:
    throttle = RateLimiter(clock, redis.url)
    taken = await asyncio.gather(*(throttle.hit(POINTS, "ada") for _ in range(300)))
    assert sum(each.granted for each in taken) == POINTS.attempts
    assert caplog.text == ""
    await throttle.close()


async def test_nothing_there_tells_who_it_was(clock: TurnableClock, redis: RedisServer) -> None:
    throttle = RateLimiter(clock, redis.url)
    await throttle.hit(LIMIT, "ada@stark.example", "192.0.2.7")
    assert throttle._shared is not None
    keys = await throttle._shared._limiter.storage.bridge.get_connection().keys("*")  # type: ignore[attr-defined]
    assert len(keys) == 1
    assert b"ada" not in keys[0]
    assert b"192" not in keys[0]
    await throttle.close()


async def test_while_redis_is_away_each_worker_counts_by_itself(
    clock: TurnableClock, redis: RedisServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    throttle = RateLimiter(clock, redis.url)
    assert [(await throttle.hit(LIMIT, "ada")).granted for _ in range(3)] == [True] * 3
    redis.stop()
    hits = [(await throttle.hit(LIMIT, "ada")).granted for _ in range(5)]
    assert hits == [True, True, True, False, False]
    clock.advance(RETRY_EVERY)
    assert not (await throttle.hit(LIMIT, "ada")).granted
    assert caplog.text.count("Redis failed") == 1
    redis.start()
    assert not (await throttle.hit(LIMIT, "ada")).granted, "it is not asked again at once"
    clock.advance(RETRY_EVERY)
    assert [(await throttle.hit(LIMIT, "ada")).granted for _ in range(4)] == [True] * 3 + [False]
    assert caplog.text.count("Redis answers again") == 1
    assert "redis://" not in caplog.text
    await throttle.close()


async def test_a_redis_that_never_was_there_stops_nothing(
    clock: TurnableClock, tmp_path: Path
) -> None:
    throttle = RateLimiter(clock, "redis://127.0.0.1:1/0")
    assert [(await throttle.hit(LIMIT, "ada")).granted for _ in range(4)] == [True] * 3 + [False]
    await throttle.forget(LIMIT, "ada")
    assert (await throttle.hit(LIMIT, "ada")).granted
    await throttle.close()


async def test_two_workers_share_the_attempts_to_sign_in(
    world: World,
    settings: Settings,
    clock: TurnableClock,
    redis: RedisServer,
    quick_passwords: Passwords,
) -> None:
    shared = settings.model_copy(update={"redis_url": SecretStr(redis.url)})
    workers = [Desk.build(shared, clock, quick_passwords) for _ in range(2)]
    origin = Origin("192.0.2.7")
    try:
        for attempt in range(10):
            with pytest.raises(SignInNeeded):
                await workers[attempt % 2].sessions.sign_in(world.admin_email, "wrong", origin)
        for worker in workers:
            with pytest.raises(TooMany):
                await worker.sessions.sign_in(world.admin_email, world.password, origin)
    finally:
        for worker in workers:
            await worker.rate_limiter.close()
