"""Drafts that others changed, that ended, or that are not one's own, and what a person reads."""

import asyncio
from datetime import timedelta

import httpx

from server.desk import Desk
from server.domain.actor import OPERATOR
from server.domain.tokens.secret_policy import RevealPolicy
from server.models.tokens import Token, TokenDraft
from tests.support.clock import TurnableClock
from tests.support.world import World
from tests.web.conftest import SignIn
from tests.web.walk import NEW, begin, send, version_in, walk_to_overview


async def test_a_draft_changed_in_another_tab_is_reported_not_overwritten(
    admin: httpx.AsyncClient, world: World
) -> None:
    draft = await walk_to_overview(admin, [world.modules.access.id], name="First tab")
    form = {"version": "1", "name": "Second tab"}
    answer = await admin.post(f"{draft}/general", data=form)
    assert answer.status_code == 409
    assert "This draft was changed in another tab" in answer.text
    assert "<dd>First tab</dd>" in answer.text
    assert 'value="Second tab"' in answer.text
    assert (await TokenDraft.get()).name == "First tab"
    form = {"version": version_in(answer.text), "name": "Second tab"}
    await send(admin, f"{draft}/general", dict(form), to=f"{draft}/modules")
    assert (await TokenDraft.get()).name == "Second tab"
    stale = await admin.post(f"{draft}/overview", data={"version": "2"})
    assert stale.status_code == 409
    assert await Token.all().count() == 0


async def test_a_form_without_its_version_is_not_taken(admin: httpx.AsyncClient) -> None:
    draft = await begin(admin)
    for version in ("", "-1", "1.5", "²", "9" * 30):
        form = {"version": version, "name": "Robot"}
        assert (await admin.post(f"{draft}/general", data=form)).status_code == 409
    assert await TokenDraft.all().count() == 0


async def test_a_double_first_step_is_stored_once(admin: httpx.AsyncClient) -> None:
    draft = await begin(admin)
    form = {"version": "0", "name": "Robot"}
    answers = await asyncio.gather(*(admin.post(f"{draft}/general", data=form) for _ in range(4)))
    assert [answer.headers.get("location") for answer in answers] == [f"{draft}/modules"] * 4
    assert await TokenDraft.all().count() == 1


async def test_ends_of_a_draft_are_explained(
    admin: httpx.AsyncClient, clock: TurnableClock, world: World
) -> None:
    draft = await walk_to_overview(admin, [world.modules.access.id])
    discarded = await admin.post(f"{draft}/discard")
    assert (discarded.status_code, discarded.headers["location"]) == (303, "/settings/api-tokens")
    answer = await admin.get(f"{draft}/general")
    assert answer.status_code == 410
    assert "This draft was discarded." in answer.text
    old = await walk_to_overview(admin, [world.modules.access.id])
    clock.advance(timedelta(hours=7, minutes=59))
    await admin.get("/settings/api-tokens")
    clock.advance(timedelta(hours=7, minutes=59))
    await admin.get("/settings/api-tokens")
    clock.advance(timedelta(hours=7, minutes=59))
    assert (await admin.get(f"{old}/overview")).status_code == 200
    clock.advance(timedelta(minutes=3))
    answer = await admin.post(f"{old}/overview", data={"version": "2"})
    assert answer.status_code == 410
    assert "This draft was not touched for 24 hours and has expired." in answer.text
    assert await Token.all().count() == 0


async def test_another_accounts_draft_is_not_there(
    admin: httpx.AsyncClient, sign_in: SignIn, world: World
) -> None:
    draft = await walk_to_overview(admin, [world.modules.access.id], name="Client's own")
    otto = await sign_in(world.other_admin_email)
    blank = await otto.get(f"{draft}/general")
    assert (blank.status_code, "Client&#39;s own" in blank.text) == (200, False)
    for step, version in (("general", "0"), ("general", "2"), ("modules", "2"), ("overview", "2")):
        form = {"version": version, "name": "Mine now", "modules": world.modules.access.id}
        assert (await otto.post(f"{draft}/{step}", data=form)).status_code == 404
    assert (await otto.post(f"{draft}/discard")).status_code == 404
    stored = await TokenDraft.get()
    assert (stored.name, stored.version, stored.account_id) == ("Client's own", 2, world.client.id)
    assert await Token.all().count() == 0


async def test_a_viewer_has_no_wizard(viewer: httpx.AsyncClient, world: World) -> None:
    message = "Only administrators of the account may do this. You are a viewer."
    url = f"{NEW}/DRF-0000-0000-0000-0001"
    answers = [
        await viewer.get(NEW),
        await viewer.get(f"{url}/general"),
        await viewer.post(f"{url}/general", data={"version": "0", "name": "Mine"}),
        await viewer.post(f"{url}/modules", data={"version": "1"}),
        await viewer.post(f"{url}/overview", data={"version": "1"}),
        await viewer.post(f"{url}/discard"),
    ]
    assert [answer.status_code for answer in answers] == [403] * 6
    assert all(message in answer.text for answer in answers)
    assert await TokenDraft.all().count() == 0


async def test_under_reveal_once_the_overview_warns_and_close_asks(
    admin: httpx.AsyncClient, desk: Desk, world: World
) -> None:
    await desk.accounts.set_reveal(OPERATOR, world.client.id, RevealPolicy.ONCE)
    draft = await walk_to_overview(admin, [world.modules.access.id])
    assert "The value is shown only once." in (await admin.get(f"{draft}/overview")).text
    await send(admin, f"{draft}/overview", {"version": "2"}, to=f"{draft}/summary")
    summary = (await admin.get(f"{draft}/summary")).text
    assert "I have copied it" in summary
    assert "idt:TKN-" in summary


async def test_going_back_in_history_keeps_the_address_of_the_page_shown(
    admin: httpx.AsyncClient, world: World
) -> None:
    draft = await walk_to_overview(admin, [world.modules.access.id])
    await send(admin, f"{draft}/overview", {"version": "2"}, to=f"{draft}/summary")
    restore = {"HX-History-Restore-Request": "true", "HX-Request-Type": "full"}
    headers = {"HX-Request": "true"} | restore
    answer = await admin.get(f"{draft}/overview", headers=headers, follow_redirects=True)
    assert answer.headers["hx-replace-url"] == f"{draft}/summary"
    assert "<html" in answer.text
