"""Rotation: a new secret at once, and the old one exactly until it was promised to end."""

from datetime import timedelta

import pytest

from server.desk import Desk
from server.domain.actor import OPERATOR, Actor
from server.domain.errors import IllegalTransition, NotAllowed
from server.domain.tokens.lifecycle import Milestone
from server.domain.tokens.secret import Secret
from server.domain.tokens.secret_policy import Grace
from server.domain.verification.verdict import Outcome
from server.models.tokens import TokenSecret
from server.services.tokens.patch import TokenPatch
from server.services.tokens.views import MintedToken
from tests.support.clock import TurnableClock
from tests.support.evidence import dump, holds, last_record
from tests.support.factories import made, text_of
from tests.support.world import World

INSTANT = timedelta(microseconds=1)
HOUR = timedelta(hours=1)
SPANS = {
    Grace.NONE: timedelta(0),
    Grace.ONE_HOUR: HOUR,
    Grace.ONE_DAY: timedelta(days=1),
    Grace.ONE_WEEK: timedelta(days=7),
}


async def outcome(desk: Desk, minted: MintedToken) -> Outcome:
    return (await desk.verifier.verify(text_of(minted))).outcome


@pytest.mark.parametrize("grace", Grace)
async def test_the_old_secret_works_for_the_grace_period(
    desk: Desk, world: World, clock: TurnableClock, grace: Grace
) -> None:
    first = await made(desk, world.admin)
    until = clock() + SPANS[grace]
    second = await desk.secrets.rotate(world.admin, first.token.id, grace)
    assert second.token == await desk.tokens.get(world.admin, first.token.id)
    assert (second.token.version, second.token.updated_at) == (2, clock())
    assert second.secret != first.secret
    record = await last_record(desk, world.client.id)
    assert (record.event, record.object_id, record.object_name, record.before, record.after) == (
        "token.rotated",
        first.token.id,
        "Export",
        None,
        {"grace": grace.value, "old_secret_accepted_until": until.isoformat()},
    )
    reached = await desk.tokens.milestones(world.viewer, first.token.id)
    assert (reached[Milestone.ROTATED].at, reached[Milestone.ROTATED].by.id) == (
        clock(),
        world.admin.id,
    )
    [old] = await desk.secrets.old(world.viewer, first.token.id)
    assert (old.accepted_until, old.works) == (until, grace is not Grace.NONE)
    if grace is not Grace.NONE:
        clock.advance(SPANS[grace] - INSTANT)
        assert await outcome(desk, first) is await outcome(desk, second) is Outcome.VALID
        clock.advance(INSTANT)
    assert await outcome(desk, first) is Outcome.ROTATED
    assert await outcome(desk, second) is Outcome.VALID
    [old] = await desk.secrets.old(world.viewer, first.token.id)
    assert not old.works


async def test_no_old_secret_outlives_the_token(
    desk: Desk, world: World, clock: TurnableClock
) -> None:
    expires_at = clock() + HOUR
    first = await made(desk, world.admin, expires_at=expires_at)
    second = await desk.secrets.rotate(world.admin, first.token.id, Grace.ONE_WEEK)
    [old] = await desk.secrets.old(world.admin, first.token.id)
    assert old.accepted_until == expires_at
    # A longer life of the token is no longer life of its old secret.
    await desk.tokens.update(
        world.admin, first.token.id, TokenPatch(expires_at=expires_at + 9 * HOUR)
    )
    clock.advance(HOUR)
    assert await outcome(desk, first) is Outcome.ROTATED
    assert await outcome(desk, second) is Outcome.VALID


async def test_an_expiry_set_later_ends_the_old_secret_too(
    desk: Desk, world: World, clock: TurnableClock
) -> None:
    first = await made(desk, world.admin)
    await desk.secrets.rotate(world.admin, first.token.id, Grace.ONE_WEEK)
    expires_at = clock() + HOUR
    await desk.tokens.update(world.admin, first.token.id, TokenPatch(expires_at=expires_at))
    [old] = await desk.secrets.old(world.admin, first.token.id)
    assert (old.accepted_until, old.works) == (expires_at, True)
    clock.advance(HOUR - INSTANT)
    assert await outcome(desk, first) is Outcome.VALID
    clock.advance(INSTANT)
    assert await outcome(desk, first) is Outcome.EXPIRED
    [old] = await desk.secrets.old(world.admin, first.token.id)
    assert not old.works


async def test_a_second_rotation_does_not_prolong_the_first(
    desk: Desk, world: World, clock: TurnableClock
) -> None:
    first = await made(desk, world.admin)
    second = await desk.secrets.rotate(world.admin, first.token.id, Grace.ONE_HOUR)
    end_of_first = clock() + HOUR
    clock.advance(HOUR / 2)
    third = await desk.secrets.rotate(world.admin, first.token.id, Grace.ONE_DAY)
    ends = [old.accepted_until for old in await desk.secrets.old(world.admin, first.token.id)]
    assert ends == [clock() + timedelta(days=1), end_of_first]
    clock.advance(HOUR / 2)
    found = [await outcome(desk, each) for each in (first, second, third)]
    assert found == [Outcome.ROTATED, Outcome.VALID, Outcome.VALID]


