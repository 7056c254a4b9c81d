"""Ways in and out."""

import re
from collections.abc import Callable
from datetime import timedelta

import httpx
import pytest

from server.app import create_app
from server.desk import Desk
from server.domain.actor import OPERATOR, Role
from server.models.accounts import Session
from server.services.crypto.passwords import Passwords
from tests.support.clock import TurnableClock
from tests.support.world import World
from tests.web.conftest import SignIn


async def test_a_right_password_begins_a_session_in_a_guarded_cookie(
    nobody: httpx.AsyncClient, world: World
) -> None:
    form = {"email": world.admin_email, "password": world.password}
    answer = await nobody.post("/sign-in", data=form)
    assert answer.status_code == 303
    session, device = answer.headers.get_list("set-cookie")
    assert re.fullmatch(r"tokendesk=[\w-]{43}; HttpOnly; Path=/; SameSite=lax", session)
    kept = r"tokendesk-device=[\w-]+; HttpOnly; Max-Age=31536000; Path=/; SameSite=strict"
    assert re.fullmatch(kept, device)
    assert (await nobody.get("/settings/api-tokens")).status_code == 200


async def test_wrong_password_and_unknown_person_are_one_answer(
    nobody: httpx.AsyncClient, world: World
) -> None:
    pages = []
    for email in (world.admin_email, "nobody@client.example"):
        answer = await nobody.post("/sign-in", data={"email": email, "password": "not this one"})
        assert answer.status_code == 422
        assert "set-cookie" not in answer.headers
        pages.append(answer.text.replace(email, "EMAIL"))
    assert pages[0] == pages[1]
    assert "The e-mail or the password is wrong." in pages[0]
    assert await Session.all().count() == 0


async def test_after_ten_attempts_a_right_password_waits_too(
    nobody: httpx.AsyncClient, world: World
) -> None:
    wrong = {"email": world.admin_email, "password": "not this one"}
    for _ in range(10):
        assert (await nobody.post("/sign-in", data=wrong)).status_code == 422
    answer = await nobody.post("/sign-in", data=wrong | {"password": world.password})
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "900")
    assert await Session.all().count() == 0


async def test_a_link_is_used_up_by_the_button_not_by_the_visit(
    nobody: httpx.AsyncClient, desk: Desk, world: World
) -> None:
    link, _ = await desk.users.create_sign_in_link(OPERATOR, world.admin_email)
    for _ in range(2):
        page = await nobody.get(f"/sign-in/link/{link}")
        assert page.status_code == 200
        assert world.admin_email in page.text
    first = await nobody.post(f"/sign-in/link/{link}")
    assert (first.status_code, first.headers["location"]) == (303, "/settings/api-tokens")
    second = await nobody.post(f"/sign-in/link/{link}")
    assert second.status_code == 410
    assert "This link does not work any more" in second.text
    assert await Session.all().count() == 1


@pytest.mark.parametrize(
    ("wanted", "reached"),
    [
        ("/settings/api-tokens/TKN-0000-0001", "/settings/api-tokens/TKN-0000-0001"),
        ("//evil.example/", "/settings/api-tokens"),
        ("/\\evil.example/", "/settings/api-tokens"),
        ("https://evil.example/", "/settings/api-tokens"),
        ("/a\r\nSet-Cookie: x=y", "/settings/api-tokens"),
        ("", "/settings/api-tokens"),
    ],
)
async def test_signing_in_leads_back_to_this_origin_alone(
    nobody: httpx.AsyncClient, world: World, wanted: str, reached: str
) -> None:
    form = {"email": world.admin_email, "password": world.password, "next": wanted}
    answer = await nobody.post("/sign-in", data=form)
    assert (answer.status_code, answer.headers["location"]) == (303, reached)


async def test_a_visit_without_a_session_leads_to_sign_in_and_back(
    nobody: httpx.AsyncClient, world: World
) -> None:
    page = await nobody.get("/settings/api-tokens/TKN-1234-5678")
    assert page.headers["location"] == "/sign-in?next=/settings/api-tokens/TKN-1234-5678"
    htmx = {
        "HX-Request": "true",
        "HX-Request-Type": "partial",
        "HX-Current-URL": "http://desk.test/settings/api-tokens?page=2",
    }
    partial = await nobody.get("/settings/api-tokens/new", headers=htmx)
    assert (partial.status_code, partial.headers["hx-redirect"]) == (
        204,
        "/sign-in?next=/settings/api-tokens",
    )


