"""What is changed elsewhere is seen without a reload, and takes nothing out of anybody's hands."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from tests.browser.conftest import Watch, sign_in
from tests.schema.operations import mutation
from tests.support.live import LiveServer

STREAM = "**/settings/api-tokens/changes"


class Elsewhere:
    """Sarah in another browser, who changes tokens by GraphQL."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.left: set[str] = set()
        """Ids of tokens that are there yet."""

    async def send(self, field: str, fields: str = "__typename", **wish: object) -> Any:
        """The payload of a mutation."""
        sent = {"query": mutation(field, fields), "variables": {"input": wish}}
        answer = await (await self.page.request.post("/graphql", data=sent)).json()
        payload = answer["data"]["result"]
        assert payload["__typename"].endswith("Payload"), payload
        return payload

    async def create(self, name: str) -> str:
        """A token's id."""
        made = await self.send(
            "createApiToken", "apiToken { id }", name=name, moduleIds=["MOD-3310"]
        )
        token_id = str(made["apiToken"]["id"])
        self.left.add(token_id)
        return token_id

    async def delete(self, token_id: str) -> None:
        """It is gone."""
        await self.send("deleteApiToken", id=token_id)
        self.left.remove(token_id)


@pytest_asyncio.fixture(loop_scope="session")
async def elsewhere(chromium: Browser, server: LiveServer) -> AsyncIterator[Elsewhere]:
    """Another browser of the same person."""
    context = await chromium.new_context(base_url=server.url)
    page = await context.new_page()
    await sign_in(page)
    elsewhere = Elsewhere(page)
    yield elsewhere
    for token_id in set(elsewhere.left):
        await elsewhere.delete(token_id)
    await context.close()


async def listening(page: Page, url: str) -> None:
    """Open a page, and wait until it hears."""
    async with page.expect_response(STREAM):
        await page.goto(url)


async def test_the_grid_shows_what_was_changed_elsewhere(
    page: Page, elsewhere: Elsewhere, watch: Watch, artefacts: Path
) -> None:
    await sign_in(page)
    watch.follow(page)
    await listening(page, "/settings/api-tokens?search=Kite")
    await expect(page.get_by_role("heading", name="No API token matches")).to_be_visible()
    first = await elsewhere.create("Kite one")
    await expect(page.get_by_role("row", name="Kite one")).to_contain_text("Active")
    second = await elsewhere.create("Kite two")
    await expect(page.locator("tbody tr")).to_have_count(2)
    await page.get_by_label("Select Kite two").check()
    await expect(page.get_by_label("Select Kite two")).to_be_focused()
    await elsewhere.send("disableApiToken", id=first)
    await expect(page.get_by_role("row", name="Kite one")).to_contain_text("Disabled")
    await expect(page.get_by_label("Select Kite two")).to_be_checked()
    await expect(page.get_by_label("Select Kite two")).to_be_focused()
    await expect(page.locator("#picked-count")).to_have_text("1 selected")
    await page.screenshot(path=artefacts / "changed-elsewhere.png")
    assert page.url.endswith("?search=Kite")
    await elsewhere.delete(second)
    await expect(page.locator("tbody tr")).to_have_count(1)
    await expect(page.locator("#grid-title")).to_be_focused()
    await elsewhere.delete(first)
    await expect(page.get_by_role("heading", name="No API token matches")).to_be_visible()
    watch.must_be_clean()


async def test_nothing_is_taken_away_from_under_ones_hands(
    page: Page, elsewhere: Elsewhere, watch: Watch
) -> None:
    token_id = await elsewhere.create("Glider one")
    await sign_in(page)
    watch.follow(page)
    await listening(page, "/settings/api-tokens?search=Glider")
    await page.get_by_role("button", name="Actions for Glider one").click()
    menu = page.locator(f"#moves-{token_id}")
    await expect(menu).to_be_visible()
    await elsewhere.send("updateApiToken", id=token_id, name="Glider two")
    await page.wait_for_timeout(1_000)  # it must not be told: there is nothing to wait for
    await expect(menu).to_be_visible()
    await menu.get_by_role("link", name="Disable").click()
    dialog = page.get_by_role("alertdialog")
    await expect(dialog).to_be_visible()
    await expect(page.locator("#grid")).to_contain_text("Glider two")
    await elsewhere.send("updateApiToken", id=token_id, name="Glider three")
    await expect(page.locator("#grid")).to_contain_text("Glider three")
    await expect(dialog).to_be_visible()
    await expect(dialog.get_by_role("link", name="Cancel")).to_be_focused()
    await page.keyboard.press("Escape")
    await page.get_by_role("searchbox").fill("Glider t")
    await elsewhere.send("updateApiToken", id=token_id, name="Glider four")
    await page.wait_for_timeout(1_000)
    await expect(page.locator("#grid")).to_contain_text("Glider three")
    await page.locator("#grid-search-go").focus()
    await expect(page.locator("#grid")).to_contain_text("Glider four")
    await expect(page.get_by_role("searchbox")).to_have_value("Glider t")
    watch.must_be_clean()