async def test_at_most_five_old_secrets_work_at_once(
    desk: Desk, world: World, clock: TurnableClock
) -> None:
    token_id = (await made(desk, world.admin)).token.id
    for _ in range(5):
        await desk.secrets.rotate(world.admin, token_id, Grace.ONE_DAY)
        clock.advance(HOUR)
    assert [old.works for old in await desk.secrets.old(world.admin, token_id)] == [True] * 5
    before = await dump(desk)
    for grace in (Grace.ONE_HOUR, Grace.ONE_DAY, Grace.ONE_WEEK):
        with pytest.raises(IllegalTransition, match=r"still work\. End them first"):
            await desk.secrets.rotate(world.admin, token_id, grace)
    assert await dump(desk) == before
    # In an emergency the current one can always be replaced at once.
    await desk.secrets.rotate(world.admin, token_id, Grace.NONE)
    assert sum(old.works for old in await desk.secrets.old(world.admin, token_id)) == 5
    clock.advance(19 * HOUR)  # the first of them ends
    await desk.secrets.rotate(world.admin, token_id, Grace.ONE_HOUR)
    assert sum(old.works for old in await desk.secrets.old(world.admin, token_id)) == 5


async def test_the_latest_five_old_secrets_are_remembered(
    desk: Desk, world: World, clock: TurnableClock
) -> None:
    all_of_them = [await made(desk, world.admin)]
    token_id = all_of_them[0].token.id
    for _ in range(7):
        all_of_them.append(await desk.secrets.rotate(world.admin, token_id, Grace.NONE))
    found = [await outcome(desk, each) for each in all_of_them]
    assert found == [Outcome.UNKNOWN] * 2 + [Outcome.ROTATED] * 5 + [Outcome.VALID]
    assert await TokenSecret.filter(token_id=token_id).count() == 6


async def test_only_the_current_value_is_kept_sealed(desk: Desk, world: World) -> None:
    first = await made(desk, world.admin)
    sealed = (await TokenSecret.get(token_id=first.token.id)).sealed
    assert sealed is not None
    second = await desk.secrets.rotate(world.admin, first.token.id, Grace.ONE_WEEK)
    assert not holds(await dump(desk), bytes(sealed))
    assert await TokenSecret.filter(sealed__isnull=False).count() == 1
    assert await desk.secrets.reveal(world.admin, first.token.id) == second.secret
    for each in (first, second):
        assert not holds(await dump(desk), text_of(each)[18:])


async def test_ending_the_grace_ends_all_old_secrets_now(
    desk: Desk, world: World, clock: TurnableClock
) -> None:
    first = await made(desk, world.admin)
    token_id = first.token.id
    second = await desk.secrets.rotate(world.admin, token_id, Grace.ONE_WEEK)
    until = clock() + timedelta(days=7)
    third = await desk.secrets.rotate(world.admin, token_id, Grace.ONE_HOUR)
    clock.advance(INSTANT)
    old = await desk.secrets.end_grace(world.admin, token_id)
    assert old == await desk.secrets.old(world.viewer, token_id)
    assert [(each.accepted_until, each.works) for each in old] == [(clock(), False)] * 2
    found = [await outcome(desk, each) for each in (first, second, third)]
    assert found == [Outcome.ROTATED, Outcome.ROTATED, Outcome.VALID]
    record = await last_record(desk, world.client.id)
    assert (record.event, record.object_id, record.before, record.after) == (
        "token.grace_ended",
        token_id,
        {"old_secret_accepted_until": until.isoformat()},
        {"old_secret_accepted_until": clock().isoformat()},
    )
    before = await dump(desk)
    with pytest.raises(IllegalTransition, match=f"{token_id} has no old secret that still works"):
        await desk.secrets.end_grace(world.admin, token_id)
    with pytest.raises(NotAllowed):
        await desk.secrets.end_grace(world.viewer, token_id)
    assert await dump(desk) == before


async def test_rotation_is_for_administrators_of_the_account_and_the_command_line(
    desk: Desk, world: World
) -> None:
    first = await made(desk, world.admin)
    before = await dump(desk)
    refused: list[Actor] = [world.viewer, world.operations_admin]
    for actor in refused:
        with pytest.raises(NotAllowed):
            await desk.secrets.rotate(actor, first.token.id, Grace.NONE)
    await desk.accounts.disable(OPERATOR, world.client.id)
    disabled = await dump(desk)
    with pytest.raises(
        IllegalTransition, match="The account Blue Client is disabled; its tokens cannot"
    ):
        await desk.secrets.rotate(world.admin, first.token.id, Grace.NONE)
    assert await dump(desk) == disabled != before
    await desk.accounts.enable(OPERATOR, world.client.id)
    assert isinstance(
        (await desk.secrets.rotate(OPERATOR, first.token.id, Grace.NONE)).secret, Secret
    )
