"""A rotated-out secret that is still tried: told once an hour, with where it came from."""

from datetime import timedelta

import pytest

from server.desk import Desk
from server.domain.actor import Origin
from server.domain.tokens.secret_policy import Grace
from server.domain.verification.verdict import Outcome
from server.models.audit import AuditRecord
from server.services.tokens.views import MintedToken
from tests.support.clock import TurnableClock
from tests.support.evidence import dump
from tests.support.factories import made, text_of
from tests.support.world import World

INSTANT = timedelta(microseconds=1)
HOUR = timedelta(hours=1)
CURL = Origin("198.51.100.4", "curl/8.1")


@pytest.fixture
async def old(desk: Desk, world: World, clock: TurnableClock) -> MintedToken:
    """A secret whose grace period of an hour is over now."""
    minted = await made(desk, world.admin)
    await desk.secrets.rotate(world.admin, minted.token.id, Grace.ONE_HOUR)
    clock.advance(HOUR)
    return minted


async def try_it(desk: Desk, minted: MintedToken, origin: Origin = CURL) -> Outcome:
    """A program tries the secret, and what was noted is written."""
    verdict = await desk.verifier.verify(text_of(minted), used_from=origin)
    await desk.usage.write()
    return verdict.outcome


async def told(desk: Desk) -> list[AuditRecord]:
    return await AuditRecord.filter(event="token.old_secret_refused").order_by("position")


async def test_a_late_use_is_told_with_address_and_program(
    desk: Desk, world: World, clock: TurnableClock, old: MintedToken
) -> None:
    assert await try_it(desk, old) is Outcome.ROTATED
    [record] = await told(desk)
    assert (record.chain, record.object_id, record.object_name, record.at) == (
        world.client.id,
        old.token.id,
        "Export",
        clock(),
    )
    assert (record.actor_kind, record.actor_id, record.actor_name) == (
        "token",
        old.token.id,
        "Export",
    )
    assert (record.address, record.user_agent) == ("198.51.100.4", "curl/8.1")
    [shown] = await desk.secrets.old(world.viewer, old.token.id)
    assert (shown.refused_at, shown.last_used_at, shown.works) == (clock(), None, False)
    assert (await desk.tokens.get(world.viewer, old.token.id)).last_access_at is None


async def test_it_is_told_at_most_once_an_hour(
    desk: Desk, clock: TurnableClock, old: MintedToken
) -> None:
    first = clock()
    for _ in range(3):
        await try_it(desk, old)
    clock.advance(HOUR - INSTANT)
    await try_it(desk, old, Origin("192.0.2.1", "other"))
    assert [record.at for record in await told(desk)] == [first]
    clock.advance(INSTANT)
    await try_it(desk, old, Origin("192.0.2.1", "other"))
    assert [(record.at, record.address) for record in await told(desk)] == [
        (first, "198.51.100.4"),
        (clock(), "192.0.2.1"),
    ]


async def test_each_old_secret_is_told_of(
    desk: Desk, world: World, clock: TurnableClock, old: MintedToken
) -> None:
    other = await made(desk, world.admin, "Other")
    await desk.secrets.rotate(world.admin, other.token.id, Grace.NONE)
    for each in (old, other):
        await desk.verifier.verify(text_of(each), used_from=CURL)
    await desk.usage.write()
    assert {record.object_id for record in await told(desk)} == {old.token.id, other.token.id}


async def test_a_use_in_time_is_no_late_use(desk: Desk, world: World, clock: TurnableClock) -> None:
    minted = await made(desk, world.admin)
    current = await desk.secrets.rotate(world.admin, minted.token.id, Grace.ONE_HOUR)
    assert await try_it(desk, minted) is Outcome.VALID
    used = clock()
    clock.advance(HOUR / 2)
    assert await try_it(desk, current) is Outcome.VALID
    [shown] = await desk.secrets.old(world.viewer, minted.token.id)
    assert (shown.last_used_at, shown.refused_at, shown.works) == (used, None, True)
    assert await told(desk) == []


async def test_looking_is_not_using(desk: Desk, old: MintedToken) -> None:
    before = await dump(desk)
    assert (await desk.verifier.verify(text_of(old))).outcome is Outcome.ROTATED
    await desk.usage.write()
    assert await dump(desk) == before


async def test_a_token_deleted_meanwhile_is_not_told_of(
    desk: Desk, world: World, old: MintedToken
) -> None:
    await desk.verifier.verify(text_of(old), used_from=CURL)
    await desk.tokens.delete(world.admin, old.token.id)
    await desk.usage.write()
    assert await told(desk) == []
