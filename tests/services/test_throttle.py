"""The throttle: a moving span, counted by who, forgotten when over."""

from datetime import timedelta

from server.services.throttle import Limit, Throttle
from tests.clock import TurnableClock

LIMIT = Limit(3, timedelta(minutes=15))


def test_the_span_moves(clock: TurnableClock) -> None:
    throttle = Throttle(clock)
    hits = []
    for _ in range(40):
        hits.append(throttle.hit(LIMIT, "ada"))
        clock.advance(timedelta(minutes=1))
    assert hits == [minute % 15 < 3 for minute in range(40)]


def test_each_is_counted_apart(clock: TurnableClock) -> None:
    throttle = Throttle(clock)
    assert [throttle.hit(LIMIT, "ada", "here") for _ in range(4)] == [True, True, True, False]
    assert throttle.hit(LIMIT, "ada")
    assert throttle.hit(LIMIT, "ada", "there")
    assert throttle.hit(Limit(3, timedelta(minutes=1)), "ada", "here")
    throttle.forget(LIMIT, "ada", "here")
    throttle.forget(LIMIT, "never seen")
    assert throttle.hit(LIMIT, "ada", "here")


def test_what_is_over_takes_no_memory(clock: TurnableClock) -> None:
    throttle = Throttle(clock)
    for n in range(1_000):
        throttle.hit(LIMIT, str(n))
    clock.advance(timedelta(minutes=15))
    throttle.hit(LIMIT, "ada")
    assert len(throttle._counted) == 1
