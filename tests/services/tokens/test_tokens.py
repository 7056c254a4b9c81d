"""Tokens: made in one call, looked up by those who may, shown again under conditions."""

from dataclasses import replace
from datetime import timedelta

import pytest

from server.desk import Desk
from server.domain.actor import NOBODY, Actor, ActorKind, ActorView
from server.domain.errors import (
    ConfirmPassword,
    IllegalTransition,
    Invalid,
    NotAllowed,
    NotFound,
    SignInNeeded,
    by_field,
)
from server.domain.tokens.lifecycle import TokenState, TokenStatus
from server.domain.tokens.secret_policy import RevealPolicy
from server.models.tokens import Token, TokenSecret
from server.services.tokens.views import MintedToken
from tests.support.clock import TurnableClock
from tests.support.evidence import dump, holds, last_record, records
from tests.support.world import ORIGIN, World

MODULES = ["MOD-1756", "MOD-2001"]
INSTANT = timedelta(microseconds=1)


async def minted(desk: Desk, actor: Actor, name: str = "Export") -> MintedToken:
    return await desk.tokens.create(actor, name=name, module_ids=["MOD-1756"])


async def test_create_in_one_call(desk: Desk, world: World, clock: TurnableClock) -> None:
    expires_at = clock() + timedelta(days=90)
    made = await desk.tokens.create(
        world.admin,
        name=" Export ",
        module_ids=MODULES,
        description="a\r\nb",
        expires_at=expires_at,
    )
    assert made.secret is not None
    assert made.secret_shown_until is None
    token = made.token
    assert (token.name, token.description, token.expires_at) == ("Export", "a\nb", expires_at)
    assert token.modules == (world.modules.access, world.modules.billing)
    assert token.account == world.client
    assert await desk.tokens.get(world.viewer, token.id) == token
    [record] = await records(desk, of=token.id)
    assert (record.event, record.before) == ("token.created", None)
    assert record.after == {
        "name": "Export",
        "description": "a\nb",
        "modules": MODULES,
        "expires_at": expires_at.isoformat(),
        "logo": None,
    }
    assert not holds(await dump(desk), made.secret.reveal()[18:])


async def test_refused_creations_write_nothing(
    desk: Desk, world: World, clock: TurnableClock
) -> None:
    before = await dump(desk)
    with pytest.raises(Invalid) as refusal:
        await desk.tokens.create(world.admin, name="", module_ids=[], expires_at=clock())
    assert set(by_field(refusal.value)) == {"name", "modules", "expires_at"}
    for wrong in (["MOD-1756", "MOD-2003"], ["MOD-9999"], ["\x00"], ["MOD-1756\n"]):
        with pytest.raises(Invalid) as refusal:
            await desk.tokens.create(world.admin, name="Export", module_ids=wrong)
        assert set(by_field(refusal.value)) == {"modules"}
    with pytest.raises(NotAllowed):
        await desk.tokens.create(world.viewer, name="Export", module_ids=MODULES)
    with pytest.raises(SignInNeeded):
        await desk.tokens.create(NOBODY, name="Export", module_ids=MODULES)
    assert await dump(desk) == before


async def test_a_program_makes_tokens_of_its_account(desk: Desk, world: World) -> None:
    first = await minted(desk, world.admin)
    assert first.secret is not None
    program = await desk.verifier.actor(first.secret.reveal(), ORIGIN)
    assert program is not None
    second = await minted(desk, program, "By a program")
    assert second.token.created_by == ActorView(first.token.id, "Export", ActorKind.TOKEN)
    assert second.token.account == world.client
    assert (await last_record(desk, world.client.id)).actor_kind == "token"
    other = replace(program, module_ids=frozenset({"MOD-2001"}))
    with pytest.raises(NotAllowed, match="lacks the module MOD-1756"):
        await minted(desk, other)


async def test_a_foreign_token_is_not_found_and_operations_see_all(
    desk: Desk, world: World
) -> None:
    ours, theirs = await minted(desk, world.admin), await minted(desk, world.other_admin)
    with pytest.raises(NotFound) as foreign:
        await desk.tokens.get(world.admin, theirs.token.id)
    assert foreign.value.message == f"There is no API token {theirs.token.id}."
    with pytest.raises(NotFound, match="There is no API token TKN-0000-0000"):
        await desk.tokens.get(world.admin, "TKN-0000-0000")
    for token_id in ("", "nonsense", "\x00", "\ud800", "x" * 999, ours.token.id + "\n"):
        with pytest.raises(NotFound):
            await desk.tokens.get(world.operations_admin, token_id)
    assert await desk.tokens.get(world.operations_admin, theirs.token.id) == theirs.token
    with pytest.raises(SignInNeeded):
        await desk.tokens.get(NOBODY, ours.token.id)
    assert [token.id for token in await desk.token_list.all(world.admin)] == [ours.token.id]
    seen = {token.id for token in await desk.token_list.all(world.operations_admin)}
    assert seen == {ours.token.id, theirs.token.id}


