"""Nothing is lost: closing keeps the draft and says so, Back and the stepper keep the step."""

import json

import httpx
import pytest

from server.models.tokens import Token, TokenDraft
from tests.support.pictures import picture
from tests.support.world import World
from tests.web.conftest import PARTIAL
from tests.web.pages import LIST, text_of
from tests.web.walk import begin, errors_in, send, version_in, walk_to_overview

KEPT = "Your draft is kept for 24 hours. Continue it on this page."


async def test_closing_keeps_what_was_entered_and_says_so(
    admin: httpx.AsyncClient, world: World
) -> None:
    draft = await begin(admin)
    form: dict[str, object] = {"version": "0", "name": "Half-made", "description": "For later"}
    await send(admin, f"{draft}/general", {**form, "go": "close"}, to=LIST)
    page = text_of((await admin.get(LIST)).text)
    assert KEPT in page
    assert "Half-made" in page
    assert KEPT not in text_of((await admin.get(LIST)).text)  # said once
    ticked = [world.modules.billing.id, world.modules.access.id]
    form = {"version": "1", "modules": ticked, "go": "close"}
    await send(admin, f"{draft}/modules", form, to=LIST)
    stored = await TokenDraft.get()
    assert (stored.name, stored.description, stored.module_ids) == (
        "Half-made",
        "For later",
        ticked,
    )


async def test_closing_an_untouched_wizard_stores_and_says_nothing(
    admin: httpx.AsyncClient,
) -> None:
    draft = await begin(admin)
    form = {"version": "0", "name": " ", "description": "", "expires_at": "", "go": "close"}
    await send(admin, f"{draft}/general", dict(form), to=LIST)
    assert KEPT not in (await admin.get(LIST)).text
    assert await TokenDraft.all().count() == 0


async def test_htmx_is_told_what_was_kept_and_shown_the_list(admin: httpx.AsyncClient) -> None:
    draft = await begin(admin)
    form = {"version": "0", "description": "No name yet", "go": "close"}
    answer = await admin.post(f"{draft}/general", data=form, headers=PARTIAL)
    assert json.loads(answer.headers["hx-trigger"]) == {"done": {"text": KEPT}}
    assert json.loads(answer.headers["hx-location"])["path"] == LIST
    assert (await TokenDraft.get()).description == "No name yet"


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"name": "x" * 256}, "An API token name can have at most 255 characters"),
        ({"expires_at": "2030-03-14T09:26"}, "The expiry must lie ahead"),
    ],
)
async def test_what_cannot_be_kept_stays_on_the_step_and_offers_to_close_without_it(
    admin: httpx.AsyncClient, wrong: dict[str, str], message: str
) -> None:
    draft = await begin(admin)
    form = {"version": "0", "name": "Robot", "description": "Kept words", "go": "close"} | wrong
    answer = await admin.post(f"{draft}/general", data=form)
    assert answer.status_code == 422
    assert errors_in(answer.text)[0].startswith(message)
    assert "Close without saving" in answer.text
    assert 'value="close"' not in answer.text
    assert "Kept words</textarea>" in answer.text
    assert await TokenDraft.all().count() == 0
    again = await admin.post(f"{draft}/general", data={**form, "go": ""})
    assert "Close without saving" not in again.text


async def test_back_keeps_ticks_also_when_there_are_none(
    admin: httpx.AsyncClient, world: World
) -> None:
    draft = await begin(admin)
    await send(admin, f"{draft}/general", {"version": "0", "name": "Robot"}, to=f"{draft}/modules")
    form: dict[str, object] = {
        "version": "1",
        "modules": [world.modules.access.id],
        "go": "general",
    }
    await send(admin, f"{draft}/modules", form, to=f"{draft}/general")
    assert (await TokenDraft.get()).module_ids == [world.modules.access.id]
    await send(admin, f"{draft}/modules", {"version": "2", "go": "general"}, to=f"{draft}/general")
    assert (await TokenDraft.get()).module_ids == []


async def test_the_stepper_leads_on_only_from_a_step_that_is_right(
    admin: httpx.AsyncClient, world: World
) -> None:
    draft = await walk_to_overview(admin, [world.modules.access.id])
    onward: dict[str, object] = {"version": "2", "name": "New name", "go": "overview"}
    await send(admin, f"{draft}/general", onward, to=f"{draft}/overview")
    answer = await admin.post(
        f"{draft}/general", data={"version": "3", "name": "", "go": "modules"}
    )
    assert (answer.status_code, errors_in(answer.text)) == (422, ["Enter an API token name."])
    await send(
        admin,
        f"{draft}/modules",
        {"version": "3", "modules": [world.modules.access.id], "go": "summary"},
        to=f"{draft}/overview",
    )
    assert await Token.all().count() == 0
    unknown = await admin.post(f"{draft}/modules", data={"version": "4", "go": "nowhere"})
    assert unknown.status_code == 404


async def test_a_name_that_was_emptied_stays_empty_and_a_logo_is_kept(
    admin: httpx.AsyncClient,
) -> None:
    draft = await begin(admin)
    form = {"version": "0", "name": "", "go": "close"}
    logo = {"logo": ("robot.png", picture(), "image/png")}
    answer = await admin.post(f"{draft}/general", data=form, files=logo)
    assert (answer.status_code, answer.headers["location"]) == (303, LIST)
    stored = await TokenDraft.get()
    assert (stored.name, stored.logo is None) == ("", False)
    assert "Unnamed draft" in (await admin.get(LIST)).text
    await send(admin, f"{draft}/general", {"version": "1", "name": "Robot"}, to=f"{draft}/modules")
    await send(admin, f"{draft}/general", {"version": "2", "name": " ", "go": "close"}, to=LIST)
    assert (await TokenDraft.get()).name == ""


async def test_the_overview_closes_by_a_form_that_cannot_add(
    admin: httpx.AsyncClient, world: World
) -> None:
    draft = await walk_to_overview(admin, [world.modules.access.id])
    page = (await admin.get(f"{draft}/overview")).text
    assert f'<form id="keep-form" action="{draft}/keep" method="post"' in page
    assert 'form="keep-form" name="go" value="close"' in page
    await send(admin, f"{draft}/keep", {}, to=LIST)
    assert KEPT in (await admin.get(LIST)).text
    assert await Token.all().count() == 0
    await admin.post(f"{draft}/discard")
    assert (await admin.post(f"{draft}/keep")).status_code == 410


async def test_a_draft_changed_in_another_tab_is_not_overwritten_by_closing(
    admin: httpx.AsyncClient, world: World
) -> None:
    draft = await walk_to_overview(admin, [world.modules.access.id], name="First tab")
    form = {"version": "1", "name": "Second tab", "go": "close"}
    answer = await admin.post(f"{draft}/general", data=form)
    assert (answer.status_code, (await TokenDraft.get()).name) == (409, "First tab")
    again: dict[str, object] = {**form, "version": version_in(answer.text)}
    await send(admin, f"{draft}/general", again, to=LIST)
    assert (await TokenDraft.get()).name == "Second tab"


async def test_enter_presses_next_not_close(admin: httpx.AsyncClient) -> None:
    draft = await begin(admin)
    page = (await admin.get(f"{draft}/general")).text
    first_button = page.index('<button type="submit" hidden>')
    assert first_button < page.index('form="general-form" name="go" value="close"')
