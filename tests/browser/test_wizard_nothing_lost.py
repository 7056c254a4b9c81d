"""Closing, going back, an ended session: what a person entered is there afterwards."""

from playwright.async_api import Page, expect

from server.demo.world import PASSWORD, SARAH
from tests.browser.conftest import Watch, sign_in
from tests.support.pictures import picture


async def open_wizard(page: Page) -> None:
    """Press Add."""
    await page.get_by_role("link", name="Add", exact=True).click()
    await expect(page.get_by_role("heading", name="General (step 1 of 4)")).to_be_focused()


async def test_closing_keeps_the_draft_and_says_so(page: Page, watch: Watch) -> None:
    await sign_in(page)
    watch.follow(page)
    await open_wizard(page)
    await page.get_by_label("API token name").fill("Robot for later")
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await expect(page.locator("#status")).to_have_text(
        "Your draft is kept for 24 hours. Continue it on this page."
    )
    await expect(page.get_by_role("link", name="Add", exact=True)).to_be_focused()
    await page.get_by_role("link", name="Continue Robot for later").click()
    await expect(page.get_by_label("API token name")).to_have_value("Robot for later")
    await page.get_by_role("button", name="Next").click()
    await page.get_by_role("checkbox", name="Billing").check()
    await page.get_by_role("button", name="Close").click()
    await page.get_by_role("link", name="Continue Robot for later").click()
    await page.get_by_role("dialog").get_by_role("button", name="Next").click()
    await expect(page.get_by_role("checkbox", name="Billing")).to_be_checked()
    watch.must_be_clean()


async def test_an_untouched_wizard_just_closes(page: Page, watch: Watch) -> None:
    await sign_in(page)
    watch.follow(page)
    await open_wizard(page)
    await page.get_by_role("button", name="Close").click()
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await expect(page.locator("#status")).to_have_text("")
    await expect(page).to_have_url("/settings/api-tokens")
    watch.must_be_clean()


async def test_what_cannot_be_kept_is_told_before_it_is_lost(page: Page, watch: Watch) -> None:
    await sign_in(page)
    watch.follow(page)
    await open_wizard(page)
    await page.get_by_label("API token name").fill("x" * 256)
    await page.get_by_role("button", name="Close").click()
    await expect(page.get_by_role("alert")).to_be_focused()
    await expect(page.get_by_label("API token name")).to_have_value("x" * 256)
    await page.get_by_role("link", name="Close without saving").click()
    await expect(page.get_by_role("dialog")).to_have_count(0)
    watch.must_be_clean()


async def test_back_and_the_stepper_keep_a_step_that_is_not_finished(
    page: Page, watch: Watch
) -> None:
    await sign_in(page)
    watch.follow(page)
    await open_wizard(page)
    await page.get_by_label("API token name").fill("Robot there and back")
    await page.keyboard.press("Enter")
    await page.get_by_role("checkbox", name="Billing").check()
    await page.get_by_role("button", name="Back", exact=True).click()
    await page.get_by_label("API token name").fill("Robot there and back again")
    await page.get_by_role("button", name="Next").click()
    await expect(page.get_by_role("checkbox", name="Billing")).to_be_checked()
    await page.get_by_role("checkbox", name="Access management").check()
    await page.get_by_role("link", name="General (completed)").click()
    await expect(page.get_by_label("API token name")).to_have_value("Robot there and back again")
    await page.get_by_label("Description").fill("Typed, then left by the stepper")
    await page.get_by_role("link", name="Modules (completed)").click()
    await expect(page.get_by_role("checkbox", name="Access management")).to_be_checked()
    await page.get_by_role("button", name="Next").click()
    await expect(page.get_by_text("Typed, then left by the stepper")).to_be_visible()
    watch.must_be_clean()


async def test_after_an_ended_session_the_same_step_goes_on_with_all_that_was_entered(
    page: Page,
) -> None:
    await sign_in(page)
    await open_wizard(page)
    await page.get_by_label("Logo Optional").set_input_files(
        {"name": "robot.png", "mimeType": "image/png", "buffer": picture()}
    )
    await page.get_by_label("API token name").fill("Robot of two sessions")
    await page.context.clear_cookies()
    await page.get_by_role("button", name="Next").click()
    again = page.get_by_role("dialog", name="Sign in again")
    await expect(again.get_by_label("E-mail")).to_be_focused()
    await again.get_by_label("E-mail").fill(SARAH.email)
    await again.get_by_label("Password").fill("wrong")
    await page.keyboard.press("Enter")
    await expect(again.get_by_role("alert")).to_contain_text("The e-mail or the password is wrong.")
    await again.get_by_label("Password").fill(PASSWORD)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Modules (step 2 of 4)")).to_be_focused()
    await expect(again).to_have_count(0)
    await page.get_by_role("checkbox", name="Billing").check()
    await page.context.clear_cookies()
    await page.get_by_role("button", name="Next").click()
    await again.get_by_role("link", name="Cancel").click()
    await expect(page.get_by_role("checkbox", name="Billing")).to_be_checked()
    await page.get_by_role("button", name="Next").click()
    await again.get_by_label("E-mail").fill(SARAH.email)
    await again.get_by_label("Password").fill(PASSWORD)
    await again.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("heading", name="Overview (step 3 of 4)")).to_be_focused()
    await expect(page.get_by_alt_text("The logo")).to_be_visible()
    await expect(page.get_by_role("dialog")).to_contain_text("Robot of two sessions")


async def test_after_an_ended_session_without_scripts(plain_page: Page) -> None:
    page = plain_page
    await sign_in(page)
    await page.get_by_role("link", name="Add", exact=True).click()
    await page.get_by_label("API token name").fill("Plain robot of two sessions")
    await page.context.clear_cookies()
    await page.get_by_role("button", name="Next").click()
    await page.get_by_label("E-mail").fill(SARAH.email)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await page.get_by_role("button", name="Send it").click()
    await expect(page.get_by_role("heading", name="Modules (step 2 of 4)")).to_be_visible()
    await page.get_by_role("button", name="Back", exact=True).click()
    await expect(page.get_by_label("API token name")).to_have_value("Plain robot of two sessions")
