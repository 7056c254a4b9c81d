"""The API explorer in a real browser: our own assets, our own callers, no secret kept."""

import asyncio
import json
import re
from pathlib import Path
from typing import Final

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, WebSocket, expect

from server.demo.world import SARAH
from tests.browser.conftest import Watch, sign_in
from tests.support.live import LiveServer

RUN: Final = "Execute query (Ctrl-Enter)"
SECRET: Final = re.compile(r"idt:TKN-\d{4}-\d{4}:\w{64}")


CREATE: Final = """mutation ($input: CreateApiTokenInput!) {
  createApiToken(input: $input) { __typename }
}"""

LIGHTNESS: Final = """element => {
    const painter = new OffscreenCanvas(1, 1).getContext("2d");
    painter.fillStyle = getComputedStyle(element).backgroundColor;
    painter.fillRect(0, 0, 1, 1);
    const [red, green, blue] = painter.getImageData(0, 0, 1, 1).data;
    return (red + green + blue) / 3;
}"""
"""How light an element's background is, of 255."""


async def run(page: Page, name: str) -> Locator:
    """Run the operation of the tab that is open; where its answer stands.

    GraphiQL reads a document a moment after it came into the editor, and then keeps its name.
    """
    read = f"localStorage.getItem('graphiql:operationName') === '{name}'"
    async with asyncio.timeout(15):
        while not await page.evaluate(read):
            await asyncio.sleep(0.05)
    await page.get_by_role("button", name=RUN).click()
    return page.locator(".result-window")


async def write(page: Page, document: str) -> None:
    """Replace the document of the tab that is open."""
    await page.locator(".graphiql-query-editor .CodeMirror").evaluate(
        "(editor, text) => editor.CodeMirror.setValue(text)", document
    )


async def stored(page: Page) -> str:
    """All that the browser keeps of the page."""
    kept: str = await page.evaluate(
        "JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])"
    )
    return kept


@pytest_asyncio.fixture(loop_scope="session")
async def token(page: Page) -> str:
    """The value of a token that may manage tokens, by the explorer's own second document."""
    await sign_in(page)
    await page.goto("/graphql")
    await page.get_by_role("tab", name="NewToken").click()
    await page.locator(".graphiql-editor-tool .CodeMirror").first.evaluate(
        "(editor, text) => editor.CodeMirror.setValue(text)",
        json.dumps({"input": {"name": "Explorer's own", "moduleIds": ["MOD-1756"]}}),
    )
    answer = await run(page, "NewToken")
    await expect(answer).to_contain_text(SECRET)
    found = SECRET.search(await answer.inner_text())
    assert found is not None
    assert found[0] not in await stored(page)
    return found[0]


async def test_a_person_runs_the_first_query(page: Page, watch: Watch, artefacts: Path) -> None:
    await sign_in(page)
    watch.follow(page)
    await page.get_by_role("link", name="API explorer").click()
    await expect(page.get_by_text(f"You act as {SARAH.name} of Stark Industries")).to_be_visible()
    answer = await run(page, "Desk")
    await expect(answer).to_contain_text('"name": "Stark Industries"')
    await expect(answer).not_to_contain_text('"errors"')
    await page.screenshot(path=artefacts / "explorer.png")
    watch.must_be_clean()


async def test_the_schema_can_be_read(page: Page, watch: Watch) -> None:
    await sign_in(page)
    watch.follow(page)
    await page.goto("/graphql")
    await page.get_by_role("button", name="Show Documentation Explorer").click()
    docs = page.locator(".graphiql-doc-explorer")
    await docs.get_by_role("link", name="Query", exact=True).click()
    await docs.get_by_role("link", name="apiTokens", exact=True).click()
    await expect(docs).to_contain_text("The tokens of your account, of all accounts for Operations")
    watch.must_be_clean()


async def test_history_and_tabs_outlive_a_reload(page: Page, watch: Watch) -> None:
    await sign_in(page)
    watch.follow(page)
    await page.goto("/graphql")
    await write(page, "query Mine { viewer { name } }")
    await expect(await run(page, "Mine")).to_contain_text(SARAH.name)
    await page.reload()
    await expect(page.get_by_role("tab", name="Mine")).to_be_visible()
    await expect(page.locator(".graphiql-query-editor")).to_contain_text("query Mine")
    await page.get_by_role("button", name="Show History").click()
    await expect(page.locator(".graphiql-history-item-label", has_text="Mine")).to_be_visible()
    watch.must_be_clean()


