"""Whatever fails leaves the page and what was typed as they are, and can be tried again."""

import asyncio
import re
from pathlib import Path

import pytest
from playwright.async_api import FilePayload, Page, Route, expect

from server.demo.world import PASSWORD, SARAH
from tests.browser.conftest import sign_in
from tests.browser.test_tokens import choose
from tests.support.pictures import picture

LIST = "/settings/api-tokens"
UNREACHED = "Tokendesk could not be reached. Nothing is lost."
BROKEN = "Tokendesk could not do this right now. Nothing you entered is lost."


async def _begin(page: Page) -> None:
    await sign_in(page)
    await page.get_by_role("link", name="Add", exact=True).click()
    await page.get_by_label("API token name").fill("Robot")
    await page.get_by_label("Description").fill("Fetches orders")


@pytest.mark.parametrize("how", ["offline", "connectionreset", "timedout"])
async def test_a_step_that_could_not_be_sent_keeps_all_and_is_sent_again(
    page: Page, how: str, artefacts: Path
) -> None:
    async def fail(route: Route) -> None:
        await route.abort(how)

    await _begin(page)
    if how == "offline":
        await page.context.set_offline(True)
    else:
        await page.route("**/general", fail)
    await page.get_by_role("button", name="Next").click()
    alert = page.locator("#wizard").get_by_role("alert")
    await expect(alert).to_contain_text(UNREACHED)
    await expect(alert).to_be_focused()
    await expect(page.get_by_label("API token name")).to_have_value("Robot")
    await expect(page.get_by_label("Description")).to_have_value("Fetches orders")
    await page.screenshot(path=artefacts / "failed-step.png")
    await page.context.set_offline(False)
    await page.unroute_all()
    await alert.get_by_role("button", name="Try again").click()
    await expect(page.locator(".step-title")).to_have_text(re.compile("Modules"))
    await expect(page.locator(".failure")).to_have_count(0)


async def test_a_second_failure_does_not_pile_up(page: Page) -> None:
    await _begin(page)
    await page.context.set_offline(True)
    alert = page.locator("#wizard .failure")
    await page.get_by_role("button", name="Next").click()
    await alert.get_by_role("button").click()
    await expect(alert).to_have_count(1)
    await expect(alert).to_be_focused()


@pytest.mark.parametrize("status", [500, 502, 503])
async def test_a_dialog_tells_of_a_failing_server_and_presses_again(
    page: Page, status: int, artefacts: Path
) -> None:
    async def fail(route: Route) -> None:
        if route.request.method == "POST":
            await route.fulfill(status=status, body="<h1>Broken</h1>", content_type="text/html")
        else:
            await route.continue_()

    await sign_in(page)
    await page.route("**/disable", fail)
    await choose(page, "Data warehouse", "Disable")
    dialog = page.get_by_role("alertdialog")
    await dialog.get_by_role("button", name="Disable").click()
    await expect(dialog.get_by_role("alert")).to_contain_text(BROKEN)
    await page.screenshot(path=artefacts / f"failed-dialog-{status}.png")
    again = dialog.get_by_role("button", name="Try again")
    await page.unroute_all()
    await again.click()
    await expect(page.locator("#status")).to_contain_text("Data warehouse is disabled.")
    await expect(dialog).to_have_count(0)
    await choose(page, "Data warehouse", "Enable")
    await dialog.get_by_role("button", name="Enable").click()
    await expect(page.locator("#status")).to_contain_text("Data warehouse is enabled.")


@pytest.mark.parametrize(
    ("status", "text"),
    [
        (403, "You are not allowed to do that."),
        (404, "This is no longer there. Load the page again."),
        (413, "That is too large. A logo can have at most 5 MB."),
    ],
)
async def test_what_can_never_work_is_not_offered_again(page: Page, status: int, text: str) -> None:
    async def refuse(route: Route) -> None:
        await route.fulfill(status=status, body="<!doctype html>", content_type="text/html")

    await _begin(page)
    await page.route("**/general", refuse)
    await page.get_by_role("button", name="Next").click()
    alert = page.locator("#wizard").get_by_role("alert")
    await expect(alert).to_contain_text(text)
    await expect(alert.get_by_role("button")).to_have_count(0)
    await expect(page.get_by_label("API token name")).to_have_value("Robot")


