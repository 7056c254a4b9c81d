"""Sign-in by link and a token's page, in a real browser."""

import re
from pathlib import Path

from playwright.async_api import Page, expect

from tests.browser.conftest import Watch, sign_in
from tests.support.live import LiveServer


async def test_the_printed_link_signs_in_once(page: Page, server: LiveServer) -> None:
    await page.goto(server.sign_in_link)
    await page.get_by_role("button", name="Sign in").click()
    await expect(page).to_have_url(f"{server.url}/settings/api-tokens")
    await page.goto(server.sign_in_link)
    await expect(
        page.get_by_role("heading", name="This link does not work any more")
    ).to_be_visible()


async def test_a_value_is_shown_on_demand_and_hidden_again(
    page: Page, watch: Watch, artefacts: Path
) -> None:
    await sign_in(page)
    watch.follow(page)
    await page.goto("/settings/api-tokens?search=price")
    await page.get_by_role("link", name="Price list sync").click()
    await expect(page.get_by_role("heading", name="Price list sync")).to_be_visible()
    secret = re.compile(r"idt:TKN-\d{4}-\d{4}:\w{64}")
    assert not secret.search(await page.content())
    await page.get_by_role("button", name="Show API token").click()
    field = page.get_by_label("API token", exact=True)
    await expect(field).to_have_value(secret)
    await page.screenshot(path=artefacts / "token.png")
    await page.get_by_role("link", name="Hide API token").click()
    await expect(field).to_have_count(0)
    assert not secret.search(await page.content())
    await expect(page.get_by_role("button", name="Show API token")).to_be_focused()
    watch.must_be_clean()
