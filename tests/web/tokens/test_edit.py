"""The wizard "Edit API token": what it shows, saves and refuses."""

import re
from datetime import timedelta

import httpx
import pytest

from server.desk import Desk
from server.domain.actor import OPERATOR
from server.services.tokens.patch import TokenPatch
from tests.support.clock import TurnableClock
from tests.support.evidence import dump
from tests.support.pictures import picture
from tests.support.world import World
from tests.web.conftest import SignIn
from tests.web.pages import LIST, PARTIAL, make, text_of
from tests.web.walk import errors_in, version_in


def form(**changes: object) -> dict[str, object]:
    """What the form sends for a token as `make` makes it."""
    usual: dict[str, object] = {"version": "1", "name": "Robot", "modules": ["MOD-2001"]}
    return usual | {"description": "", "expires_at": ""} | changes


async def test_all_of_it_is_shown_and_saved(
    admin: httpx.AsyncClient, desk: Desk, world: World, clock: TurnableClock
) -> None:
    token = await make(desk, world)
    url = f"{LIST}/{token.id}/edit"
    page = (await admin.get(url, headers=PARTIAL)).text
    assert (version_in(page), 'value="Robot"' in page) == ("1", True)
    assert len(re.findall(r'name="modules" value="[^"]+" checked', page)) == 1
    wish = form(
        name="Crawler",
        description="Reads",
        expires_at="2030-05-01T10:00",
        modules=["MOD-2002", "MOD-1756"],
    )
    done = await admin.post(url, data=wish, files={"logo": ("l.png", picture(), "image/png")})
    assert (done.status_code, done.headers["location"]) == (303, f"{LIST}/{token.id}")
    saved = await desk.tokens.get(world.admin, token.id)
    assert (saved.name, saved.description, saved.version) == ("Crawler", "Reads", 2)
    assert f"{saved.expires_at:%Y-%m-%d %H:%M}" == "2030-05-01 10:00"
    assert [module.id for module in saved.modules] == ["MOD-1756", "MOD-2002"]
    assert saved.logo is not None
    assert "Crawler is saved." in (await admin.get(done.headers["location"])).text
    cleared = form(version="2", name="Crawler", remove_logo="1", modules=["MOD-2002"])
    await admin.post(url, data=cleared)
    saved = await desk.tokens.get(world.admin, token.id)
    assert (saved.logo, saved.expires_at, saved.description) == (None, None, "")


async def test_what_is_wrong_is_said_beside_its_field_and_all_is_kept(
    admin: httpx.AsyncClient, desk: Desk, world: World
) -> None:
    token = await make(desk, world)
    before = await dump(desk)
    wish = form(name=" ", description="Keep me", expires_at="2001-01-01T00:00", modules=[])
    refused = await admin.post(f"{LIST}/{token.id}/edit", data=wish, headers=PARTIAL)
    assert (refused.status_code, 'id="wizard"' in refused.text) == (422, True)
    assert errors_in(refused.text) == [
        "Enter an API token name.",
        "The expiry must lie ahead; it is now 14 Mar 2030 09:26 UTC.",
        "Select at least one module.",
    ]
    assert "Keep me" in refused.text
    assert await dump(desk) == before


async def test_a_stale_version_is_compared_and_not_overwritten(
    admin: httpx.AsyncClient, desk: Desk, world: World
) -> None:
    token = await make(desk, world)
    await desk.tokens.update(world.admin, token.id, TokenPatch(name="Theirs"))
    before = await dump(desk)
    url = f"{LIST}/{token.id}/edit"
    refused = await admin.post(url, data=form(name="Mine"), headers=PARTIAL)
    assert refused.status_code == 409
    page = text_of(refused.text)
    assert "Somebody else changed this API token Nothing was overwritten." in page
    assert "API token name Theirs Mine" in page
    assert (version_in(refused.text), 'value="Mine"' in refused.text) == ("2", True)
    assert await dump(desk) == before
    await admin.post(url, data=form(version="2", name="Mine"))
    assert (await desk.tokens.get(world.admin, token.id)).name == "Mine"


@pytest.mark.parametrize("version", ["", "x", "-1", "9" * 30, "0"])
async def test_a_form_without_the_right_version_changes_nothing(
    admin: httpx.AsyncClient, desk: Desk, world: World, version: str
) -> None:
    token = await make(desk, world)
    before = await dump(desk)
    refused = await admin.post(f"{LIST}/{token.id}/edit", data=form(version=version, name="X"))
    assert (refused.status_code, await dump(desk) == before) == (409, True)


async def test_a_withdrawn_module_is_marked_and_may_stay(
    admin: httpx.AsyncClient, desk: Desk, world: World
) -> None:
    token = await make(desk, world, modules=["MOD-2001", "MOD-2002"])
    await desk.modules.disable(OPERATOR, "MOD-2002", world.client.id)
    url = f"{LIST}/{token.id}"
    assert "No longer enabled for the account" in (await admin.get(f"{url}/edit")).text
    tab = text_of((await admin.get(f"{url}/modules")).text)
    assert tab.index("Billing") < tab.index("No longer enabled") < tab.index("Catalog")
    done = await admin.post(f"{url}/edit", data=form(name="New", modules=["MOD-2001", "MOD-2002"]))
    assert done.status_code == 303
    saved = await desk.tokens.get(world.admin, token.id)
    assert [module.id for module in saved.withdrawn_modules] == ["MOD-2002"]
    refused = await admin.post(
        f"{url}/edit", data=form(version="2", modules=["MOD-2001", "MOD-2003"])
    )
    assert errors_in(refused.text) == ["The module MOD-2003 is not enabled for this account."]


async def test_an_expired_token_can_be_changed_in_all_else(
    sign_in: SignIn, desk: Desk, world: World, clock: TurnableClock
) -> None:
    minted = await desk.tokens.create(
        world.admin,
        name="Robot",
        module_ids=["MOD-2001"],
        expires_at=clock() + timedelta(minutes=1),
    )
    clock.advance(timedelta(days=1))
    admin = await sign_in(world.admin_email)
    url = f"{LIST}/{minted.token.id}/edit"
    page = (await admin.get(url)).text
    match = re.search(r'name="expires_at"[^>]*value="([^"]+)"', page)
    assert match is not None
    done = await admin.post(url, data=form(name="Renamed", expires_at=match[1]))
    assert done.status_code == 303
    saved = await desk.tokens.get(world.admin, minted.token.id)
    assert (saved.name, saved.expires_at) == ("Renamed", minted.token.expires_at)


async def test_the_details_tab_tells_when_and_by_whom(
    admin: httpx.AsyncClient, desk: Desk, world: World, clock: TurnableClock
) -> None:
    token = await make(desk, world)
    clock.advance(timedelta(minutes=1))
    await desk.tokens.disable(world.admin, token.id)
    await desk.tokens.enable(OPERATOR, token.id)
    page = text_of((await admin.get(f"{LIST}/{token.id}/details")).text)
    assert "Created 14 Mar 2030 09:26 UTC AA Ada Admin" in page
    assert "Disabled 14 Mar 2030 09:27 UTC AA Ada Admin" in page
    assert "Enabled 14 Mar 2030 09:27 UTC CL Command line" in page
    assert "Rotated Never —" in page
