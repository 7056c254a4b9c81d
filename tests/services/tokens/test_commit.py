"""The commit: what it makes, what it refuses, and the ten minutes in which it answers again."""

from dataclasses import replace
from datetime import timedelta

import pytest

from server.desk import Desk
from server.domain.actor import OPERATOR, ActorKind, ActorView, Role
from server.domain.errors import IllegalTransition, Invalid, NotAllowed, NotFound, Stale, by_field
from server.domain.ids import IdKind
from server.domain.tokens.lifecycle import TokenStatus
from server.domain.tokens.secret_policy import RevealPolicy
from server.models.accounts import Account
from server.models.tokens import Token, TokenDraft, TokenGrant, TokenSecret
from server.services.tokens.patch import TokenPatch
from server.services.tokens.views import MintedToken, TokenView
from tests.support.clock import TurnableClock
from tests.support.drafting import full_patch, ready_draft
from tests.support.evidence import dump, holds, last_record, records
from tests.support.logos import stream
from tests.support.pictures import picture
from tests.support.world import World

INSTANT = timedelta(microseconds=1)
TEN_MINUTES = timedelta(minutes=10)


async def test_a_commit_makes_the_token(desk: Desk, world: World, clock: TurnableClock) -> None:
    draft = await desk.drafts.create(world.admin, full_patch(expires_at=clock() + TEN_MINUTES))
    draft = await desk.drafts.save(world.admin, draft.id, 1, TokenPatch(), upload=stream(picture()))
    clock.advance(timedelta(minutes=1))
    minted = await desk.drafts.commit(world.admin, draft.id, 2)
    assert minted.secret is not None
    token_id = minted.token.id
    assert IdKind.TOKEN.matches(token_id)
    assert minted == MintedToken(
        token=TokenView(
            id=token_id,
            version=1,
            name="Nightly export",
            description="Runs at two.",
            logo=draft.logo,
            status=TokenStatus.ACTIVE,
            account=world.client,
            withdrawn_modules=(),
            modules=(world.modules.access, world.modules.billing),
            created_by=ActorView(world.admin.id, "Ada Admin", ActorKind.USER),
            created_at=clock(),
            updated_at=clock(),
            last_access_at=None,
            expires_at=clock() + timedelta(minutes=9),
        ),
        secret=minted.secret,
        secret_shown_until=clock() + TEN_MINUTES,
    )
    assert minted.secret.token_id == token_id
    verdict = await desk.verifier.verify(minted.secret.reveal(), ["MOD-1756", "MOD-2001"])
    assert verdict.valid


async def test_a_commit_leaves_one_record_without_any_secret(desk: Desk, world: World) -> None:
    draft = await ready_draft(desk, world.admin)
    minted = await desk.drafts.commit(world.admin, draft.id, 1)
    await desk.drafts.commit(world.admin, draft.id, 1)
    [record] = await records(desk, of=minted.token.id)
    assert (record.event, record.chain, record.object_name) == (
        "token.created",
        world.client.id,
        "Nightly export",
    )
    assert (record.actor_kind, record.actor_id, record.actor_name) == (
        "user",
        world.admin.id,
        "Ada Admin",
    )
    assert (record.address, record.user_agent) == ("203.0.113.7", "Tests/1.0")
    assert (record.before, record.after) == (
        None,
        {
            "name": "Nightly export",
            "description": "Runs at two.",
            "modules": ["MOD-1756", "MOD-2001"],
            "expires_at": None,
            "logo": None,
        },
    )


async def test_the_value_is_nowhere_in_the_database(desk: Desk, world: World) -> None:
    draft = await ready_draft(desk, world.admin)
    minted = await desk.drafts.commit(world.admin, draft.id, 1)
    assert minted.secret is not None
    dumped = await dump(desk)
    for part in (
        minted.secret.reveal(),
        minted.secret.reveal()[18:],
        minted.secret.reveal()[18:50],
    ):
        assert not holds(dumped, part)
        assert not holds(dumped, part.encode().hex())
    row = await TokenSecret.get()
    assert row.sealed is not None
    assert holds(dumped, row.sealed)


