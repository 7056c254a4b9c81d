"""Saved views: a person's own, one of them the default, and not too many."""

import pytest

from server.desk import Desk
from server.domain.actor import NOBODY, OPERATOR, Role
from server.domain.errors import Invalid, NotAllowed, NotFound, SignInNeeded
from server.services.search import saved_views
from server.services.search.views import SavedViewView
from tests.support.evidence import dump
from tests.support.factories import made, text_of
from tests.support.world import ORIGIN, World


async def views(desk: Desk, world: World) -> dict[str, tuple[str, bool]]:
    found = await desk.views.all(world.viewer)
    return {view.name: (view.query, view.is_default) for view in found}


async def test_a_view_is_kept_by_name_and_replaced(desk: Desk, world: World) -> None:
    assert await desk.views.all(world.viewer) == []
    saved = await desk.views.save(world.viewer, " Expiring ", "expiring=30")
    assert saved == SavedViewView(saved.id, "Expiring", "expiring=30", is_default=False)
    await desk.views.save(world.viewer, "All", "")
    again = await desk.views.save(world.viewer, "Expiring", "expiring=7")
    assert again == SavedViewView(saved.id, "Expiring", "expiring=7", is_default=False)
    assert await views(desk, world) == {"All": ("", False), "Expiring": ("expiring=7", False)}
    await desk.views.delete(world.viewer, saved.id)
    await desk.views.delete(world.viewer, saved.id)
    assert await views(desk, world) == {"All": ("", False)}


async def test_one_view_at_most_is_the_default(desk: Desk, world: World) -> None:
    one = await desk.views.save(world.viewer, "1", "a=1", is_default=True)
    two = await desk.views.save(world.viewer, "2", "a=2", is_default=True)
    theirs = await desk.views.save(world.admin, "1", "a=9", is_default=True)
    assert await views(desk, world) == {"1": ("a=1", False), "2": ("a=2", True)}
    await desk.views.set_default(world.viewer, one.id)
    assert await views(desk, world) == {"1": ("a=1", True), "2": ("a=2", False)}
    before = await dump(desk)
    for wrong in (theirs.id, 0, -1, 10**6, 2**40, 2**63, -(2**63) - 1, 10**30):
        with pytest.raises(NotFound, match="There is no such view"):
            await desk.views.set_default(world.viewer, wrong)
        await desk.views.delete(world.viewer, wrong)
    assert await dump(desk) == before
    await desk.views.set_default(world.viewer, None)
    assert await views(desk, world) == {"1": ("a=1", False), "2": ("a=2", False)}
    assert [view.is_default for view in await desk.views.all(world.admin)] == [True]
    await desk.views.set_default(world.viewer, two.id)
    await desk.views.save(world.viewer, "2", "a=3")
    assert await views(desk, world) == {"1": ("a=1", False), "2": ("a=3", False)}


async def test_views_are_of_one_person_in_one_account(desk: Desk, world: World) -> None:
    await desk.views.save(world.viewer, "Mine", "a=1")
    assert await desk.views.all(world.admin) == []
    await desk.users.create(OPERATOR, world.viewer_email, "Vera", world.vendor.id, Role.VIEWER)
    cookie = await desk.sessions.sign_in(world.viewer_email, world.password, ORIGIN)
    signed_in = await desk.sessions.resume(cookie, ORIGIN)
    assert signed_in is not None
    moved = await desk.sessions.switch(cookie, signed_in, world.vendor.id)
    elsewhere = await desk.sessions.resume(moved, ORIGIN)
    assert elsewhere is not None
    assert await desk.views.all(elsewhere.actor) == []


async def test_views_have_bounds(desk: Desk, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saved_views, "MOST_VIEWS", 2)
    for name in ("1", "2"):
        await desk.views.save(world.viewer, name, "x" * 4_000, is_default=name == "1")
    before = await dump(desk)
    with pytest.raises(Invalid, match="You can keep at most 2 views") as refusal:
        await desk.views.save(world.viewer, "3", "", is_default=True)
    assert refusal.value.path == ("name",)
    with pytest.raises(Invalid, match="too many filters to be kept"):
        await desk.views.save(world.viewer, "1", "x" * 4_001)
    for name in ("", " ", "\u200b", "a\nb", "x" * 256):
        with pytest.raises(Invalid):
            await desk.views.save(world.viewer, name, "")
    for query in ("a=\x00", "a=\ud800"):
        with pytest.raises(Invalid, match="cannot be kept"):
            await desk.views.save(world.viewer, "1", query)
    assert await dump(desk) == before
    await desk.views.save(world.viewer, "2", "")
    await desk.views.save(world.admin, "3", "")


async def test_only_people_have_views(desk: Desk, world: World) -> None:
    program = await desk.verifier.actor(text_of(await made(desk, world.admin)), ORIGIN)
    assert program is not None
    before = await dump(desk)
    for actor, refusal in ((program, NotAllowed), (OPERATOR, NotAllowed), (NOBODY, SignInNeeded)):
        for call in (
            desk.views.save(actor, "1", ""),
            desk.views.set_default(actor, None),
            desk.views.delete(actor, 1),
        ):
            with pytest.raises(refusal):
                await call
    assert await desk.views.all(program) == await desk.views.all(OPERATOR) == []
    with pytest.raises(SignInNeeded):
        await desk.views.all(NOBODY)
    assert await dump(desk) == before
