"""The wizard by plain forms: what leads on, what stays and why, and that one Add is one token."""

import asyncio
from datetime import timedelta

import httpx
import pytest

from server.desk import Desk
from server.domain.actor import OPERATOR
from server.models.audit import AuditRecord
from server.models.tokens import Token, TokenDraft
from tests.support.clock import TurnableClock
from tests.support.world import World
from tests.web.conftest import PARTIAL
from tests.web.walk import NEW, begin, errors_in, send, version_in, walk_to_overview


async def test_four_plain_forms_make_a_token_that_works(
    admin: httpx.AsyncClient, desk: Desk, world: World
) -> None:
    modules = [world.modules.access.id, world.modules.billing.id]
    draft = await walk_to_overview(admin, modules, name="Robot 1")
    overview = await admin.get(f"{draft}/overview")
    assert "Robot 1" in overview.text
    form = {"version": version_in(overview.text)}
    await send(admin, f"{draft}/overview", form, to=f"{draft}/summary")
    summary = await admin.get(f"{draft}/summary")
    token = await Token.get()
    assert f'href="/settings/api-tokens/{token.id}"' in summary.text
    start = summary.text.index(f"idt:{token.id}:")
    secret = summary.text[start : start + 82]
    verdict = await desk.verifier.verify(secret, modules)
    assert verdict.valid
    assert (token.name, token.account_id, token.created_by_id) == (
        "Robot 1",
        world.client.id,
        world.admin.id,
    )


async def test_with_htmx_each_step_is_one_request_that_pushes_its_url(
    admin: httpx.AsyncClient, world: World
) -> None:
    slot = PARTIAL | {"HX-Target": "div#wizard-slot"}
    first = await admin.get(NEW, headers=slot)
    general = first.headers["hx-push-url"]
    draft = general.removesuffix("/general")
    assert first.text.lstrip().startswith("<title>General - Add API token - API tokens - Tokendesk")
    assert "<html" not in first.text
    forms: list[tuple[str, dict[str, object]]] = [
        ("general", {"version": "0", "name": "Robot"}),
        ("modules", {"version": "1", "modules": [world.modules.access.id]}),
        ("overview", {"version": "2"}),
    ]
    pushed = []
    for step, form in forms:
        answer = await admin.post(f"{draft}/{step}", data=form, headers=PARTIAL)
        assert answer.status_code == 200
        assert '<dialog id="wizard" class="wizard" open' in answer.text
        assert len(answer.content) < 10_000
        pushed.append(answer.headers["hx-push-url"])
    assert pushed == [f"{draft}/modules", f"{draft}/overview", f"{draft}/summary"]
    assert await Token.all().count() == 1


async def test_nothing_is_stored_before_the_first_step_is_sent(admin: httpx.AsyncClient) -> None:
    draft = await begin(admin)
    assert (await admin.get(f"{draft}/general")).status_code == 200
    assert await TokenDraft.all().count() == 0


async def test_a_step_ahead_leads_to_the_first_gap(admin: httpx.AsyncClient, world: World) -> None:
    draft = await begin(admin)

    async def leads(step: str) -> str:
        answer = await admin.get(f"{draft}/{step}")
        return str(answer.headers.get("location", "")).removeprefix(f"{draft}/")

    assert [await leads(step) for step in ("modules", "overview", "summary")] == ["general"] * 3
    form: dict[str, object] = {"version": "0", "name": "Robot"}
    await send(admin, f"{draft}/general", form, to=f"{draft}/modules")
    assert [await leads(step) for step in ("general", "modules")] == ["", ""]
    assert [await leads(step) for step in ("overview", "summary")] == ["modules"] * 2
    form = {"version": "1", "modules": [world.modules.access.id]}
    await send(admin, f"{draft}/modules", form, to=f"{draft}/overview")
    assert [await leads(step) for step in ("general", "modules", "overview")] == [""] * 3
    assert await leads("summary") == "overview"
    await send(admin, f"{draft}/overview", {"version": "2"}, to=f"{draft}/summary")
    assert [await leads(step) for step in ("general", "modules", "overview")] == ["summary"] * 3


NAMES = [
    ("", "Enter an API token name."),
    ("   \t ", "Enter an API token name."),
    ("\u200b\u2060", "Enter an API token name."),
    ("x" * 256, "An API token name can have at most 255 characters; this one has 256."),
    ("a\x00b", "An API token name cannot contain line breaks or control characters."),
    ("a\nb", "An API token name cannot contain line breaks or control characters."),
    ("a\u202eb", "An API token name cannot contain line breaks or control characters."),
]


@pytest.mark.parametrize(("name", "message"), NAMES)
async def test_a_bad_name_stays_on_the_step_with_all_that_was_typed(
    admin: httpx.AsyncClient, name: str, message: str
) -> None:
    draft = await begin(admin)
    form = {"version": "0", "name": name, "description": "Kept words"}
    answer = await admin.post(f"{draft}/general", data=form)
    assert answer.status_code == 422
    assert errors_in(answer.text) == [message]
    assert "<title>Error: General" in answer.text
    assert 'id="f-name" name="name"' in answer.text
    assert 'aria-invalid="true" aria-describedby="e-name h-name"' in answer.text
    assert "Kept words</textarea>" in answer.text
    assert await TokenDraft.all().count() == 0