async def test_a_committed_draft_keeps_no_content(desk: Desk, world: World) -> None:
    draft = await ready_draft(desk, world.admin)
    minted = await desk.drafts.commit(world.admin, draft.id, 1)
    row = await TokenDraft.get(id=draft.id)
    assert (row.name, row.description, row.module_ids, row.logo, row.expires_at) == (
        "",
        "",
        [],
        None,
        None,
    )
    assert (row.token_id, row.committed_by_id) == (minted.token.id, world.admin.id)
    assert await desk.drafts.all(world.admin) == []


@pytest.mark.parametrize("policy", RevealPolicy)
async def test_for_ten_minutes_a_repeat_answers_the_same(
    desk: Desk, world: World, clock: TurnableClock, policy: RevealPolicy
) -> None:
    await desk.accounts.set_reveal(world.admin, world.client.id, policy)
    draft = await ready_draft(desk, world.admin)
    minted = await desk.drafts.commit(world.admin, draft.id, 1)
    assert minted.secret is not None
    clock.advance(TEN_MINUTES - INSTANT)
    await desk.drafts.sweep()
    for version in (1, 0, 99):
        assert await desk.drafts.commit(world.admin, draft.id, version) == minted
    assert await desk.drafts.committed(world.admin, draft.id) == minted
    clock.advance(INSTANT)
    later = MintedToken(minted.token, None, None)
    assert await desk.drafts.commit(world.admin, draft.id, 1) == later
    sealed = (await TokenDraft.get(id=draft.id)).sealed_answer
    assert sealed is not None
    await desk.drafts.sweep()
    assert (await TokenDraft.get(id=draft.id)).sealed_answer is None
    dumped = await dump(desk)
    assert not holds(dumped, sealed)
    assert not holds(dumped, minted.secret.reveal()[18:])
    assert await desk.drafts.commit(world.admin, draft.id, 1) == later
    assert ((await TokenSecret.get()).sealed is None) == (policy is RevealPolicy.ONCE)
    assert (await desk.verifier.verify(minted.secret.reveal())).valid
    assert await Token.all().count() == 1


async def test_another_person_learns_the_token_without_its_value(desk: Desk, world: World) -> None:
    draft = await ready_draft(desk, world.admin)
    minted = await desk.drafts.commit(world.admin, draft.id, 1)
    user = await desk.users.create(
        OPERATOR, "bo@client.example", "Bo", world.client.id, Role.ADMINISTRATOR
    )
    second = replace(world.admin, id=user.id, name=user.name)
    assert await desk.drafts.commit(second, draft.id, 1) == MintedToken(minted.token, None)
    assert await desk.drafts.committed(second, draft.id) == MintedToken(minted.token, None)
    assert await desk.drafts.committed(world.admin, draft.id) == minted


async def test_the_policy_once_keeps_no_value_beyond_the_answer(desk: Desk, world: World) -> None:
    await desk.accounts.set_reveal(world.admin, world.client.id, RevealPolicy.ONCE)
    draft = await ready_draft(desk, world.admin)
    minted = await desk.drafts.commit(world.admin, draft.id, 1)
    assert (await TokenSecret.get()).sealed is None
    with pytest.raises(IllegalTransition, match="only once"):
        await desk.secrets.reveal(world.admin, minted.token.id)


async def test_a_restart_and_a_rotated_key_ring_lose_no_answer(
    desk: Desk, world: World, clock: TurnableClock
) -> None:
    draft = await ready_draft(desk, world.admin)
    minted = await desk.drafts.commit(world.admin, draft.id, 1)
    await desk.close()
    old = desk.settings.key_ring_text()
    rotated = desk.settings.model_copy(update={"secret_keys": None})
    key_file = rotated.data_dir / "secret-keys"
    for keys, secret in ((f"{'n' * 40},{old}", minted.secret), ("n" * 40, None)):
        key_file.write_text(keys)
        again = Desk.build(rotated, clock)
        await again.open()
        try:
            answer = await again.drafts.commit(world.admin, draft.id, 1)
        finally:
            await again.close()
        assert (answer.token, answer.secret) == (minted.token, secret)


