"""A token's page on paper: its facts, without its value and without anything to press."""

from playwright.async_api import Page, expect

from tests.browser.conftest import sign_in


async def test_paper_has_the_facts_but_neither_value_nor_controls(page: Page) -> None:
    await sign_in(page)
    await page.get_by_role("link", name="Partner portal", exact=True).click()
    await page.get_by_role("button", name="Show API token").click()
    value = page.locator("#secret-value")
    await expect(value).to_be_visible()
    await page.emulate_media(media="print")
    await expect(value).to_be_hidden()
    await expect(page.get_by_role("heading", name="Partner portal")).to_be_visible()
    await expect(page.get_by_text("API endpoint", exact=True)).to_be_visible()
    await expect(page.locator("button:visible, input:visible, textarea:visible")).to_have_count(0)
    await expect(page.locator("main a:visible")).to_have_count(0)
