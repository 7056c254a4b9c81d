"""Accounts renamed, shut and opened again, and made to forget all values."""

import pytest

from server.desk import Desk
from server.domain.actor import NOBODY, OPERATOR
from server.domain.errors import IllegalTransition, Invalid, NotAllowed, NotFound, SignInNeeded
from server.domain.tokens.secret_policy import Grace, RevealPolicy
from server.domain.verification.verdict import Outcome
from server.models.tokens import TokenDraft, TokenSecret
from tests.support.drafting import ready_draft
from tests.support.evidence import dump, holds, last_record
from tests.support.factories import made, text_of
from tests.support.world import ORIGIN, World


async def test_a_disabled_account_is_shut_to_people_and_programs(desk: Desk, world: World) -> None:
    minted = await made(desk, world.admin)
    cookie = await desk.sessions.sign_in(world.admin_email, world.password, ORIGIN)
    disabled = await desk.accounts.disable(world.operations_admin, world.client.id)
    assert not disabled.active
    assert await desk.accounts.get(world.operations_admin, world.client.id) == disabled
    record = await last_record(desk, world.client.id)
    assert (record.event, record.object_id, record.object_name, record.before, record.after) == (
        "account.disabled",
        world.client.id,
        "Blue Client",
        {"status": "active"},
        {"status": "disabled"},
    )
    assert (await desk.verifier.verify(text_of(minted))).outcome is Outcome.DISABLED
    assert await desk.sessions.resume(cookie, ORIGIN) is None
    with pytest.raises(SignInNeeded, match="no active account"):
        await desk.sessions.sign_in(world.admin_email, world.password, ORIGIN)
    with pytest.raises(NotAllowed, match="The account Blue Client is disabled"):
        await made(desk, world.admin)
    await desk.accounts.enable(world.operations_admin, world.client.id)
    record = await last_record(desk, world.client.id)
    assert (record.event, record.before, record.after) == (
        "account.enabled",
        {"status": "disabled"},
        {"status": "active"},
    )
    assert (await desk.verifier.verify(text_of(minted))).valid
    assert await desk.sessions.resume(cookie, ORIGIN) is not None


async def test_illegal_and_refused_switching_changes_nothing(desk: Desk, world: World) -> None:
    before = await dump(desk)
    client = world.client.id
    with pytest.raises(IllegalTransition, match="Blue Client is active; it cannot be enabled"):
        await desk.accounts.enable(OPERATOR, client)
    with pytest.raises(IllegalTransition, match="cannot disable the account that you act for"):
        await desk.accounts.disable(world.operations_admin, world.operations.id)
    for move in (desk.accounts.enable, desk.accounts.disable):
        for actor in (world.admin, world.viewer, world.other_admin):
            with pytest.raises(NotAllowed):
                await move(actor, client)
        with pytest.raises(SignInNeeded):
            await move(NOBODY, client)
        for account_id in ("ACC-0000-0000", "nonsense", "\x00", "\ud800"):
            with pytest.raises(NotFound):
                await move(OPERATOR, account_id)
    assert await dump(desk) == before
    await desk.accounts.disable(OPERATOR, client)
    before = await dump(desk)
    with pytest.raises(IllegalTransition, match="Blue Client is disabled; it cannot be disabled"):
        await desk.accounts.disable(OPERATOR, client)
    assert await dump(desk) == before


async def test_an_account_is_renamed_by_its_administrators(desk: Desk, world: World) -> None:
    renamed = await desk.accounts.rename(world.admin, world.client.id, " Green ")
    assert renamed.name == "Green"
    record = await last_record(desk, world.client.id)
    assert (record.event, record.before, record.after) == (
        "account.renamed",
        {"name": "Blue Client"},
        {"name": "Green"},
    )
    before = await dump(desk)
    assert await desk.accounts.rename(world.admin, world.client.id, "Green") == renamed
    with pytest.raises(Invalid, match="Enter an account name"):
        await desk.accounts.rename(world.admin, world.client.id, " ")
    with pytest.raises(NotAllowed):
        await desk.accounts.rename(world.viewer, world.client.id, "Mine")
    with pytest.raises(NotFound):
        await desk.accounts.rename(world.other_admin, world.client.id, "Mine")
    assert await dump(desk) == before


async def test_reveal_once_destroys_every_sealed_value_in_the_same_change(
    desk: Desk, world: World
) -> None:
    draft = await ready_draft(desk, world.admin)
    committed = await desk.drafts.commit(world.admin, draft.id, draft.version)
    rotated = await made(desk, world.admin)
    await desk.secrets.rotate(world.admin, rotated.token.id, Grace.ONE_DAY)
    theirs = await made(desk, world.other_admin)
    sealed = [
        bytes(value)
        for value in [
            *[secret.sealed for secret in await TokenSecret.exclude(token_id=theirs.token.id)],
            (await TokenDraft.get(id=draft.id)).sealed_answer,
        ]
        if value is not None
    ]
    assert len(sealed) == 3
    before = await dump(desk)
    assert all(holds(before, value) for value in sealed)
    await desk.accounts.set_reveal(world.admin, world.client.id, RevealPolicy.ONCE)
    after = await dump(desk)
    assert not any(holds(after, value) for value in sealed)
    assert len(after["audit_records"]) == len(before["audit_records"]) + 1
    with pytest.raises(IllegalTransition, match="shows a secret only once"):
        await desk.secrets.reveal(world.admin, rotated.token.id)
    again = await desk.drafts.commit(world.admin, draft.id, draft.version)
    assert (again.token.id, again.secret) == (committed.token.id, None)
    assert (await desk.verifier.verify(text_of(committed))).valid
    assert await desk.secrets.reveal(world.other_admin, theirs.token.id) == theirs.secret


async def test_a_reveal_policy_that_fails_to_destroy_is_not_set(
    desk: Desk, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await made(desk, world.admin)
    before = await dump(desk)

    def fail(**_: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(TokenDraft, "filter", fail)
    with pytest.raises(OSError, match="disk is full"):
        await desk.accounts.set_reveal(world.admin, world.client.id, RevealPolicy.ONCE)
    monkeypatch.undo()
    assert await dump(desk) == before