async def test_a_stale_version_commits_nothing(desk: Desk, world: World) -> None:
    draft = await ready_draft(desk, world.admin)
    await desk.drafts.save(world.admin, draft.id, 1, TokenPatch(name="Changed"))
    before = await dump(desk)
    for version in (1, 0, 3, 2**70):
        with pytest.raises(Stale) as refusal:
            await desk.drafts.commit(world.admin, draft.id, version)
        assert refusal.value.current_version == 2
    assert await dump(desk) == before


async def test_an_unfinished_draft_commits_nothing_and_says_all_that_is_missing(
    desk: Desk, world: World
) -> None:
    draft = await desk.drafts.create(world.admin, TokenPatch(description="Only this"))
    before = await dump(desk)
    with pytest.raises(Invalid) as refusal:
        await desk.drafts.commit(world.admin, draft.id, 1)
    assert by_field(refusal.value) == {
        "name": "Enter an API token name.",
        "modules": "Select at least one module.",
    }
    with pytest.raises(IllegalTransition, match="not added yet"):
        await desk.drafts.committed(world.admin, draft.id)
    assert await dump(desk) == before


async def test_a_module_disabled_meanwhile_refuses_the_commit_and_writes_nothing(
    desk: Desk, world: World
) -> None:
    draft = await ready_draft(desk, world.admin)
    await desk.modules.disable(OPERATOR, "MOD-2001", world.client.id)
    before = await dump(desk)
    with pytest.raises(Invalid) as refusal:
        await desk.drafts.commit(world.admin, draft.id, 1)
    assert by_field(refusal.value) == {
        "modules": "The module MOD-2001 is not enabled for this account."
    }
    assert await dump(desk) == before
    assert (await desk.drafts.get(world.admin, draft.id)).name == "Nightly export"
    await desk.drafts.save(world.admin, draft.id, 1, TokenPatch(module_ids=["MOD-1756"]))
    minted = await desk.drafts.commit(world.admin, draft.id, 2)
    assert minted.token.modules == (world.modules.access,)


async def test_an_expiry_that_passed_meanwhile_refuses_the_commit(
    desk: Desk, world: World, clock: TurnableClock
) -> None:
    draft = await ready_draft(desk, world.admin, full_patch(expires_at=clock() + TEN_MINUTES))
    clock.advance(TEN_MINUTES)
    before = await dump(desk)
    with pytest.raises(Invalid, match="The expiry must lie ahead"):
        await desk.drafts.commit(world.admin, draft.id, 1)
    assert await dump(desk) == before


async def test_a_disabled_account_makes_no_tokens(desk: Desk, world: World) -> None:
    draft = await ready_draft(desk, world.admin)
    await Account.filter(id=world.client.id).update(active=False)
    before = await dump(desk)
    with pytest.raises(NotAllowed, match="The account Blue Client is disabled"):
        await desk.drafts.commit(world.admin, draft.id, 1)
    with pytest.raises(NotAllowed):
        await desk.tokens.create(world.admin, name="Export", module_ids=["MOD-1756"])
    assert await dump(desk) == before


async def test_a_draft_that_was_never_saved_is_not_found(desk: Desk, world: World) -> None:
    draft_id = desk.drafts.new_id(world.admin)
    for version in (0, 1):
        with pytest.raises(NotFound):
            await desk.drafts.commit(world.admin, draft_id, version)


async def test_an_id_in_use_is_drawn_again(
    desk: Desk, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await desk.tokens.create(world.admin, name="First", module_ids=["MOD-1756"])
    await Token.filter(id=first.token.id).update(state="deleted")
    draft = await ready_draft(desk, world.admin)
    draw, drawn = IdKind.new, [first.token.id, first.token.id]

    def draw_used(kind: IdKind) -> str:
        return drawn.pop() if kind is IdKind.TOKEN and drawn else draw(kind)

    monkeypatch.setattr(IdKind, "new", draw_used)
    minted = await desk.drafts.commit(world.admin, draft.id, 1)
    assert drawn == []
    assert minted.token.id != first.token.id
    assert await TokenGrant.filter(token_id=first.token.id).count() == 1
    assert (await last_record(desk, world.client.id)).object_id == minted.token.id
    assert await desk.audit_trail.verify(OPERATOR) == []
