"""Dates as the reader knows them, keys that save a way, and popovers that do not lie in it."""

import re

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.conftest import Watch, sign_in
from tests.support.live import LiveServer

LIST = "/settings/api-tokens"
EXACT = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC$")


@pytest.mark.parametrize(
    ("zone", "locale", "form"),
    [
        ("Asia/Kolkata", "en-GB", r"\d{1,2} [A-Z][a-z]{2} \d{4}, \d\d:\d\d"),
        ("America/New_York", "en-US", r"[A-Z][a-z]{2} \d{1,2}, \d{4}, \d{1,2}:\d\d\s[AP]M"),
    ],
)
async def test_dates_are_in_the_readers_zone_and_form(
    chromium: Browser, server: LiveServer, zone: str, locale: str, form: str
) -> None:
    context = await chromium.new_context(
        base_url=server.url,
        timezone_id=zone,
        locale=locale,
        viewport={"width": 1280, "height": 820},
    )
    page = await context.new_page()
    await sign_in(page)
    await page.get_by_role("link", name="Refresh").click()
    await expect(page.locator("[aria-busy]")).to_have_count(0)
    expected = """(time) => new Intl.DateTimeFormat(navigator.language, {
        dateStyle: "medium", timeStyle: "short" }).format(new Date(time.dateTime))"""
    times = await page.locator("main time").all()
    assert len(times) > 10
    for time in times:
        shown = ", ".join((await time.inner_text()).split("\n"))
        folded = re.sub(r"\s+", " ", shown.replace(",", ""))
        local = re.sub(r"\s+", " ", (await time.evaluate(expected)).replace(",", ""))
        assert folded == local
        assert re.search(r"\d", shown)
        assert EXACT.match(await time.get_attribute("title") or "")
    await context.close()


async def test_without_scripts_times_are_told_in_utc(plain_page: Page) -> None:
    await sign_in(plain_page)
    first = plain_page.locator("main time").first
    await expect(first).to_have_text(re.compile(r"^\d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d UTC$"))


async def test_keys_lead_to_search_help_and_a_new_token(page: Page, watch: Watch) -> None:
    await sign_in(page)
    watch.follow(page)
    await page.keyboard.press("/")
    await expect(page.get_by_role("searchbox")).to_be_focused()
    await page.keyboard.type("n/?")
    await expect(page.get_by_role("searchbox")).to_have_value("n/?")
    await expect(page.locator("dialog[open]")).to_have_count(0)
    await page.locator("main").focus()
    await page.keyboard.press("?")
    shortcuts = page.get_by_role("dialog", name="Keyboard shortcuts")
    await expect(shortcuts).to_contain_text("Search on this page")
    await page.keyboard.press("n")
    await expect(shortcuts).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(shortcuts).to_be_hidden()
    await page.keyboard.press("Control+n")
    await page.keyboard.press("n")
    wizard = page.get_by_role("dialog", name="Add API token")
    await expect(wizard).to_be_visible()
    watch.must_be_clean()


async def test_n_adds_a_token_from_any_page(page: Page) -> None:
    await sign_in(page)
    await page.goto("/settings/users")
    await page.keyboard.press("n")
    await expect(page.locator("#wizard")).to_be_visible()
    await expect(page).to_have_url(re.compile(f"{LIST}/new/DRF-"))


async def test_keys_can_be_switched_off_and_on(page: Page) -> None:
    await sign_in(page)
    await page.locator(".who").click()
    await page.get_by_role("button", name="Keyboard shortcuts").click()
    shortcuts = page.get_by_role("dialog", name="Keyboard shortcuts")
    await shortcuts.get_by_label("Use these keys in this browser").uncheck()
    await shortcuts.get_by_role("button", name="Close").click()
    await page.reload()
    for key in ("?", "n"):
        await page.keyboard.press(key)
        await expect(page.locator("dialog[open]")).to_have_count(0)
    await page.locator(".who").click()
    await page.get_by_role("button", name="Keyboard shortcuts").click()
    await shortcuts.get_by_label("Use these keys in this browser").check()
    await page.keyboard.press("Escape")
    await page.keyboard.press("?")
    await expect(shortcuts).to_be_visible()


async def test_a_popover_closes_when_the_focus_leaves_it(page: Page) -> None:
    await sign_in(page)
    await page.get_by_role("button", name="Columns").click()
    columns = page.locator(":popover-open")
    boxes = await columns.get_by_role("checkbox").count()
    await page.keyboard.press("Tab")
    await expect(columns).to_have_count(1)
    for _ in range(boxes + 3):
        await page.keyboard.press("Tab")
    await expect(columns).to_have_count(0)
    focused = await page.evaluate("document.activeElement.closest('[popover]') === null")
    assert focused


async def test_what_takes_long_has_a_bar(page: Page) -> None:
    await sign_in(page)
    shown = "getComputedStyle(document.body, '::before').content !== 'none'"
    assert not await page.evaluate(shown)
    await page.evaluate("document.querySelector('#grid').setAttribute('aria-busy', 'true')")
    assert await page.evaluate(shown)
    delay = await page.evaluate("getComputedStyle(document.body, '::before').animationDelay")
    assert delay.startswith("0.3s")
