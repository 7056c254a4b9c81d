"""Enable, disable, delete: each from the right state alone, one by one and many at once."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from server.desk import Desk
from server.domain.actor import NOBODY, Actor, ActorView
from server.domain.errors import IllegalTransition, Invalid, NotAllowed, NotFound, SignInNeeded
from server.domain.tokens.lifecycle import Milestone, TokenStatus
from server.domain.tokens.secret_policy import Grace
from server.domain.verification.verdict import Outcome
from server.models.tokens import TokenDraft, TokenSecret
from server.services.tokens import lifecycle as tokens_module
from server.services.tokens.patch import TokenPatch
from server.services.tokens.views import MilestoneView
from tests.support.clock import TurnableClock
from tests.support.drafting import ready_draft
from tests.support.evidence import dump, holds, last_record, records
from tests.support.factories import made, text_of
from tests.support.world import World

Wish = Callable[[Desk, Actor, str], Awaitable[object]]
WISHES: dict[str, Wish] = {
    "enabled": lambda desk, actor, token_id: desk.tokens.enable(actor, token_id),
    "disabled": lambda desk, actor, token_id: desk.tokens.disable(actor, token_id),
    "deleted": lambda desk, actor, token_id: desk.tokens.delete(actor, token_id),
    "changed": lambda desk, actor, token_id: desk.tokens.update(
        actor, token_id, TokenPatch(name="Other")
    ),
    "rotated": lambda desk, actor, token_id: desk.secrets.rotate(actor, token_id, Grace.NONE),
}


async def bring_to(desk: Desk, world: World, clock: TurnableClock, state: str) -> str:
    """A token in this state; its id."""
    token = (await made(desk, world.admin, expires_at=clock() + timedelta(hours=1))).token
    if state == "disabled":
        await desk.tokens.disable(world.admin, token.id)
    elif state == "deleted":
        await desk.tokens.delete(world.admin, token.id)
    elif state == "expired":
        clock.advance(timedelta(hours=1))
    return token.id


@pytest.mark.parametrize(
    ("state", "wish"),
    [
        ("active", "enabled"),
        ("disabled", "disabled"),
        ("disabled", "rotated"),
        ("expired", "rotated"),
        *[("deleted", wish) for wish in WISHES],
    ],
)
async def test_an_illegal_move_names_state_and_wish(
    desk: Desk, world: World, clock: TurnableClock, state: str, wish: str
) -> None:
    token_id = await bring_to(desk, world, clock, state)
    before = await dump(desk)
    for actor in (world.admin, *([] if wish == "rotated" else [world.operations_admin])):
        with pytest.raises(IllegalTransition) as refusal:
            await WISHES[wish](desk, actor, token_id)
        said = f"API token {token_id} is {state}; it cannot be {wish}."
        assert refusal.value.message.startswith(said)
    assert await dump(desk) == before


@pytest.mark.parametrize("wish", WISHES)
async def test_who_may_not_changes_nothing(
    desk: Desk, world: World, clock: TurnableClock, wish: str
) -> None:
    token_id = await bring_to(desk, world, clock, "disabled" if wish == "enabled" else "active")
    before = await dump(desk)
    refusals: list[tuple[Actor, type[Exception]]] = [
        (world.viewer, NotAllowed),
        (world.other_admin, NotFound),
        (NOBODY, SignInNeeded),
    ]
    for actor, refusal in refusals:
        with pytest.raises(refusal):
            await WISHES[wish](desk, actor, token_id)
    for nonsense in ("", "TKN-0000-0000", "\x00", "\ud800", "x" * 999):
        with pytest.raises(NotFound, match="There is no API token"):
            await WISHES[wish](desk, world.admin, nonsense)
    assert await dump(desk) == before


async def test_disable_and_enable(desk: Desk, world: World, clock: TurnableClock) -> None:
    minted = await made(desk, world.admin)
    token_id = minted.token.id
    moves = (
        (desk.tokens.disable, "disabled", "active", "disabled", TokenStatus.DISABLED),
        (desk.tokens.enable, "enabled", "disabled", "active", TokenStatus.ACTIVE),
    )
    for version, (move, word, before, after, status) in enumerate(moves, start=2):
        clock.advance(timedelta(minutes=1))
        moved = await move(world.admin, token_id)
        assert moved == await desk.tokens.get(world.viewer, token_id)
        assert (moved.status, moved.version, moved.updated_at) == (status, version, clock())
        record = await last_record(desk, world.client.id)
        assert (record.event, record.object_id, record.object_name) == (
            f"token.{word}",
            token_id,
            "Export",
        )
        assert (record.before, record.after) == ({"status": before}, {"status": after})
        outcome = (await desk.verifier.verify(text_of(minted))).outcome
        assert outcome is (Outcome.VALID if after == "active" else Outcome.DISABLED)
        reached = await desk.tokens.milestones(world.viewer, token_id)
        ada = ActorView(world.admin.id, "Ada Admin", moved.created_by.kind)
        assert reached[Milestone(word)] == MilestoneView(clock(), ada)
    assert set(reached) == {Milestone.DISABLED, Milestone.ENABLED}


async def test_a_disabled_token_that_expired_meanwhile_is_enabled_as_expired(
    desk: Desk, world: World, clock: TurnableClock
) -> None:
    token_id = await bring_to(desk, world, clock, "disabled")
    clock.advance(timedelta(hours=1))
    assert (await desk.tokens.get(world.admin, token_id)).status is TokenStatus.DISABLED
    assert (await desk.tokens.enable(world.admin, token_id)).status is TokenStatus.EXPIRED


async def test_delete_destroys_every_secret(desk: Desk, world: World) -> None:
    draft = await ready_draft(desk, world.admin)
    minted = await desk.drafts.commit(world.admin, draft.id, draft.version)
    rotated = await desk.secrets.rotate(world.admin, minted.token.id, Grace.ONE_DAY)
    digests = await TokenSecret.all().values_list("digest", flat=True)
    assert len(digests) == 2
    assert await desk.tokens.delete(world.admin, minted.token.id) == minted.token.id
    assert await TokenSecret.all().count() == 0
    assert (await TokenDraft.get(id=draft.id)).sealed_answer is None
    left = await dump(desk)
    assert not any(holds(left, str(digest)) for digest in digests)
    for each in (minted, rotated):
        assert (await desk.verifier.verify(text_of(each))).outcome is Outcome.UNKNOWN
    with pytest.raises(NotFound, match=r"was deleted\. The audit trail tells"):
        await desk.tokens.get(world.viewer, minted.token.id)
    record = await last_record(desk, world.client.id)
    assert (record.event, record.before, record.after) == (
        "token.deleted",
        {"status": "active"},
        {"status": "deleted"},
    )


async def test_many_at_once_are_told_of_one_by_one(desk: Desk, world: World) -> None:
    first, second, third, gone = [
        (await made(desk, world.admin, name)).token.id for name in ("1", "2", "3", "4")
    ]
    theirs = (await made(desk, world.other_admin)).token.id
    await desk.tokens.disable(world.admin, second)
    await desk.tokens.delete(world.admin, gone)
    wanted = [third, second, "nonsense", first, theirs, gone, third]
    before = len(await records(desk))
    done = await desk.tokens.disable_all(world.admin, wanted)
    assert [(token.id, token.status) for token in done.changed] == [
        (third, TokenStatus.DISABLED),
        (first, TokenStatus.DISABLED),
    ]
    assert [(each.token_id, type(each.refusal)) for each in done.refused] == [
        (second, IllegalTransition),
        ("nonsense", NotFound),
        (theirs, NotFound),
        (gone, IllegalTransition),
    ]
    assert done.refused[0].refusal.message == (
        f"API token {second} is disabled; it cannot be disabled."
    )
    left = [record for record in await records(desk) if record.event == "token.disabled"]
    assert [record.object_id for record in left] == [second, third, first]
    assert len(await records(desk)) == before + 2
    enabled = await desk.tokens.enable_all(world.admin, [first, first])
    assert [token.id for token in enabled.changed] == [first]
    deleted = await desk.tokens.delete_all(world.admin, [first, gone])
    assert deleted.changed == (first,)
    assert [each.token_id for each in deleted.refused] == [gone]


async def test_many_are_some_and_not_too_many(
    desk: Desk, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tokens_module, "MOST_AT_ONCE", 2)
    ids = [(await made(desk, world.admin, name)).token.id for name in ("1", "2", "3")]
    before = await dump(desk)
    for act in (desk.tokens.enable_all, desk.tokens.disable_all, desk.tokens.delete_all):
        with pytest.raises(Invalid, match="Select at least one API token"):
            await act(world.admin, [])
        with pytest.raises(Invalid, match="Select at most 2 API tokens at once") as refusal:
            await act(world.admin, ids)
        assert refusal.value.path == ("ids",)
        with pytest.raises(NotAllowed):
            await act(world.viewer, ids[:1])
        with pytest.raises(SignInNeeded):
            await act(NOBODY, ids[:1])
    assert await dump(desk) == before
    # What is named twice counts once.
    assert len((await desk.tokens.disable_all(world.admin, [*ids[:2], *ids[:2]])).changed) == 2
