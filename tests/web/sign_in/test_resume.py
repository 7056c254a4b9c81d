"""The session ends in the middle of a step: what was sent waits for the next sign-in."""

import html
import re
from collections.abc import AsyncIterator, Callable
from datetime import timedelta

import httpx

from server.models.tokens import TokenDraft
from tests.support.clock import TurnableClock
from tests.support.pictures import picture
from tests.support.world import World
from tests.web.conftest import PARTIAL
from tests.web.pages import text_of
from tests.web.walk import begin, errors_in

AGAIN = "/sign-in/again"
TIMEOUT = timedelta(hours=8)


def fields_in(page: str) -> list[tuple[str, str]]:
    """The hidden fields, as a browser sends them."""
    found = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', page)
    return [(html.unescape(name), html.unescape(value)) for name, value in found]


async def test_with_htmx_a_dialog_asks_and_the_page_sends_the_same_again(
    admin: httpx.AsyncClient, clock: TurnableClock, world: World
) -> None:
    draft = await begin(admin)
    clock.advance(TIMEOUT)
    form = {"version": "0", "name": "Late robot"}
    asked = await admin.post(f"{draft}/general", data=form, headers=PARTIAL)
    assert asked.status_code == 401
    assert asked.text.lstrip().startswith('<dialog id="again" class="dialog" open')
    assert "Late robot" not in asked.text  # it is in the page still
    wrong = {"email": world.admin_email, "password": "wrong", "url": f"{draft}/general"}
    again = await admin.post(AGAIN, data=wrong, headers=PARTIAL)
    assert (again.status_code, errors_in(again.text)) == (
        422,
        ["The e-mail or the password is wrong."],
    )
    assert f'value="{world.admin_email}"' in again.text
    right = wrong | {"password": world.password}
    done = await admin.post(AGAIN, data=right, headers=PARTIAL)
    assert (done.status_code, done.headers["hx-trigger"]) == (204, "signed-in")
    saved = await admin.post(f"{draft}/general", data=form, headers=PARTIAL)
    assert (saved.status_code, saved.headers["hx-push-url"]) == (200, f"{draft}/modules")
    assert (await TokenDraft.get()).name == "Late robot"


async def test_without_scripts_the_page_carries_it_along(
    admin: httpx.AsyncClient, clock: TurnableClock, world: World
) -> None:
    draft = await begin(admin)
    clock.advance(TIMEOUT)
    form = {"version": "0", "name": 'Late <robot> "1"', "description": "Two\nlines"}
    asked = await admin.post(f"{draft}/general", data=form)
    assert asked.status_code == 401
    assert "What you entered is kept: sign in, and go on." in text_of(asked.text)
    carried = dict(fields_in(asked.text))
    person = {"email": world.admin_email, "password": "wrong"}
    wrong = await admin.post(AGAIN, data=carried | person)
    assert (wrong.status_code, dict(fields_in(wrong.text))) == (422, carried)
    done = await admin.post(AGAIN, data=carried | person | {"password": world.password})
    assert done.status_code == 200
    assert f'action="{draft}/general"' in done.text
    assert dict(fields_in(done.text)) == form
    saved = await admin.post(f"{draft}/general", data=dict(fields_in(done.text)))
    assert saved.headers["location"] == f"{draft}/modules"
    stored = await TokenDraft.get()
    assert (stored.name, stored.description) == ('Late <robot> "1"', "Two\nlines")


async def test_repeated_fields_are_all_carried(nobody: httpx.AsyncClient) -> None:
    form = {"version": "1", "modules": ["MOD-2001", "MOD-2002"]}
    asked = await nobody.post("/settings/api-tokens/new/DRF-1/modules", data=form)
    assert [value for name, value in fields_in(asked.text) if name == "kept:modules"] == [
        "MOD-2001",
        "MOD-2002",
    ]


async def test_a_file_and_a_password_are_not_carried_and_that_is_said(
    nobody: httpx.AsyncClient, world: World
) -> None:
    logo = {"logo": ("robot.png", picture(), "image/png")}
    draft = "/settings/api-tokens/new/DRF-1/general"
    with_file = await nobody.post(draft, data={"name": "Robot"}, files=logo)
    token = "/settings/api-tokens/TKN-1234-5678/secret"
    with_password = await nobody.post(token, data={"action": "show", "password": "my own"})
    for asked in (with_file, with_password):
        assert "except for a file or a password" in text_of(asked.text)
        assert "my own" not in asked.text
    carried = dict(fields_in(with_file.text))
    assert (carried["kept:name"], carried["whole"]) == ("Robot", "")
    person = {"email": world.admin_email, "password": world.password}
    done = await nobody.post(AGAIN, data=carried | person)
    assert "a file or a password is not" in text_of(done.text)


async def test_what_is_large_or_of_unknown_size_is_not_read(nobody: httpx.AsyncClient) -> None:
    draft = "/settings/api-tokens/new/DRF-1/general"
    large = await nobody.post(draft, data={"name": "x" * (512 * 1024)})
    assert (large.status_code, "xxxx" in large.text) == (401, False)

    async def chunks() -> AsyncIterator[bytes]:
        yield b"name=Robot"

    kind = {"content-type": "application/x-www-form-urlencoded"}
    unknown = await nobody.post(draft, content=chunks(), headers=kind)
    assert (unknown.status_code, "Robot" in unknown.text) == (401, False)


async def test_it_leads_to_no_other_site(
    browser: Callable[[], httpx.AsyncClient], world: World
) -> None:
    person = {"email": world.admin_email, "password": world.password, "whole": "1"}
    for target in ("//evil.test/", "/\\evil.test/", "https://evil.test/"):
        done = await browser().post(AGAIN, data=person | {"url": target})
        assert 'action="/settings/api-tokens" method="post"' in done.text
        assert "evil.test" not in done.text
