"""What a draft takes and refuses: all complaints at once, and a good logo kept."""

import pytest

from server.desk import Desk
from server.domain.errors import FieldErrors, Invalid, by_field
from server.services.tokens.patch import TokenPatch
from tests.support.clock import TurnableClock
from tests.support.evidence import dump
from tests.support.logos import stream
from tests.support.pictures import picture
from tests.support.world import World


async def test_all_complaints_come_at_once_and_nothing_is_stored(
    desk: Desk, world: World, clock: TurnableClock
) -> None:
    before = await dump(desk)
    patch = TokenPatch(
        name="", description="x" * 2_001, expires_at=clock(), module_ids=["MOD-2003", "MOD-9999"]
    )
    found = FieldErrors()
    found.add("version", "Found while parsing.")
    with pytest.raises(Invalid) as refusal:
        await desk.drafts.save(
            world.admin, desk.drafts.new_id(world.admin), 0, patch,
            upload=stream(b"<svg/>"), field_errors=found,
        )  # fmt: skip
    assert [(complaint.field, complaint.message) for complaint in refusal.value.field_errors] == [
        ("version", "Found while parsing."),
        ("name", "Enter an API token name."),
        ("description", "The description can have at most 2,000 characters; this one has 2,001."),
        ("expires_at", "The expiry must lie ahead; it is now 14 Mar 2030 09:26 UTC."),
        ("logo", "The logo is not a JPEG or PNG image."),
        ("modules", "The module MOD-2003 is not enabled for this account."),
        ("modules", "The module MOD-9999 is not enabled for this account."),
    ]
    assert by_field(refusal.value)["modules"].startswith("The module MOD-2003")
    assert await dump(desk) == before


@pytest.mark.parametrize(
    "wrong", [TokenPatch(name=""), TokenPatch(name="Ok", module_ids=["MOD-2003"])]
)
async def test_a_good_logo_is_kept_when_the_rest_is_wrong(
    desk: Desk, world: World, wrong: TokenPatch
) -> None:
    draft_id = desk.drafts.new_id(world.admin)
    with pytest.raises(Invalid):
        await desk.drafts.save(world.admin, draft_id, 0, wrong, upload=stream(picture()))
    kept = await desk.drafts.get(world.admin, draft_id)
    assert (kept.version, kept.name, kept.module_ids) == (1, "", ())
    assert kept.logo is not None
    assert await desk.logos.read(kept.logo)
    with pytest.raises(Invalid):
        await desk.drafts.save(world.admin, draft_id, 1, wrong, upload=stream(picture("JPEG")))
    replaced = await desk.drafts.get(world.admin, draft_id)
    assert replaced.version == 2
    assert replaced.logo is not None
    assert replaced.logo != kept.logo
    good = await desk.drafts.save(world.admin, draft_id, 2, TokenPatch(name="Right"))
    assert (good.version, good.name, good.logo) == (3, "Right", replaced.logo)


async def test_a_wrong_logo_loses_nothing_that_was_kept(desk: Desk, world: World) -> None:
    draft = await desk.drafts.create(world.admin, TokenPatch(name="Export"))
    draft = await desk.drafts.save(world.admin, draft.id, 1, TokenPatch(), upload=stream(picture()))
    before = await dump(desk)
    with pytest.raises(Invalid, match="not a JPEG or PNG"):
        await desk.drafts.save(
            world.admin, draft.id, 2, TokenPatch(name="Other"), upload=stream(b"GIF89a")
        )
    assert await dump(desk) == before
    without = await desk.drafts.save(world.admin, draft.id, 2, TokenPatch(without_logo=True))
    assert (without.logo, without.version) == (None, 3)
