"""A token's whole life in a real browser: found, changed, rotated, switched off and on, deleted."""

import re
from pathlib import Path

from playwright.async_api import Browser, Page, expect

from tests.browser.conftest import Watch, sign_in
from tests.support.live import LiveServer

SECRET = re.compile(r"idt:TKN-\d{4}-\d{4}:\w{64}")


async def choose(page: Page, name: str, move: str) -> None:
    """Open a row's menu, and pick from it."""
    await page.get_by_role("button", name=f"Actions for {name}").click()
    await page.locator(":popover-open").get_by_role("link", name=move).click()


async def test_find_by_filter_order_and_search(page: Page, watch: Watch, artefacts: Path) -> None:
    await sign_in(page)
    watch.follow(page)
    rows = page.locator("tbody tr")
    await page.get_by_role("link", name="Filter").click()
    await expect(page.get_by_role("heading", name="Filter API tokens")).to_be_focused()
    await page.get_by_label("Expired").check()
    await page.screenshot(path=artefacts / "filter.png")
    await page.get_by_role("button", name="Show").click()
    await expect(page).to_have_url(re.compile(r"\?status=expired$"))
    await expect(rows).to_have_count(1)
    await expect(rows).to_contain_text("Load test")
    await expect(page.get_by_role("link", name="Filter")).to_be_focused()
    await expect(page.locator("#status")).to_have_text(
        "1 row, sorted by Date created descending, page 1 of 1"
    )
    await page.get_by_role("link", name="Drop Status: Expired").click()
    await expect(page.get_by_role("link", name="Drop Status: Expired")).to_have_count(0)
    await page.get_by_role("columnheader", name="API token").get_by_role("link").click()
    await expect(page.get_by_role("columnheader", name="API token")).to_have_attribute(
        "aria-sort", "ascending"
    )
    await expect(rows.first).to_contain_text("Audit collector")
    await page.go_back()
    await expect(rows.first).to_contain_text("Mobile app backend")
    await page.get_by_role("searchbox").fill("billing")
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(re.compile(r"search=billing"))
    await expect(rows).to_have_count(1)
    await page.get_by_role("searchbox").fill("no such thing")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="No API token matches")).to_be_visible()
    await page.screenshot(path=artefacts / "no-match.png")
    watch.must_be_clean()


async def test_columns_rows_pages_and_a_saved_view(
    page: Page, watch: Watch, artefacts: Path
) -> None:
    await sign_in(page)
    watch.follow(page)
    await page.get_by_role("button", name="Columns").click()
    await page.get_by_label("Expiry").check()
    await page.get_by_label("Created by").uncheck()
    await page.locator("#columns-menu").get_by_role("button", name="Show").click()
    await expect(page.get_by_role("columnheader", name="Expiry")).to_be_visible()
    await expect(page.get_by_role("columnheader", name="Created by")).to_have_count(0)
    await page.get_by_label("Page", exact=True).fill("2")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("11-12 of 12 rows")).to_be_visible()
    await page.get_by_role("button", name="Rows per page: 10").click()
    await page.locator("#sizes-menu").get_by_role("link", name="25").click()
    await expect(page.locator("tbody tr")).to_have_count(12)
    await page.get_by_role("link", name="Views").click()
    await page.get_by_label("Name of the view").fill("With expiry")
    await page.get_by_label("Open the page with this view").check()
    await page.screenshot(path=artefacts / "views.png")
    await page.get_by_role("button", name="Save view").click()
    await expect(page.locator("#status")).to_have_text("The view With expiry is saved.")
    await page.goto("/settings/api-tokens")
    await expect(page.get_by_role("columnheader", name="Expiry")).to_be_visible()
    await page.get_by_role("link", name="Views").click()
    await page.get_by_role("button", name="Delete With expiry").click()
    await expect(page.get_by_role("link", name="With expiry")).to_have_count(0)
    watch.must_be_clean()


async def test_disable_enable_and_delete_keep_place_and_focus(
    page: Page, watch: Watch, artefacts: Path
) -> None:
    await sign_in(page)
    watch.follow(page)
    row = page.get_by_role("row", name="Onboarding bot")
    menu = page.get_by_role("button", name="Actions for Onboarding bot")
    await choose(page, "Onboarding bot", "Disable")
    await expect(page.get_by_role("link", name="Cancel")).to_be_focused()
    await page.screenshot(path=artefacts / "disable.png")
    await page.keyboard.press("Escape")
    await expect(menu).to_be_focused()
    await choose(page, "Onboarding bot", "Disable")
    await page.get_by_role("alertdialog").get_by_role("button", name="Disable").click()
    await expect(row).to_contain_text("Disabled")
    await expect(menu).to_be_focused()
    await expect(page.locator("#status")).to_contain_text("Onboarding bot is disabled.")
    await choose(page, "Onboarding bot", "Enable")
    await page.get_by_role("alertdialog").get_by_role("button", name="Enable").click()
    await expect(row).to_contain_text("Active")
    await choose(page, "Onboarding bot", "Delete")
    await page.get_by_role("button", name="Delete").click()
    await expect(page.get_by_role("alert")).to_be_focused()
    await page.screenshot(path=artefacts / "delete.png")
    await page.get_by_label("Type its name to delete it").fill("Onboarding bot")
    await page.get_by_role("button", name="Delete").click()
    await expect(row).to_have_count(0)
    await expect(page.locator("#status")).to_have_text("Onboarding bot is deleted.")
    watch.must_be_clean()


