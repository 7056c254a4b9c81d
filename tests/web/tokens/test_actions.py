"""Enable, disable, rotate, end the old secret, delete: asked, done, refused."""

import json
import re
from datetime import timedelta

import httpx
import pytest

from server.desk import Desk
from server.domain.errors import NotFound
from server.domain.tokens.lifecycle import TokenStatus
from server.domain.tokens.secret_policy import Grace
from server.domain.verification.verdict import Outcome
from tests.support.clock import TurnableClock
from tests.support.evidence import dump
from tests.support.world import World
from tests.web.conftest import SignIn
from tests.web.pages import LIST, PARTIAL, make, text_of

PATHS = ("enable", "disable", "rotate", "end-grace", "delete")


async def test_each_is_asked_and_nothing_is_done_by_asking(
    admin: httpx.AsyncClient, desk: Desk, world: World
) -> None:
    token = await make(desk, world)
    before = await dump(desk)
    for path in PATHS:
        asked = await admin.get(f"{LIST}/{token.id}/{path}", headers=PARTIAL)
        assert (asked.status_code, 'role="alertdialog"' in asked.text) == (200, True)
        assert "Robot" in asked.text
        page = await admin.get(f"{LIST}/{token.id}/{path}")
        assert (page.status_code, "<!doctype html>" in page.text) == (200, True)
    assert await dump(desk) == before


async def test_disable_and_enable_without_scripts(
    admin: httpx.AsyncClient, desk: Desk, world: World
) -> None:
    token = await make(desk, world)
    url = f"{LIST}/{token.id}"
    done = await admin.post(f"{url}/disable")
    assert (done.status_code, done.headers["location"]) == (303, url)
    page = text_of((await admin.get(url)).text)
    assert "Robot is disabled. It is refused from now on." in page
    assert "Robot is disabled." not in text_of((await admin.get(url)).text)  # said once
    assert (await desk.tokens.get(world.admin, token.id)).status is TokenStatus.DISABLED
    await admin.post(f"{url}/enable")
    assert (await desk.tokens.get(world.admin, token.id)).status is TokenStatus.ACTIVE


async def test_htmx_is_told_to_bring_the_page_up_to_date(
    admin: httpx.AsyncClient, desk: Desk, world: World
) -> None:
    token = await make(desk, world)
    here = {**PARTIAL, "HX-Current-URL": f"http://desk.test{LIST}?sort=name"}
    done = await admin.post(f"{LIST}/{token.id}/disable", headers=here)
    assert json.loads(done.headers["hx-trigger"]) == {
        "done": {"text": "Robot is disabled. It is refused from now on."}
    }
    way = json.loads(done.headers["hx-location"])
    assert (way["path"], way["replace"], way["target"]) == (
        f"{LIST}?sort=name",
        f"{LIST}?sort=name",
        "#main",
    )


async def test_delete_needs_the_name(admin: httpx.AsyncClient, desk: Desk, world: World) -> None:
    token = await make(desk, world, name="Robot  <1>")
    before = await dump(desk)
    url = f"{LIST}/{token.id}/delete"
    for typed in ("", "robot", "Robot"):
        wrong = await admin.post(url, data={"typed": typed})
        assert wrong.status_code == 422
        assert "Type the name of the API token to delete it" in wrong.text
        assert f'value="{typed}"' in wrong.text
    assert await dump(desk) == before
    done = await admin.post(url, data={"typed": " Robot <1> "})
    assert (done.status_code, done.headers["location"]) == (303, LIST)
    with pytest.raises(NotFound):
        await desk.tokens.get(world.admin, token.id)
    gone = await admin.get(f"{LIST}/{token.id}")
    assert (gone.status_code, "was deleted" in gone.text) == (404, True)


async def test_rotate_shows_the_new_value_and_tells_of_the_old_one(
    admin: httpx.AsyncClient, desk: Desk, world: World, clock: TurnableClock
) -> None:
    minted = await desk.tokens.create(world.admin, name="Robot", module_ids=["MOD-2001"])
    assert minted.secret is not None
    url, old = f"{LIST}/{minted.token.id}", minted.secret.reveal()
    rotated = await admin.post(f"{url}/rotate", data={"grace": "24h"}, headers=PARTIAL)
    found = re.search(r'value="(idt:TKN-[^"]+)"', rotated.text)
    assert (rotated.status_code, found is not None) == (200, True)
    assert found is not None
    assert "The old secret works until" in text_of(rotated.text)
    for value in (old, found[1]):
        assert (await desk.verifier.verify(value)).valid
    page = text_of((await admin.get(url)).text)
    assert "The old secret still works until 15 Mar 2030 09:26 UTC" in page
    assert found[1] not in page
    await admin.post(f"{url}/end-grace")
    assert (await desk.verifier.verify(old)).outcome is Outcome.ROTATED
    assert "The old secret still works" not in text_of((await admin.get(url)).text)


