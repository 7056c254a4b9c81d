"""Points a minute: of each token, each person, and each address of nobody."""

from dataclasses import replace
from datetime import timedelta

from server.domain.actor import NOBODY, Actor, ActorKind, Origin
from server.services.rate_limits.limiter import RateLimiter
from server.services.rate_limits.quotas import Quotas
from tests.support.clock import TurnableClock

ADA = Actor(ActorKind.USER, "USR-0000-0001", "Ada")
ROBOT = Actor(ActorKind.TOKEN, "TKN-0000-0001", "Robot")


def nobody(address: str) -> Actor:
    return replace(NOBODY, origin=Origin(address))


async def granted(limits: Quotas, actor: Actor, points: int) -> bool:
    allowance = await limits.take(actor, points)
    assert allowance is not None
    return allowance.granted


async def test_each_caller_has_points_of_its_own(clock: TurnableClock) -> None:
    limits = Quotas(RateLimiter(clock), 100)
    assert await granted(limits, ADA, 100)
    assert not await granted(limits, ADA, 1)
    assert not await granted(limits, replace(ADA, origin=Origin("192.0.2.9")), 1)
    assert await granted(limits, replace(ADA, id="USR-0000-0002"), 100)
    assert await granted(limits, ROBOT, 100)
    clock.advance(timedelta(minutes=1))
    assert await granted(limits, ADA, 100)


async def test_an_address_of_nobody_has_a_tenth(clock: TurnableClock) -> None:
    limits = Quotas(RateLimiter(clock), 95)
    assert not await granted(limits, nobody("192.0.2.1"), 11)
    assert await granted(limits, nobody("192.0.2.1"), 10)
    assert not await granted(limits, nobody("192.0.2.1"), 1)
    assert await granted(limits, nobody("192.0.2.2"), 10)
    assert await granted(limits, nobody(""), 10)


async def test_one_host_of_ipv6_is_one_caller_however_it_changes_its_address(
    clock: TurnableClock,
) -> None:
    limits = Quotas(RateLimiter(clock), 100)
    assert await granted(limits, nobody("2001:db8:0:1::1"), 10)
    assert not await granted(limits, nobody("2001:db8:0:1:ffff::2"), 1)
    assert await granted(limits, nobody("2001:db8:0:2::1"), 10)
    assert await granted(limits, nobody("::ffff:192.0.2.1"), 10)
    assert await granted(limits, nobody("::ffff:192.0.2.2"), 10)


async def test_nought_is_no_limit(clock: TurnableClock) -> None:
    limits = Quotas(RateLimiter(clock), 0)
    assert await limits.take(ADA, 1_000_000) is None
    assert await limits.take(nobody("192.0.2.1"), 1_000_000) is None