async def test_rows_of_two_pages_are_disabled_at_once(
    page: Page, watch: Watch, artefacts: Path
) -> None:
    await sign_in(page)
    watch.follow(page)
    await page.get_by_label("Select Audit collector").check()
    await page.get_by_role("link", name="Next").click()
    await page.get_by_label("Select CRM robot").check()
    await expect(page.locator("#picked-count")).to_have_text("2 selected, 1 of them on other pages")
    await page.screenshot(path=artefacts / "selection.png")
    await page.locator("#bulk-disable").click()
    await expect(page.get_by_role("heading", name="Disable 2 API tokens?")).to_be_visible()
    await page.get_by_role("alertdialog").get_by_role("button", name="Disable").click()
    await expect(page.get_by_role("row", name="CRM robot")).to_contain_text("Disabled")
    await expect(page.locator("#picked-count")).to_have_text("None selected")
    await page.get_by_role("link", name="Previous").click()
    await expect(page.get_by_role("row", name="Audit collector")).to_contain_text("Disabled")
    watch.must_be_clean()


async def test_edit_both_steps_and_be_asked_before_losing_input(
    page: Page, watch: Watch, artefacts: Path
) -> None:
    await sign_in(page)
    watch.follow(page)
    await page.get_by_role("link", name="Partner portal").click()
    await page.get_by_role("link", name="Edit").click()
    await expect(page.locator("#edit-general-title")).to_be_focused()
    await page.get_by_label("API token name").fill("Partner gateway")
    await page.get_by_role("link", name="Close").click()
    await expect(page.get_by_text("What you changed is not saved yet.")).to_be_visible()
    await page.get_by_role("button", name="Keep editing").click()
    await page.get_by_role("dialog").get_by_role("link", name="Modules").click()
    await page.get_by_label("Billing").check()
    await page.screenshot(path=artefacts / "edit.png")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("heading", name="Partner gateway")).to_be_visible()
    await expect(page.locator("#status")).to_have_text("Partner gateway is saved.")
    await expect(page.get_by_role("link", name="Edit")).to_be_focused()
    await page.get_by_role("link", name="Modules").click()
    await expect(page.locator(".granted").first).to_contain_text("Billing")
    await page.get_by_role("link", name="Details").click()
    await expect(page.get_by_role("row", name="Last change")).to_contain_text("Sarah Sanderson")
    await page.screenshot(path=artefacts / "details.png")
    await page.get_by_role("link", name="Audit trail").last.click()
    await expect(page.get_by_text("API token changed").first).to_be_visible()
    watch.must_be_clean()


async def test_rotate_copy_and_end_the_old_secret(
    page: Page, watch: Watch, artefacts: Path, server: LiveServer
) -> None:
    await sign_in(page)
    watch.follow(page)
    await page.get_by_role("link", name="File drop").click()
    await page.get_by_role("button", name="More actions for File drop").click()
    await page.get_by_role("link", name="Rotate").click()
    await page.get_by_label("For 24 hours").check()
    await page.screenshot(path=artefacts / "rotate.png")
    await page.get_by_role("button", name="Rotate").click()
    await expect(page.get_by_role("heading", name="File drop has a new secret")).to_be_visible()
    await page.get_by_role("dialog").get_by_role("button", name="Copy API token").click()
    value = await page.evaluate("navigator.clipboard.readText()")
    assert SECRET.fullmatch(value)
    bearer = {"Authorization": f"Bearer {value}"}
    verified = await page.request.get(f"{server.url}/verify", headers=bearer)
    assert verified.status == 200
    await page.get_by_role("link", name="Close").click()
    await expect(page.get_by_text("The old secret still works until")).to_be_visible()
    await page.screenshot(path=artefacts / "rotated.png")
    await page.get_by_role("link", name="End it now").click()
    await page.get_by_role("button", name="End it now").click()
    await expect(page.get_by_text("The old secret still works until")).to_have_count(0)
    assert not SECRET.search(await page.content())
    watch.must_be_clean()


async def test_the_grid_works_without_scripts(plain_page: Page, artefacts: Path) -> None:
    page = plain_page
    await sign_in(page)
    await page.get_by_role("searchbox").fill("Data warehouse")
    await page.locator("#grid-search-go").click()
    await expect(page.locator("tbody tr")).to_have_count(1)
    await page.get_by_label("Select Data warehouse").check()
    await page.locator("#bulk-disable").click()
    await page.get_by_role("button", name="Disable").click()
    await expect(page.get_by_text("1 API token disabled.")).to_be_visible()
    await choose(page, "Data warehouse", "Edit")
    await page.get_by_label("API token name").fill("Data lake")
    await page.screenshot(path=artefacts / "edit-plain.png", full_page=True)
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("Data lake is saved.")).to_be_visible()


async def test_every_page_in_the_dark_and_on_a_phone(
    chromium: Browser, server: LiveServer, artefacts: Path
) -> None:
    for look, context in (
        ("dark", {"color_scheme": "dark", "viewport": {"width": 1280, "height": 820}}),
        ("phone", {"viewport": {"width": 390, "height": 844}}),
    ):
        tab = await chromium.new_context(base_url=server.url, **context)
        page = await tab.new_page()
        await sign_in(page)
        token = await page.locator("tbody th a").first.get_attribute("href")
        assert token is not None
        for name, path in {
            "grid": "/settings/api-tokens",
            "filter": "/settings/api-tokens/filter",
            "views": "/settings/api-tokens/views",
            "general": token,
            "modules": f"{token}/modules",
            "details": f"{token}/details",
            "trail": f"{token}/audit-trail",
            "edit": f"{token}/edit",
            "rotate": f"{token}/rotate",
            "delete": f"{token}/delete",
        }.items():
            await page.goto(path)
            await page.screenshot(path=artefacts / f"{look}-{name}.png")
            wide = await page.evaluate("document.documentElement.scrollWidth > innerWidth")
            assert not wide, f"{path} scrolls sideways on a {look} screen"
        await tab.close()
