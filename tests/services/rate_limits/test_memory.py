"""What callers can make the throttle remember is bounded, whoever they say they are."""

import tracemalloc
from datetime import timedelta

import pytest

from server.domain.actor import Origin
from server.domain.errors import TooMany
from server.services.crypto.key_ring import KeyRing
from server.services.rate_limits import memory
from server.services.rate_limits.limiter import RateLimit, RateLimiter
from server.services.sign_in.attempts import SignInLimits
from server.services.sign_in.known_devices import KnownDevices
from tests.support.clock import TurnableClock
from tests.support.databases import KEYS

LIMIT = RateLimit(3, timedelta(minutes=15))
REFUSED = 20_000
MOST_BYTES = 256 * 1024


@pytest.mark.parametrize("host", ["203.0.113.7", "2001:db8::{:x}:{:x}"])
async def test_refused_attempts_take_no_memory(clock: TurnableClock, host: str) -> None:
    throttle = RateLimiter(clock)
    limits = SignInLimits(throttle, KnownDevices(KeyRing(KEYS), clock))
    for n in range(100):
        async with limits.attempt(f"p{n}@client.example", _at(host, n), "") as attempt:
            attempt.failed = True
    kept = len(throttle._own)
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        for n in range(REFUSED):
            with pytest.raises(TooMany):
                async with limits.attempt(f"q{n}@x.example", _at(host, n + 200), ""):
                    pass
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert after - before < MOST_BYTES
    assert len(throttle._own) == kept


async def test_a_refused_wish_is_not_remembered(clock: TurnableClock) -> None:
    throttle = RateLimiter(clock)
    assert not (await throttle.hit(LIMIT, "ada", points=4)).granted
    assert len(throttle._own) == 0


async def test_long_keys_take_no_more_than_short_ones(clock: TurnableClock) -> None:
    throttle = RateLimiter(clock)
    await throttle.hit(LIMIT, "x" * 1_000_000, "\ud800")
    [callers] = throttle._own._counted.values()
    assert [len(key) for key in callers] == [16]


async def test_beyond_the_most_the_oldest_is_forgotten_and_nobody_is_refused(
    clock: TurnableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "MOST_KEYS", 10)
    throttle = RateLimiter(clock)
    for n in range(12):
        for _ in range(3):
            assert (await throttle.hit(LIMIT, str(n))).granted
    assert len(throttle._own) == 10
    assert [(await throttle.hit(LIMIT, str(n))).granted for n in (2, 11)] == [False, False]
    assert (await throttle.hit(LIMIT, "0")).granted
    assert (await throttle.hit(RateLimit(1, LIMIT.within), "0")).granted
    assert len(throttle._own) == 11


async def test_many_points_of_one_caller_take_little(clock: TurnableClock) -> None:
    throttle, limit = RateLimiter(clock), RateLimit(5_000, timedelta(minutes=1))
    for _ in range(5_000):
        assert (await throttle.hit(limit, "ada")).granted
        clock.advance(timedelta(milliseconds=10))
    [callers] = throttle._own._counted.values()
    [counted] = callers.values()
    assert len(counted.lots) <= 121
    assert not (await throttle.hit(limit, "ada")).granted
    clock.advance(timedelta(minutes=1))
    assert (await throttle.hit(limit, "ada", points=5_000)).granted


async def test_what_is_given_back_was_never_taken(clock: TurnableClock) -> None:
    throttle = RateLimiter(clock)
    for _ in range(10):
        assert (await throttle.hit(LIMIT, "ada")).granted
        await throttle.give_back(LIMIT, "ada")
    assert len(throttle._own) == 0
    await throttle.hit(LIMIT, "ada", points=3)
    await throttle.give_back(LIMIT, "ada")
    assert (await throttle.hit(LIMIT, "ada")).remaining == 0
    await throttle.give_back(LIMIT, "nobody")


def _at(host: str, n: int) -> Origin:
    """The same address each time, or another of the same /64."""
    return Origin(host.format(n // 256, n % 256))