async def test_a_deleted_token_is_not_found_nor_listed_nor_verified(
    desk: Desk, world: World
) -> None:
    made = await minted(desk, world.admin)
    assert made.secret is not None
    row = Token.filter(id=made.token.id)
    # Its state alone refuses it, also were its secrets still there.
    await row.update(state=TokenState.DELETED)
    assert not (await desk.verifier.verify(made.secret.reveal())).valid
    await row.update(state=TokenState.ACTIVE)
    await desk.tokens.delete(world.admin, made.token.id)
    for actor in (world.admin, world.operations_admin):
        with pytest.raises(NotFound):
            await desk.tokens.get(actor, made.token.id)
        assert (await desk.token_list.page(actor, number=1, size=10)).total == 0
        assert (await desk.token_list.cursor_page(actor)).total == 0
    assert not (await desk.verifier.verify(made.secret.reveal())).valid


async def test_status_follows_the_clock(desk: Desk, world: World, clock: TurnableClock) -> None:
    made = await desk.tokens.create(
        world.admin, name="Short", module_ids=MODULES, expires_at=clock() + timedelta(hours=1)
    )
    clock.advance(timedelta(hours=1) - INSTANT)
    assert (await desk.tokens.get(world.admin, made.token.id)).status is TokenStatus.ACTIVE
    clock.advance(INSTANT)
    assert (await desk.tokens.get(world.admin, made.token.id)).status is TokenStatus.EXPIRED


async def test_reveal_shows_the_same_value_and_leaves_a_record(
    desk: Desk, world: World, clock: TurnableClock
) -> None:
    made = await minted(desk, world.admin)
    clock.advance(timedelta(minutes=5))
    assert await desk.secrets.reveal(world.admin, made.token.id) == made.secret
    assert made.secret is not None
    record = await last_record(desk, world.client.id)
    assert (record.event, record.object_id, record.object_name, record.before, record.after) == (
        "token.secret_revealed",
        made.token.id,
        "Export",
        None,
        None,
    )
    assert not holds(await dump(desk), made.secret.reveal()[18:])


async def test_reveal_asks_for_the_password_after_five_minutes(
    desk: Desk, world: World, clock: TurnableClock
) -> None:
    made = await minted(desk, world.admin)
    clock.advance(timedelta(minutes=5) + INSTANT)
    before = await dump(desk)
    with pytest.raises(ConfirmPassword):
        await desk.secrets.reveal(world.admin, made.token.id)
    with pytest.raises(ConfirmPassword):
        await desk.secrets.reveal(replace(world.admin, signed_in_at=None), made.token.id)
    assert await dump(desk) == before
    fresh = replace(world.admin, signed_in_at=clock())
    assert await desk.secrets.reveal(fresh, made.token.id) == made.secret


async def test_reveal_is_for_administrators_of_the_account_alone(desk: Desk, world: World) -> None:
    made = await minted(desk, world.admin)
    assert made.secret is not None
    program = await desk.verifier.actor(made.secret.reveal(), ORIGIN)
    assert program is not None
    before = await dump(desk)
    for actor in (world.viewer, world.operations_admin, program):
        with pytest.raises(NotAllowed):
            await desk.secrets.reveal(actor, made.token.id)
    with pytest.raises(NotFound):
        await desk.secrets.reveal(world.other_admin, made.token.id)
    with pytest.raises(SignInNeeded):
        await desk.secrets.reveal(NOBODY, made.token.id)
    assert await dump(desk) == before


async def test_under_once_a_value_is_shown_at_creation_alone(desk: Desk, world: World) -> None:
    early = await minted(desk, world.admin, "Early")
    await desk.accounts.set_reveal(world.admin, world.client.id, RevealPolicy.ONCE)
    late = await minted(desk, world.admin, "Late")
    assert late.secret is not None
    assert await TokenSecret.filter(sealed__isnull=False).count() == 0
    before = await dump(desk)
    for made in (early, late):
        with pytest.raises(IllegalTransition, match="shows a secret only once"):
            await desk.secrets.reveal(world.admin, made.token.id)
    assert await dump(desk) == before
    await desk.accounts.set_reveal(world.admin, world.client.id, RevealPolicy.ALWAYS)
    before = await dump(desk)
    for made in (early, late):
        with pytest.raises(IllegalTransition, match="was not kept"):
            await desk.secrets.reveal(world.admin, made.token.id)
    assert await dump(desk) == before


async def test_a_sealed_value_moved_to_another_token_does_not_open(
    desk: Desk, world: World
) -> None:
    mine, yours = await minted(desk, world.admin), await minted(desk, world.other_admin)
    stolen = (await TokenSecret.get(token_id=yours.token.id)).sealed
    await TokenSecret.filter(token_id=mine.token.id).update(sealed=stolen)
    with pytest.raises(IllegalTransition, match="was not kept"):
        await desk.secrets.reveal(world.admin, mine.token.id)


async def test_a_token_says_nothing_of_its_secret(desk: Desk, world: World) -> None:
    made = await minted(desk, world.admin)
    assert made.secret is not None
    assert made.secret.reveal()[18:] not in repr(made)
    assert "secret" not in repr(await desk.tokens.get(world.admin, made.token.id)).lower()