async def test_a_pasted_token_acts_instead_of_the_person_and_is_forgotten(
    page: Page, watch: Watch, token: str
) -> None:
    watch.follow(page)
    await page.goto("/graphql")
    field = page.get_by_label("Act as an API token")
    await field.fill(token)
    await field.press("Tab")
    token_id = token.split(":")[1]
    acting = page.get_by_role("status")
    await expect(acting).to_have_text(f"You act as Explorer's own ({token_id}) of Stark Industries")
    await page.get_by_role("button", name="New tab").click()
    await write(page, "query Who { viewer { id kind } }")
    await expect(await run(page, "Who")).to_contain_text(f'"id": "{token_id}"')
    assert token not in await stored(page)

    await page.reload()
    await expect(field).to_have_value("")
    await expect(acting).to_have_text("")
    await expect(await run(page, "Who")).to_contain_text('"kind": "USER"')
    assert token not in await stored(page)
    watch.must_be_clean()


@pytest.mark.parametrize("pasted", [False, True], ids=["as the person", "as a token"])
async def test_a_subscription_tells_of_changes_until_it_is_stopped(
    page: Page, watch: Watch, token: str, server: LiveServer, pasted: bool
) -> None:
    sockets: list[WebSocket] = []
    page.on("websocket", lambda socket: sockets.append(socket))
    watch.follow(page)
    await page.goto("/graphql")
    if pasted:
        await page.context.clear_cookies()
        await page.get_by_label("Act as an API token").fill(token)
    await page.get_by_role("tab", name="Watch").click()
    answer = await run(page, "Watch")
    async with httpx.AsyncClient(headers={"Authorization": f"Bearer {token}"}) as program:
        async with asyncio.timeout(20):
            while "token.created" not in await answer.inner_text():
                wish = {"name": "Watched", "moduleIds": ["MOD-1756"]}
                await program.post(
                    f"{server.url}/graphql", json={"query": CREATE, "variables": {"input": wish}}
                )
    await expect(answer).to_contain_text('"name": "Watched"')
    (socket,) = sockets
    assert socket.url == f"{server.url}/graphql".replace("http", "ws", 1)
    async with socket.expect_event("close"):
        await page.get_by_role("button", name="Stop query (Ctrl-Enter)").click()
    watch.must_be_clean()


async def test_a_token_that_is_none_is_told_of_at_once(page: Page) -> None:
    await page.goto("/graphql")
    await expect(page.get_by_text("You are not signed in")).to_be_visible()
    field = page.get_by_label("Act as an API token")
    await field.fill("idt:TKN-1234-5678:wrong")
    await field.press("Tab")
    await expect(page.get_by_role("status")).to_have_text("The token is invalid.")
    await expect(await run(page, "Desk")).to_contain_text("The token is invalid.")
    await field.fill("")
    await field.press("Tab")
    await expect(page.get_by_text("You are not signed in")).to_be_visible()


async def test_its_dialogs_keep_to_the_policy(page: Page, watch: Watch) -> None:
    violations: list[str] = []
    await page.expose_function("told", lambda directive: violations.append(directive))
    await page.add_init_script(
        "addEventListener('securitypolicyviolation', event => told(event.violatedDirective))"
    )
    await page.goto("/graphql")
    for name in ("Open settings dialog", "Open short keys dialog"):
        await page.get_by_role("button", name=name).click()
        await expect(page.get_by_role("dialog")).to_be_visible()
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("dialog")).to_have_count(0)
    assert violations == []
    assert watch.strangers == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_it_follows_the_scheme(
    chromium: Browser, server: LiveServer, scheme: str, artefacts: Path
) -> None:
    context = await chromium.new_context(
        base_url=server.url, color_scheme="dark" if scheme == "dark" else "light"
    )
    page = await context.new_page()
    await page.goto("/graphql")
    await page.locator(".graphiql-container").wait_for()
    lightness = {
        selector: await page.locator(selector).evaluate(LIGHTNESS)
        for selector in ("body", ".graphiql-container", "#token")
    }
    await page.screenshot(path=artefacts / f"explorer-{scheme}.png")
    await context.close()
    assert all((value > 128) == (scheme == "light") for value in lightness.values()), lightness
