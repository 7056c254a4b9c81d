"""Verification on real tokens: each outcome, and no look-up for what cannot be a secret."""

from datetime import timedelta

import pytest

from server.desk import Desk
from server.domain.actor import AccountType, Actor, ActorKind
from server.domain.tokens.lifecycle import TokenState
from server.domain.tokens.secret import Secret
from server.domain.verification.verdict import Outcome
from server.models.accounts import Account
from server.models.tokens import Token, TokenSecret
from tests.support.clock import TurnableClock
from tests.support.world import ORIGIN, World

MODULES = ["MOD-1756", "MOD-2001"]


async def made(desk: Desk, world: World, clock: TurnableClock) -> Secret:
    minted = await desk.tokens.create(
        world.admin, name="Export", module_ids=MODULES, expires_at=clock() + timedelta(hours=1)
    )
    assert minted.secret is not None
    return minted.secret


async def test_outcomes(desk: Desk, world: World, clock: TurnableClock) -> None:
    secret = await made(desk, world, clock)
    text, token = secret.reveal(), Token.filter(id=secret.token_id)

    async def outcome(*modules: str) -> Outcome:
        return (await desk.verifier.verify(text, modules)).outcome

    assert await outcome() is Outcome.VALID
    assert await outcome(*MODULES) is Outcome.VALID
    assert await outcome("MOD-2002") is Outcome.INSUFFICIENT_SCOPE
    await TokenSecret.all().update(accepted_until=clock())
    assert await outcome() is Outcome.ROTATED
    await TokenSecret.all().update(accepted_until=None)
    await token.update(state=TokenState.DISABLED)
    assert await outcome() is Outcome.DISABLED
    await token.update(state=TokenState.ACTIVE)
    await Account.filter(id=world.client.id).update(active=False)
    assert await outcome() is Outcome.DISABLED
    await Account.filter(id=world.client.id).update(active=True)
    clock.advance(timedelta(hours=1))
    assert await outcome() is Outcome.EXPIRED
    await token.update(state=TokenState.DELETED)
    assert await outcome() is Outcome.UNKNOWN


async def test_a_grant_holds_the_facts(desk: Desk, world: World, clock: TurnableClock) -> None:
    secret = await made(desk, world, clock)
    grant = (await desk.verifier.verify(secret.reveal())).grant
    assert grant is not None
    assert (grant.token_id, grant.token_name) == (secret.token_id, "Export")
    assert (grant.account_id, grant.account_name, grant.account_type) == (
        world.client.id,
        "Blue Client",
        "client",
    )
    assert (grant.module_ids, grant.created_at, grant.expires_at) == (
        frozenset(MODULES),
        clock(),
        clock() + timedelta(hours=1),
    )
    assert grant.secret_accepted_until is None


async def test_a_wrong_secret_and_an_unknown_id_are_one_answer(
    desk: Desk, world: World, clock: TurnableClock
) -> None:
    secret = await made(desk, world, clock)
    wrong = Secret.generate(secret.token_id)
    unknown = Secret.generate("TKN-0000-0000")
    assert await desk.verifier.verify(wrong.reveal()) == await desk.verifier.verify(
        unknown.reveal()
    )
    assert (await desk.verifier.verify(wrong.reveal())).outcome is Outcome.UNKNOWN


@pytest.mark.parametrize("text", ["", "x", "idt:", "\x00", "\ud800", "x" * 10_000_000])
async def test_what_cannot_be_a_secret_costs_no_look_up(
    desk: Desk, world: World, clock: TurnableClock, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    typo = (await made(desk, world, clock)).reveal()
    typo = typo[:-7] + ("a" if typo[-7] != "a" else "b") + typo[-6:]
    monkeypatch.setattr(TokenSecret, "filter", None)
    for wrong in (text, typo):
        verdict = await desk.verifier.verify(wrong)
        assert (verdict.outcome, verdict.grant) == (Outcome.INVALID, None)
        assert await desk.verifier.actor(wrong, ORIGIN) is None


async def test_a_valid_secret_stands_for_a_program(
    desk: Desk, world: World, clock: TurnableClock
) -> None:
    secret = await made(desk, world, clock)
    assert await desk.verifier.actor(secret.reveal(), ORIGIN) == Actor(
        ActorKind.TOKEN,
        secret.token_id,
        "Export",
        account_id=world.client.id,
        account_type=AccountType.CLIENT,
        module_ids=frozenset(MODULES),
        origin=ORIGIN,
    )
    clock.advance(timedelta(hours=1))
    assert await desk.verifier.actor(secret.reveal(), ORIGIN) is None