async def test_use_of_an_ended_secret_is_a_warning_on_the_token(
    admin: httpx.AsyncClient, desk: Desk, world: World
) -> None:
    minted = await desk.tokens.create(world.admin, name="Robot", module_ids=["MOD-2001"])
    assert minted.secret is not None
    await desk.secrets.rotate(world.admin, minted.token.id, Grace.NONE)
    url = f"{LIST}/{minted.token.id}"
    assert "A program still sends an old secret." not in text_of((await admin.get(url)).text)
    bearer = {"Authorization": f"Bearer {minted.secret.reveal()}"}
    refused = await admin.get("/verify", headers=bearer)
    assert (refused.status_code, "rotated" in refused.headers["www-authenticate"]) == (401, True)
    await desk.usage.write()
    assert "A program still sends an old secret." in text_of((await admin.get(url)).text)


@pytest.mark.parametrize("grace", ["", "2h", "1h' OR 1=1"])
async def test_an_unknown_grace_is_refused(
    admin: httpx.AsyncClient, desk: Desk, world: World, grace: str
) -> None:
    token = await make(desk, world)
    before = await dump(desk)
    refused = await admin.post(f"{LIST}/{token.id}/rotate", data={"grace": grace})
    assert (refused.status_code, "Choose how long" in refused.text) == (422, True)
    assert await dump(desk) == before


async def test_an_illegal_move_is_told_in_the_dialog(
    admin: httpx.AsyncClient, desk: Desk, world: World
) -> None:
    token = await make(desk, world)
    before = await dump(desk)
    refused = await admin.post(f"{LIST}/{token.id}/enable", headers=PARTIAL)
    assert (refused.status_code, 'id="dialog"' in refused.text) == (409, True)
    assert f"API token {token.id} is active; it cannot be enabled." in refused.text
    assert (await admin.post(f"{LIST}/{token.id}/end-grace")).status_code == 409
    assert await dump(desk) == before
    await desk.tokens.disable(world.admin, token.id)
    rotate = await admin.post(f"{LIST}/{token.id}/rotate", data={"grace": "1h"})
    assert rotate.status_code == 409
    assert f"API token {token.id} is disabled; it cannot be rotated." in rotate.text


async def test_expiry_is_shown_with_the_time_left(
    sign_in: SignIn, desk: Desk, world: World, clock: TurnableClock
) -> None:
    for name, days in (("Far", 31), ("Soon", 30), ("Very soon", 7), ("Over", 1)):
        await desk.tokens.create(
            world.admin,
            name=name,
            module_ids=["MOD-2001"],
            expires_at=clock() + timedelta(days=days),
        )
    clock.advance(timedelta(days=1, seconds=-1))
    admin = await sign_in(world.admin_email)
    page = (await admin.get(f"{LIST}?sort=expires_at")).text
    marks = re.findall(r'<small class="left (\w+)">.*?</svg>([^<]+)</small>', page, re.DOTALL)
    assert marks == [
        ("bad", "less than 1 hour left"),
        ("bad", "6 days left"),
        ("warn", "29 days left"),
    ]


async def test_the_graces_stand_in_order_and_24_hours_is_picked(
    admin: httpx.AsyncClient, desk: Desk, world: World
) -> None:
    token = await make(desk, world)
    asked = (await admin.get(f"{LIST}/{token.id}/rotate")).text
    radios = re.findall(r'name="grace" value="(\w+)"( checked)?>([^<]+)<', asked)
    assert radios == [
        ("none", "", "Not at all: it ends now"),
        ("1h", "", "For 1 hour"),
        ("24h", " checked", "For 24 hours"),
        ("7d", "", "For 7 days"),
    ]


async def test_what_is_not_possible_any_more_leaves_only_close(
    admin: httpx.AsyncClient, desk: Desk, world: World
) -> None:
    token = await make(desk, world)
    await desk.tokens.disable(world.admin, token.id)
    answer = await admin.post(f"{LIST}/{token.id}/disable", headers=PARTIAL)
    assert answer.status_code == 409
    assert 'id="dialog-do"' not in answer.text
    # Closing it brings the page up to date.
    assert '<div class="dialog-body" data-stale>' in answer.text
    assert re.search(r"data-dismiss[^>]*>Close<", answer.text)
