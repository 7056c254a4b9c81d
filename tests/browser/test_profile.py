"""A person's own page in a real browser: the password, and sessions that end while one looks."""

from playwright.async_api import Browser, Page, expect

from server.demo.world import PASSWORD, VIOLET
from tests.browser.conftest import Watch
from tests.browser.test_administration import another_browser, said, sign_in_as
from tests.support.live import LiveServer

PROFILE = "/settings/profile"
NEW = "a wholly new password"


async def test_sessions_are_seen_and_ended(
    page: Page, chromium: Browser, server: LiveServer, watch: Watch
) -> None:
    watch.follow(page)
    await sign_in_as(page, VIOLET)
    other = await another_browser(chromium, server)
    await sign_in_as(other, VIOLET)
    await page.get_by_role("button", name="Violet").click()
    await page.get_by_role("link", name="Your profile").click()
    await page.wait_for_url(f"**{PROFILE}")
    rows = page.locator("table.sessions tbody tr")
    await expect(rows).to_have_count(2)
    await expect(rows.first).to_contain_text("This browser")
    await expect(rows.last).to_contain_text("Chrome on Linux")
    await page.get_by_role("link", name="End the session in").click()
    await page.locator("#dialog").get_by_role("button", name="End session").click()
    await said(page, "The session has ended.")
    await expect(rows).to_have_count(1)
    await other.goto(PROFILE)
    await other.wait_for_url("**/sign-in?**")
    await page.get_by_role("link", name="Sign out everywhere").click()
    await page.locator("#dialog").get_by_role("button", name="Sign out everywhere").click()
    await page.wait_for_url("**/sign-in")
    await page.goto(PROFILE)
    await page.wait_for_url("**/sign-in?**")
    watch.must_be_clean()


async def test_the_password_is_changed_with_scripts_off(plain_page: Page) -> None:
    await sign_in_as(plain_page, VIOLET)
    await plain_page.goto(PROFILE)
    await plain_page.get_by_label("Current password").fill("not this one")
    await plain_page.get_by_label("New password").fill(NEW)
    await plain_page.get_by_role("button", name="Change password").click()
    await expect(plain_page.get_by_role("alert")).to_contain_text("The password is wrong.")
    for old, new in ((PASSWORD, NEW), (NEW, PASSWORD)):
        await plain_page.get_by_label("Current password").fill(old)
        await plain_page.get_by_label("New password").fill(new)
        await plain_page.get_by_role("button", name="Change password").click()
        await said(plain_page, "Your password was changed.")
