"""One token changed by many at once: one current secret, one state, one unbroken chain."""

import asyncio
from itertools import pairwise

import pytest

from server.desk import Desk
from server.domain.actor import OPERATOR
from server.domain.errors import IllegalTransition, Stale
from server.domain.tokens.lifecycle import TokenState
from server.domain.tokens.secret_policy import Grace
from server.domain.verification.verdict import Outcome
from server.models.tokens import Token, TokenSecret
from server.services.tokens.patch import TokenPatch
from server.services.tokens.views import MintedToken, TokenView
from tests.support.evidence import records
from tests.support.factories import made, text_of
from tests.support.world import World


@pytest.mark.parametrize("grace", [Grace.NONE, Grace.ONE_DAY])
async def test_ten_rotations_leave_one_current_secret(
    desk: Desk, world: World, grace: Grace
) -> None:
    first = await made(desk, world.admin)
    token_id = first.token.id
    answers = await asyncio.gather(
        *(desk.secrets.rotate(world.admin, token_id, grace) for _ in range(10)),
        return_exceptions=True,
    )
    made_now = [answer for answer in answers if isinstance(answer, MintedToken)]
    refused = [answer for answer in answers if isinstance(answer, IllegalTransition)]
    # Five old secrets may work at once: with a grace period the others are refused.
    allowed = 10 if grace is Grace.NONE else 5
    assert (len(made_now), len(refused)) == (allowed, 10 - allowed)
    assert await TokenSecret.filter(token_id=token_id, accepted_until__isnull=True).count() == 1
    current = await desk.secrets.reveal(world.admin, token_id)
    assert [each.secret for each in made_now].count(current) == 1
    outcomes = [(await desk.verifier.verify(text_of(each))).outcome for each in (first, *made_now)]
    assert outcomes.count(Outcome.VALID) == (1 if grace is Grace.NONE else 6)
    assert (await Token.get(id=token_id)).version == 1 + allowed
    rotations = [each for each in await records(desk, of=token_id) if each.event == "token.rotated"]
    assert len(rotations) == allowed
    assert await desk.audit_trail.verify(OPERATOR) == []


async def test_switching_on_and_off_at_once_keeps_the_chain_whole(desk: Desk, world: World) -> None:
    token_id = (await made(desk, world.admin)).token.id
    moves = [desk.tokens.disable, desk.tokens.enable] * 10
    answers = await asyncio.gather(
        *(move(world.admin, token_id) for move in moves), return_exceptions=True
    )
    done = [answer for answer in answers if isinstance(answer, TokenView)]
    assert all(isinstance(answer, TokenView | IllegalTransition) for answer in answers)
    left = [record.event for record in await records(desk, of=token_id)]
    assert left[0] == "token.created"
    assert len(left) == 1 + len(done)
    assert left[1:2] == ["token.disabled"]
    assert all(one != other for one, other in pairwise(left))
    token = await Token.get(id=token_id)
    off = left[-1] == "token.disabled"
    assert token.state is (TokenState.DISABLED if off else TokenState.ACTIVE)
    assert token.version == len(left)
    assert await desk.audit_trail.verify(OPERATOR) == []


async def test_of_ten_edits_of_one_version_one_is_saved(desk: Desk, world: World) -> None:
    token_id = (await made(desk, world.admin)).token.id
    answers = await asyncio.gather(
        *(
            desk.tokens.update(world.admin, token_id, TokenPatch(name=f"Name {n}"), version=1)
            for n in range(10)
        ),
        return_exceptions=True,
    )
    [saved] = [answer for answer in answers if isinstance(answer, TokenView)]
    assert sum(isinstance(answer, Stale) for answer in answers) == 9
    assert (await desk.tokens.get(world.admin, token_id)).name == saved.name
    [_, record] = await records(desk, of=token_id)
    assert record.after == {"name": saved.name}


async def test_a_delete_against_a_rotation_leaves_no_secret(desk: Desk, world: World) -> None:
    for _ in range(5):
        minted = await made(desk, world.admin)
        deleted, rotated = await asyncio.gather(
            desk.tokens.delete(world.admin, minted.token.id),
            desk.secrets.rotate(world.admin, minted.token.id, Grace.ONE_DAY),
            return_exceptions=True,
        )
        assert deleted == minted.token.id
        assert isinstance(rotated, Exception | MintedToken)
        assert await TokenSecret.filter(token_id=minted.token.id).count() == 0
        assert (await desk.verifier.verify(text_of(minted))).outcome is Outcome.UNKNOWN
    assert await desk.audit_trail.verify(OPERATOR) == []


async def test_a_module_withdrawn_twenty_times_at_once_leaves_one_record(
    desk: Desk, world: World
) -> None:
    for act, event in (
        (desk.modules.disable, "account.module_disabled"),
        (desk.modules.enable, "account.module_enabled"),
    ):
        before = {record.id for record in await records(desk)}
        await asyncio.gather(*(act(OPERATOR, "MOD-2001", world.client.id) for _ in range(20)))
        new = [record.event for record in await records(desk) if record.id not in before]
        assert new == [event]