@pytest.mark.parametrize("cookie", ["", "x", "\x00\x01", "%00", "é", "a" * 8_000, "=;=", '"'])
async def test_a_malformed_cookie_is_nobody(nobody: httpx.AsyncClient, cookie: str) -> None:
    header = b"tokendesk=" + cookie.encode()
    answer = await nobody.get("/settings/api-tokens", headers=[(b"cookie", header)])
    assert (answer.status_code, answer.headers["location"]) == (
        303,
        "/sign-in?next=/settings/api-tokens",
    )


async def test_signing_out_ends_the_session_on_the_server(
    admin: httpx.AsyncClient, browser: Callable[[], httpx.AsyncClient]
) -> None:
    stolen = dict(admin.cookies)
    answer = await admin.post("/sign-out")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    thief = browser()
    thief.cookies.update(stolen)
    assert (await thief.get("/settings/api-tokens")).status_code == 303
    assert await Session.all().count() == 0


async def test_signing_in_again_takes_a_new_cookie(admin: httpx.AsyncClient, world: World) -> None:
    before = admin.cookies["tokendesk"]
    form = {"email": world.admin_email, "password": world.password}
    await admin.post("/sign-in", data=form)
    assert admin.cookies["tokendesk"] != before


async def test_signing_in_again_ends_the_browsers_old_session(
    admin: httpx.AsyncClient, desk: Desk, world: World
) -> None:
    form = {"email": world.admin_email, "password": world.password}
    assert (await admin.post("/sign-in", data=form)).status_code == 303
    assert await Session.all().count() == 1
    assert (await admin.post("/sign-in/again", data=form)).status_code == 200
    assert await Session.all().count() == 1
    link, _ = await desk.users.create_sign_in_link(OPERATOR, world.viewer_email)
    assert (await admin.post(f"/sign-in/link/{link}")).status_code == 303
    assert [each.user_id for each in await Session.all()] == [world.viewer.id]


async def test_a_browser_that_one_has_used_is_let_in_while_strangers_fail(
    admin: httpx.AsyncClient, nobody: httpx.AsyncClient, world: World
) -> None:
    wrong = {"email": world.admin_email, "password": "not this one"}
    for _ in range(10):
        assert (await nobody.post("/sign-in", data=wrong)).status_code == 422
    right = wrong | {"password": world.password}
    assert (await nobody.post("/sign-in", data=right)).status_code == 429
    await admin.post("/sign-out")
    assert (await admin.post("/sign-in", data=right)).status_code == 303


async def test_an_idle_session_ends_after_eight_hours(
    admin: httpx.AsyncClient, clock: TurnableClock
) -> None:
    clock.advance(timedelta(hours=7, minutes=59))
    assert (await admin.get("/settings/api-tokens")).status_code == 200
    clock.advance(timedelta(hours=8))
    assert (await admin.get("/settings/api-tokens")).status_code == 303


async def test_a_person_of_two_accounts_switches_between_them(
    sign_in: SignIn, desk: Desk, world: World
) -> None:
    name, role = "Ada Admin", Role.ADMINISTRATOR
    await desk.users.create(OPERATOR, world.admin_email, name, world.vendor.id, role)
    ada = await sign_in(world.admin_email)
    before = ada.cookies["tokendesk"]
    page = (await ada.get("/settings/api-tokens")).text
    assert f"<strong>{world.client.name}</strong>" in page
    answer = await ada.post("/switch-account", data={"account": world.vendor.id})
    assert (answer.status_code, answer.headers["location"]) == (303, "/settings/api-tokens")
    assert ada.cookies["tokendesk"] != before
    assert f"<strong>{world.vendor.name}</strong>" in (await ada.get("/settings/api-tokens")).text
    foreign = await ada.post("/switch-account", data={"account": world.operations.id})
    assert foreign.status_code == 404


async def test_under_https_the_cookie_is_bound_to_the_host(
    desk: Desk, clock: TurnableClock, world: World, quick_passwords: Passwords
) -> None:
    secure = desk.settings.model_copy(update={"base_url": "https://desk.test"})
    app = create_app(Desk.build(secure, clock, quick_passwords))
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="https://desk.test") as client:
        form = {"email": world.admin_email, "password": world.password}
        answer = await client.post("/sign-in", data=form)
        cookie, device = answer.headers.get_list("set-cookie")
        assert device.startswith("__Host-tokendesk-device=")
        assert device.endswith("; HttpOnly; Max-Age=31536000; Path=/; SameSite=strict; Secure")
        assert cookie.startswith("__Host-tokendesk=")
        assert cookie.endswith("; HttpOnly; Path=/; SameSite=lax; Secure")
        assert answer.headers["strict-transport-security"] == "max-age=31536000"