@pytest.mark.parametrize("name", ["x" * 255, "🤖", "Ünïcödé <b>&\"'", "مرحبا"])
async def test_unusual_names_are_fine(admin: httpx.AsyncClient, name: str) -> None:
    draft = await begin(admin)
    await send(admin, f"{draft}/general", {"version": "0", "name": name}, to=f"{draft}/modules")
    assert (await TokenDraft.get()).name == name
    assert "<b>&" not in (await admin.get(f"{draft}/general")).text


async def test_all_complaints_come_at_once(admin: httpx.AsyncClient) -> None:
    draft = await begin(admin)
    form = {
        "version": "0",
        "name": "",
        "description": "x" * 2_001,
        "expires_at": "tomorrow",
    }
    answer = await admin.post(f"{draft}/general", data=form)
    assert errors_in(answer.text) == [
        "Enter a date and time such as 2027-01-31 18:00.",
        "Enter an API token name.",
        "The description can have at most 2,000 characters; this one has 2,001.",
    ]


async def test_an_expiry_in_the_past_is_refused(admin: httpx.AsyncClient) -> None:
    draft = await begin(admin)
    form = {"version": "0", "name": "Robot", "expires_at": "2030-03-14T09:26"}
    answer = await admin.post(f"{draft}/general", data=form)
    assert (answer.status_code, errors_in(answer.text)) == (
        422,
        ["The expiry must lie ahead; it is now 14 Mar 2030 09:26 UTC."],
    )


async def test_modules_must_be_chosen_known_and_enabled(
    admin: httpx.AsyncClient, world: World
) -> None:
    draft = await begin(admin)
    form: dict[str, object] = {"version": "0", "name": "Robot"}
    await send(admin, f"{draft}/general", form, to=f"{draft}/modules")
    foreign, made_up = world.modules.orders.id, "MOD-9999"
    cases: list[tuple[list[str], str]] = [
        ([], "Select at least one module."),
        ([foreign], f"The module {foreign} is not enabled for this account."),
        ([made_up], f"The module {made_up} is not enabled for this account."),
        (["../etc"], "&#39;../etc&#39; is not a module id."),
    ]
    for modules, message in cases:
        form = {"version": "1", "modules": modules}
        answer = await admin.post(f"{draft}/modules", data=form)
        assert (answer.status_code, errors_in(answer.text)) == (422, [message])
    stored = await TokenDraft.get()
    assert (stored.version, stored.module_ids) == (1, [])


async def test_search_without_scripts_keeps_ticks_that_it_hides(
    admin: httpx.AsyncClient, world: World
) -> None:
    draft = await begin(admin)
    form: dict[str, object] = {"version": "0", "name": "Robot"}
    await send(admin, f"{draft}/general", form, to=f"{draft}/modules")
    ticked = world.modules.billing.id
    form = {"version": "1", "modules": [ticked], "action": "search", "search": "CATALOG"}
    page = (await admin.post(f"{draft}/modules", data=form)).text
    assert f'<input type="hidden" name="modules" value="{ticked}">' in page
    assert f'value="{world.modules.catalog.id}"' in page
    assert world.modules.access.name not in page.split("<fieldset")[1]
    assert "1 of 3 selected" in page


async def test_a_module_disabled_before_add_is_named_and_nothing_is_made(
    admin: httpx.AsyncClient, desk: Desk, world: World
) -> None:
    gone, kept = world.modules.billing.id, world.modules.access.id
    draft = await walk_to_overview(admin, [gone, kept])
    await desk.modules.disable(OPERATOR, gone, world.client.id)
    records = await AuditRecord.all().count()
    answer = await admin.post(f"{draft}/overview", data={"version": "2"})
    assert (answer.status_code, errors_in(answer.text)) == (
        422,
        [f"The module {gone} is not enabled for this account."],
    )
    assert await Token.all().count() == 0
    assert await AuditRecord.all().count() == records


async def test_add_pressed_often_and_at_once_makes_one_token(
    admin: httpx.AsyncClient, world: World
) -> None:
    draft = await walk_to_overview(admin, [world.modules.access.id])
    sent = [admin.post(f"{draft}/overview", data={"version": "2"}) for _ in range(6)]
    answers = await asyncio.gather(*sent)
    assert [(a.status_code, a.headers["location"]) for a in answers] == [
        (303, f"{draft}/summary")
    ] * 6
    assert await Token.all().count() == 1
    assert await AuditRecord.filter(event="token.created").count() == 1


async def test_the_summary_can_be_reloaded_for_ten_minutes(
    admin: httpx.AsyncClient, clock: TurnableClock, world: World
) -> None:
    draft = await walk_to_overview(admin, [world.modules.access.id])
    await send(admin, f"{draft}/overview", {"version": "2"}, to=f"{draft}/summary")
    clock.advance(timedelta(minutes=9, seconds=59))
    assert "idt:TKN-" in (await admin.get(f"{draft}/summary")).text
    clock.advance(timedelta(seconds=1))
    late = await admin.get(f"{draft}/summary")
    assert late.status_code == 200
    assert "idt:TKN-" not in late.text