async def test_what_somebody_else_did_first_leaves_only_close(page: Page) -> None:
    await sign_in(page)
    await choose(page, "Price list sync", "Disable")
    dialog = page.get_by_role("alertdialog")
    address = await dialog.locator("form").get_attribute("action")
    assert address is not None
    assert (await page.request.post(address)).ok
    await dialog.get_by_role("button", name="Disable").click()
    await expect(dialog.get_by_role("alert")).to_contain_text("disabled")
    await expect(dialog.get_by_role("button")).to_have_count(0)
    await dialog.get_by_role("link", name="Close").click()
    await expect(dialog).to_have_count(0)
    row = page.locator("tbody tr", has_text="Price list sync")
    await expect(row).to_contain_text("Disabled")


async def test_outside_of_dialogs_the_status_offers_it_again(page: Page, artefacts: Path) -> None:
    await sign_in(page)
    await page.context.set_offline(True)
    await page.get_by_role("link", name="Filter").click()
    status = page.locator("#status")
    await expect(status).to_contain_text(UNREACHED)
    await page.screenshot(path=artefacts / "failed-page.png")
    await page.context.set_offline(False)
    await status.get_by_role("button", name="Try again").click()
    await expect(page.get_by_role("heading", name="Filter API tokens")).to_be_visible()
    await expect(status).to_be_empty()


async def test_without_a_line_a_link_does_not_leave_the_page(page: Page) -> None:
    await sign_in(page)
    await page.context.set_offline(True)
    await page.get_by_role("link", name="Users").click()
    status = page.locator("#status")
    await expect(status).to_contain_text(UNREACHED)
    assert page.url.endswith(LIST)
    await page.context.set_offline(False)
    await status.get_by_role("button", name="Try again").click()
    await expect(page).to_have_url(re.compile("/settings/users$"))


async def test_without_a_line_the_sign_in_keeps_what_was_typed(page: Page) -> None:
    await page.goto("/sign-in")
    await page.get_by_label("E-mail").fill(SARAH.email)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.context.set_offline(True)
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.locator("#status")).to_contain_text(UNREACHED)
    await expect(page.get_by_label("E-mail")).to_have_value(SARAH.email)
    await page.context.set_offline(False)
    await page.get_by_role("button", name="Try again").click()
    await expect(page).to_have_url(re.compile(f"{LIST}$"))


async def test_a_slow_upload_says_what_it_does(page: Page) -> None:
    let_go = asyncio.Event()

    async def hold(route: Route) -> None:
        await let_go.wait()
        await route.continue_()

    await _begin(page)
    await page.route("**/general", hold)
    file = FilePayload(name="robot.png", mimeType="image/png", buffer=picture())
    await page.locator("#f-logo").set_input_files(file)
    await page.get_by_role("button", name="Next").click()
    await expect(page.locator("#wizard .status")).to_have_text("Uploading robot.png…")
    await expect(page.locator("#wizard")).to_have_attribute("aria-busy", "true")
    let_go.set()
    await expect(page.locator(".step-title")).to_have_text(re.compile("Modules"))
    await expect(page.locator("#wizard .status")).to_be_empty()
    await expect(page.locator("[aria-busy]")).to_have_count(0)


async def test_too_much_for_a_form_is_a_page_with_a_way_back(page: Page) -> None:
    await sign_in(page)
    await page.goto("/settings/account")
    await page.get_by_label("Name").first.fill("x" * 1_100_000)
    await page.locator("main form button[type=submit]").first.click()
    await expect(page.get_by_role("heading", name="Too large")).to_be_visible()
    await expect(page.get_by_role("navigation", name="Settings")).to_be_visible()
    await page.get_by_role("link", name="Back to where you were").click()
    await expect(page).to_have_url(re.compile("/settings/account$"))
