"""Changing a token: exactly what is wished, recorded exactly, and never over somebody's change."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from server.desk import Desk
from server.domain.actor import OPERATOR
from server.domain.errors import FieldErrors, Invalid, Stale, by_field
from server.domain.tokens.lifecycle import Milestone, TokenStatus
from server.domain.verification.verdict import Outcome
from server.services.tokens.patch import TokenPatch
from server.services.tokens.views import TokenView
from tests.support.clock import TurnableClock
from tests.support.evidence import dump, last_record
from tests.support.factories import made, text_of
from tests.support.logos import stream
from tests.support.pictures import picture
from tests.support.world import World

MINUTE = timedelta(minutes=1)


@pytest.fixture
async def token(desk: Desk, world: World, clock: TurnableClock) -> TokenView:
    """A token with two modules and an expiry, and a minute of life."""
    minted = await made(
        desk,
        world.admin,
        module_ids=["MOD-1756", "MOD-2001"],
        description="Nightly",
        expires_at=clock() + timedelta(hours=1),
    )
    clock.advance(MINUTE)
    return minted.token


async def recorded(desk: Desk, world: World) -> tuple[Any, Any]:
    """What the last change of the client says it changed."""
    record = await last_record(desk, world.client.id)
    assert record.event == "token.updated"
    return record.before, record.after


async def test_a_record_has_exactly_what_changed(
    desk: Desk, world: World, clock: TurnableClock, token: TokenView
) -> None:
    assert token.expires_at is not None
    later = clock() + timedelta(days=2)
    full = TokenPatch(
        name="Export",
        description="Nightly",
        expires_at=token.expires_at,
        module_ids=["MOD-2001", "MOD-1756"],
    )
    changes: list[tuple[dict[str, Any], dict[str, Any], dict[str, Any]]] = [
        ({"name": "Import"}, {"name": "Export"}, {"name": "Import"}),
        ({"description": ""}, {"description": "Nightly"}, {"description": ""}),
        (
            {"module_ids": ["MOD-2002", "MOD-1756"]},
            {"modules": ["MOD-1756", "MOD-2001"]},
            {"modules": ["MOD-1756", "MOD-2002"]},
        ),
        (
            {"expires_at": later},
            {"expires_at": token.expires_at.isoformat()},
            {"expires_at": later.isoformat()},
        ),
        ({"expires_at": None}, {"expires_at": later.isoformat()}, {"expires_at": None}),
    ]
    wish = dict(vars(full))
    for version, (change, before, after) in enumerate(changes, start=2):
        wish |= change
        changed = await desk.tokens.update(world.admin, token.id, TokenPatch(**wish))
        assert await recorded(desk, world) == (before, after)
        assert (changed.version, changed.updated_at) == (version, clock())
    assert (changed.name, changed.description, changed.expires_at) == ("Import", "", None)
    assert changed.modules == (world.modules.access, world.modules.catalog)


async def test_a_logo_is_a_change_and_its_removal_too(
    desk: Desk, world: World, token: TokenView
) -> None:
    changed = await desk.tokens.update(
        world.admin, token.id, TokenPatch(), upload=stream(picture())
    )
    assert changed.logo is not None
    assert await recorded(desk, world) == ({"logo": None}, {"logo": changed.logo})
    bare = await desk.tokens.update(world.admin, token.id, TokenPatch(without_logo=True))
    assert bare.logo is None
    assert await recorded(desk, world) == ({"logo": changed.logo}, {"logo": None})


async def test_no_change_leaves_no_record_and_no_new_version(
    desk: Desk, world: World, token: TokenView
) -> None:
    before = await dump(desk)
    assert token.expires_at is not None
    to_the_minute = token.expires_at.replace(second=0, microsecond=0)
    for patch in (
        TokenPatch(),
        TokenPatch(name=" Export ", description="Nightly", without_logo=True),
        TokenPatch(module_ids=["MOD-2001", "MOD-1756", "MOD-2001"]),
        TokenPatch(expires_at=token.expires_at),
        TokenPatch(expires_at=to_the_minute),
    ):
        for version in (None, 1):
            assert await desk.tokens.update(world.admin, token.id, patch, version=version) == token
    assert await dump(desk) == before


async def test_a_stale_version_changes_nothing(desk: Desk, world: World, token: TokenView) -> None:
    await desk.tokens.update(world.admin, token.id, TokenPatch(name="Theirs"), version=1)
    before = await dump(desk)
    for version in (1, 0, 3, -1):
        with pytest.raises(Stale, match="changed in another tab or by somebody else") as refusal:
            await desk.tokens.update(
                world.admin, token.id, TokenPatch(name="Mine"), version=version
            )
        assert (refusal.value.current_version, refusal.value.path) == (2, ("version",))
    assert await dump(desk) == before
    mine = await desk.tokens.update(world.admin, token.id, TokenPatch(name="Mine"), version=2)
    assert (mine.name, mine.version) == ("Mine", 3)


async def test_all_complaints_come_at_once_and_nothing_changes(
    desk: Desk, world: World, clock: TurnableClock, token: TokenView
) -> None:
    before = await dump(desk)
    parsing = FieldErrors()
    parsing.add("other", "Found while parsing.")
    wrong = TokenPatch(name="", description="x" * 2_001, expires_at=clock(), module_ids=[])
    with pytest.raises(Invalid) as refusal:
        await desk.tokens.update(
            world.admin, token.id, wrong, upload=stream(b"no picture"), field_errors=parsing
        )
    assert set(by_field(refusal.value)) == {
        "other",
        "name",
        "description",
        "expires_at",
        "modules",
        "logo",
    }
    assert await dump(desk) == before


async def test_a_withdrawn_module_may_stay_but_not_be_added(
    desk: Desk, world: World, token: TokenView
) -> None:
    await desk.modules.disable(OPERATOR, "MOD-2001", world.client.id)
    kept = await desk.tokens.update(
        world.admin, token.id, TokenPatch(name="Kept", module_ids=["MOD-1756", "MOD-2001"])
    )
    assert kept.modules == (world.modules.access,)
    assert kept.withdrawn_modules == (world.modules.billing,)
    assert await recorded(desk, world) == ({"name": "Export"}, {"name": "Kept"})
    other = (await made(desk, world.admin)).token
    before = await dump(desk)
    for token_id, module_ids in (
        (other.id, ["MOD-1756", "MOD-2001"]),
        (token.id, ["MOD-1756", "MOD-2001", "MOD-2003"]),
        (token.id, ["MOD-1756", "MOD-9999"]),
    ):
        with pytest.raises(Invalid) as refusal:
            await desk.tokens.update(
                world.admin, token_id, TokenPatch(name="New", module_ids=module_ids)
            )
        said = f"The module {module_ids[-1]} is not enabled for this account."
        assert by_field(refusal.value) == {"modules": said}
    assert await dump(desk) == before
    without = await desk.tokens.update(world.admin, token.id, TokenPatch(module_ids=["MOD-1756"]))
    assert without.withdrawn_modules == ()
    with pytest.raises(Invalid, match="The module MOD-2001 is not enabled"):
        await desk.tokens.update(
            world.admin, token.id, TokenPatch(module_ids=["MOD-1756", "MOD-2001"])
        )


async def test_an_expired_token_can_be_renamed_with_the_expiry_the_form_sends_back(
    desk: Desk, world: World, clock: TurnableClock, token: TokenView
) -> None:
    clock.advance(timedelta(days=1))
    expired = await desk.tokens.get(world.admin, token.id)
    assert expired.status is TokenStatus.EXPIRED
    assert expired.expires_at is not None
    shown = expired.expires_at.replace(second=0, microsecond=0)
    renamed = await desk.tokens.update(
        world.admin, token.id, TokenPatch(name="Old", expires_at=shown)
    )
    assert (renamed.name, renamed.expires_at) == ("Old", expired.expires_at)
    assert await recorded(desk, world) == ({"name": "Export"}, {"name": "Old"})
    before = await dump(desk)
    others: list[datetime] = [shown - MINUTE, shown + MINUTE, clock(), expired.expires_at - MINUTE]
    for other in others:
        with pytest.raises(Invalid, match="must lie ahead"):
            await desk.tokens.update(
                world.admin, token.id, TokenPatch(name="New", expires_at=other)
            )
    assert await dump(desk) == before


async def test_an_expiry_is_changed_and_cleared_and_counts_at_once(
    desk: Desk, world: World, clock: TurnableClock
) -> None:
    minted = await made(desk, world.admin)
    token_id, text = minted.token.id, text_of(minted)
    assert Milestone.EXPIRY_SET not in await desk.tokens.milestones(world.admin, token_id)
    soon = clock() + MINUTE
    await desk.tokens.update(world.admin, token_id, TokenPatch(expires_at=soon))
    set_at = (await desk.tokens.milestones(world.admin, token_id))[Milestone.EXPIRY_SET].at
    assert set_at == clock()
    clock.advance(MINUTE)
    assert (await desk.verifier.verify(text)).outcome is Outcome.EXPIRED
    await desk.tokens.update(world.admin, token_id, TokenPatch(expires_at=clock() + MINUTE))
    assert (await desk.verifier.verify(text)).valid
    cleared = await desk.tokens.update(world.admin, token_id, TokenPatch(expires_at=None))
    assert (cleared.expires_at, cleared.status) == (None, TokenStatus.ACTIVE)
    clock.advance(timedelta(days=36_500))
    assert (await desk.verifier.verify(text)).valid