async def test_an_open_wizard_stays_with_what_was_typed(
    page: Page, elsewhere: Elsewhere, watch: Watch
) -> None:
    await sign_in(page)
    watch.follow(page)
    await listening(page, "/settings/api-tokens")
    await page.get_by_role("link", name="Add", exact=True).click()
    await page.get_by_label("API token name").fill("Half a na")
    await elsewhere.create("Albatross")
    await page.wait_for_timeout(1_000)
    await expect(page.get_by_label("API token name")).to_have_value("Half a na")
    await expect(page.get_by_label("API token name")).to_be_focused()
    await page.get_by_role("dialog").get_by_role("button", name="Close", exact=True).click()
    await expect(page.get_by_role("row", name="Albatross")).to_be_visible()
    watch.must_be_clean()


async def test_a_tokens_page_follows_it_to_its_end(
    page: Page, elsewhere: Elsewhere, watch: Watch, artefacts: Path
) -> None:
    token_id = await elsewhere.create("Heron")
    other_id = await elsewhere.create("Another")
    await sign_in(page)
    watch.follow(page)
    await listening(page, f"/settings/api-tokens/{token_id}/details")
    await elsewhere.send("updateApiToken", id=token_id, name="Egret")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Egret")
    await expect(page).to_have_title(re.compile("Egret"))
    await expect(page.get_by_role("row", name="Last change")).to_contain_text("Sarah Sanderson")
    await elsewhere.send("disableApiToken", id=token_id)
    await expect(page.locator(".page-title")).to_contain_text("Disabled")
    requests = len(watch.requests)
    await elsewhere.send("disableApiToken", id=other_id)
    await page.wait_for_timeout(1_000)
    assert len(watch.requests) == requests, "it is not asked for another token's change"
    await elsewhere.delete(token_id)
    told = f"API token {token_id} was deleted. The audit trail tells when and by whom."
    await expect(page.locator("#main")).to_contain_text(told)
    await expect(page.locator("#status")).to_have_text(told)
    await page.screenshot(path=artefacts / "deleted-elsewhere.png")
    await page.get_by_role("link", name="To the API tokens").click()
    await expect(page.get_by_role("heading", name="API tokens", level=1)).to_be_visible()
    assert [error for error in watch.errors if "404 (Not Found)" not in error] == []


async def test_a_value_that_is_shown_stays_until_it_is_hidden(
    page: Page, elsewhere: Elsewhere, watch: Watch
) -> None:
    token_id = await elsewhere.create("Crane")
    await sign_in(page)
    watch.follow(page)
    await listening(page, f"/settings/api-tokens/{token_id}")
    await page.get_by_role("button", name="Show API token").click()
    await expect(page.locator("#secret-value")).to_be_visible()
    await elsewhere.send("updateApiToken", id=token_id, name="Stork")
    await page.wait_for_timeout(1_000)
    await expect(page.locator("#secret-value")).to_be_visible()
    await page.get_by_role("link", name="Hide API token").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Stork")
    watch.must_be_clean()


async def test_a_page_that_was_away_is_brought_up_to_date(
    page: Page, elsewhere: Elsewhere, server: LiveServer
) -> None:
    """The stream is cut, by a proxy or a server that starts anew; the browser comes again."""
    await sign_in(page)
    await page.route(STREAM, lambda route: route.abort())
    await page.goto("/settings/api-tokens?search=Puffin")
    await page.unroute(STREAM)
    await listening(page, "/settings/api-tokens?search=Puffin")
    await page.context.set_offline(True)
    await page.context.set_offline(False)
    await elsewhere.create("Puffin")
    await expect(page.get_by_role("row", name="Puffin")).to_be_visible()


KEEP_STREAMS = """window.streams = [];
window.EventSource = class extends EventSource {
    constructor(...way) { super(...way); streams.push(this); }
};"""


async def test_the_stream_ends_with_the_session(page: Page, elsewhere: Elsewhere) -> None:
    await page.add_init_script(KEEP_STREAMS)
    await sign_in(page)
    token_id = await elsewhere.create("Wren")
    await listening(page, f"/settings/api-tokens/{token_id}")
    await page.request.post("/sign-out")
    async with asyncio.timeout(20):
        while await page.evaluate("streams.at(-1).readyState") != 2:  # EventSource.CLOSED
            await asyncio.sleep(0.05)
    await elsewhere.send("updateApiToken", id=token_id, name="Robin")
    await page.wait_for_timeout(1_000)
    await expect(page.get_by_role("heading", level=1)).to_have_text("Wren")
