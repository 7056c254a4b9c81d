"""Drafts: every way of saving, reading, listing and discarding one."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from server.desk import Desk
from server.domain.actor import NOBODY, OPERATOR, Role
from server.domain.errors import (
    Expired,
    IllegalTransition,
    NotAllowed,
    NotFound,
    SignInNeeded,
    Stale,
)
from server.domain.ids import IdKind
from server.models.tokens import TokenDraft
from server.services.tokens.patch import TokenPatch
from server.services.tokens.views import DraftView
from tests.support.clock import TurnableClock
from tests.support.drafting import FULL, full_patch, ready_draft
from tests.support.evidence import dump
from tests.support.world import World

INSTANT = timedelta(microseconds=1)
DAY = timedelta(hours=24)


async def test_a_drawn_id_stores_nothing(desk: Desk, world: World) -> None:
    before = await dump(desk)
    draft_id = desk.drafts.new_id(world.admin)
    assert IdKind.DRAFT.matches(draft_id)
    assert await dump(desk) == before
    with pytest.raises(NotFound):
        await desk.drafts.get(world.admin, draft_id)


async def test_a_draft_grows_step_by_step(desk: Desk, world: World, clock: TurnableClock) -> None:
    draft_id, created_at = desk.drafts.new_id(world.admin), clock()
    first = await desk.drafts.save(world.admin, draft_id, 0, TokenPatch(name=" Export "))
    assert first == DraftView(
        id=draft_id,
        version=1,
        name="Export",
        description="",
        logo=None,
        expires_at=None,
        module_ids=(),
        modules=(),
        created_at=created_at,
        updated_at=created_at,
        token_id=None,
    )
    assert (first.general_done, first.modules_done) == (True, False)
    clock.advance(timedelta(hours=1))
    patch = TokenPatch(module_ids=["MOD-2001", "MOD-1756"], expires_at=clock() + DAY)
    second = await desk.drafts.save(world.admin, draft_id, 1, patch)
    assert second == replace(
        first,
        version=2,
        expires_at=clock() + DAY,
        module_ids=("MOD-2001", "MOD-1756"),
        modules=(world.modules.billing, world.modules.access),
        updated_at=clock(),
    )
    assert second.modules_done
    assert await desk.drafts.get(world.admin, draft_id) == second
    cleared = await desk.drafts.save(world.admin, draft_id, 2, TokenPatch(expires_at=None))
    assert cleared == replace(second, version=3, expires_at=None)


async def test_a_draft_belongs_to_its_account(desk: Desk, world: World) -> None:
    draft = await ready_draft(desk, world.admin)
    before = await dump(desk)
    for stranger in (world.other_admin, world.operations_admin):
        with pytest.raises(NotFound) as refusal:
            await desk.drafts.get(stranger, draft.id)
        assert refusal.value.message == f"There is no draft {draft.id}."
        for version in (0, 1, 2):
            with pytest.raises(NotFound):
                await desk.drafts.save(stranger, draft.id, version, TokenPatch(name="Mine"))
        with pytest.raises(NotFound):
            await desk.drafts.discard(stranger, draft.id)
        with pytest.raises(NotFound):
            await desk.drafts.commit(stranger, draft.id, 1)
        with pytest.raises(NotFound):
            await desk.drafts.committed(stranger, draft.id)
        assert await desk.drafts.all(stranger) == []
    assert await dump(desk) == before


async def test_viewers_and_nobody_have_no_drafts(desk: Desk, world: World) -> None:
    draft = await ready_draft(desk, world.admin)
    before = await dump(desk)
    for actor, refusal in ((world.viewer, NotAllowed), (NOBODY, SignInNeeded)):
        with pytest.raises(refusal):
            desk.drafts.new_id(actor)
        for call in (
            desk.drafts.create(actor, FULL),
            desk.drafts.get(actor, draft.id),
            desk.drafts.all(actor),
            desk.drafts.save(actor, draft.id, 1, FULL),
            desk.drafts.discard(actor, draft.id),
            desk.drafts.commit(actor, draft.id, 1),
            desk.drafts.committed(actor, draft.id),
        ):
            with pytest.raises(refusal):
                await call
    assert await dump(desk) == before


@pytest.mark.parametrize("draft_id", ["", "nonsense", "DRF-1", "\x00", "\ud800", "x" * 999])
async def test_what_is_no_draft_id_is_not_found(desk: Desk, world: World, draft_id: str) -> None:
    before = await dump(desk)
    for call in (
        desk.drafts.get(world.admin, draft_id),
        desk.drafts.save(world.admin, draft_id, 0, FULL),
        desk.drafts.save(world.admin, draft_id, 1, FULL),
        desk.drafts.discard(world.admin, draft_id),
        desk.drafts.commit(world.admin, draft_id, 1),
    ):
        with pytest.raises(NotFound):
            await call
    assert await dump(desk) == before


async def test_a_change_by_another_tab_is_reported_and_not_overwritten(
    desk: Desk, world: World
) -> None:
    draft = await ready_draft(desk, world.admin)
    await desk.drafts.save(world.admin, draft.id, 1, TokenPatch(name="From tab 1"))
    before = await dump(desk)
    for version in (0, 1, 3, -1, 2**31 - 1, 2**31, 2**63, -(2**70), 10**30):
        with pytest.raises(Stale, match="changed in another tab") as refusal:
            await desk.drafts.save(world.admin, draft.id, version, TokenPatch(name="From tab 2"))
        assert refusal.value.current_version == 2
    assert await dump(desk) == before


async def test_saving_twice_what_is_said_already_is_no_conflict(desk: Desk, world: World) -> None:
    draft_id = desk.drafts.new_id(world.admin)
    first = await desk.drafts.save(world.admin, draft_id, 0, FULL)
    assert await desk.drafts.save(world.admin, draft_id, 0, FULL) == first
    patch = TokenPatch(name="Other", module_ids=("MOD-2002",))
    second = await desk.drafts.save(world.admin, draft_id, 1, patch)
    assert await desk.drafts.save(world.admin, draft_id, 1, patch) == second
    assert second.version == 2


async def test_a_second_administrator_may_go_on_with_it(desk: Desk, world: World) -> None:
    draft = await ready_draft(desk, world.admin)
    user = await desk.users.create(
        OPERATOR, "bo@client.example", "Bo", world.client.id, Role.ADMINISTRATOR
    )
    second = replace(world.admin, id=user.id, name=user.name)
    assert await desk.drafts.get(second, draft.id) == draft
    assert await desk.drafts.all(second) == []
    saved = await desk.drafts.save(second, draft.id, 1, TokenPatch(name="Bo was here"))
    assert saved.version == 2


async def test_discarding_removes_the_content_and_tells(desk: Desk, world: World) -> None:
    draft = await ready_draft(desk, world.admin)
    await desk.drafts.discard(world.admin, draft.id)
    row = await TokenDraft.get(id=draft.id)
    assert (row.name, row.description, row.module_ids, row.logo) == ("", "", [], None)
    discarded = await dump(desk)
    await desk.drafts.discard(world.admin, draft.id)
    assert await dump(desk) == discarded
    for call in (
        desk.drafts.get(world.admin, draft.id),
        desk.drafts.save(world.admin, draft.id, 1, FULL),
        desk.drafts.save(world.admin, draft.id, 0, FULL),
        desk.drafts.commit(world.admin, draft.id, 1),
    ):
        with pytest.raises(Expired, match="This draft was discarded"):
            await call
    assert await desk.drafts.all(world.admin) == []
    assert await dump(desk) == discarded


async def test_what_was_added_is_neither_changed_nor_discarded(desk: Desk, world: World) -> None:
    draft = await ready_draft(desk, world.admin)
    minted = await desk.drafts.commit(world.admin, draft.id, 1)
    before = await dump(desk)
    with pytest.raises(IllegalTransition, match="was added already; it cannot be discarded"):
        await desk.drafts.discard(world.admin, draft.id)
    for version in (0, 1, 2):
        with pytest.raises(IllegalTransition, match=f"added already, as {minted.token.id}"):
            await desk.drafts.save(world.admin, draft.id, version, TokenPatch(name="Late"))
    assert await dump(desk) == before
    assert (await desk.drafts.get(world.admin, draft.id)).token_id == minted.token.id


async def test_an_untouched_draft_expires_after_a_day(
    desk: Desk, world: World, clock: TurnableClock
) -> None:
    draft = await ready_draft(desk, world.admin)
    clock.advance(DAY - INSTANT)
    await desk.drafts.sweep()
    assert await desk.drafts.all(world.admin) == [draft]
    touched = await desk.drafts.save(world.admin, draft.id, 1, TokenPatch(name="Touched"))
    clock.advance(DAY - INSTANT)
    assert await desk.drafts.get(world.admin, draft.id) == touched
    clock.advance(INSTANT)
    for _ in range(2):
        for call in (
            desk.drafts.get(world.admin, draft.id),
            desk.drafts.save(world.admin, draft.id, 2, FULL),
            desk.drafts.commit(world.admin, draft.id, 2),
        ):
            with pytest.raises(Expired, match="not touched for 24 hours"):
                await call
        assert await desk.drafts.all(world.admin) == []
        await desk.drafts.sweep()
    row = await TokenDraft.get(id=draft.id)
    assert (row.name, row.description, row.module_ids) == ("", "", [])


async def test_all_are_the_own_open_drafts_latest_first(
    desk: Desk, world: World, clock: TurnableClock
) -> None:
    drafts = []
    for name in ("One", "Two", "Three", "Four"):
        clock.advance(timedelta(minutes=1))
        drafts.append(await ready_draft(desk, world.admin, full_patch(name=name)))
    await ready_draft(desk, world.other_admin, full_patch(module_ids=["MOD-2003"]))
    await desk.drafts.discard(world.admin, drafts[1].id)
    await desk.drafts.commit(world.admin, drafts[2].id, 1)
    clock.advance(timedelta(minutes=1))
    await desk.drafts.save(world.admin, drafts[0].id, 1, TokenPatch(description="Touched"))
    names = [draft.name for draft in await desk.drafts.all(world.admin)]
    assert names == ["One", "Four"]


async def test_a_module_disabled_since_is_no_longer_among_its_modules(
    desk: Desk, world: World
) -> None:
    draft = await ready_draft(desk, world.admin)
    await desk.modules.disable(OPERATOR, "MOD-2001", world.client.id)
    shown = await desk.drafts.get(world.admin, draft.id)
    assert shown.module_ids == ("MOD-1756", "MOD-2001")
    assert shown.modules == (world.modules.access,)
    assert not shown.modules_done


async def test_drafts_of_two_accounts_do_not_wait_for_each_other(desk: Desk, world: World) -> None:
    ours, theirs = await asyncio.gather(
        ready_draft(desk, world.admin),
        ready_draft(desk, world.other_admin, full_patch(module_ids=["MOD-2003"])),
    )
    assert (ours.version, theirs.version) == (1, 1)
