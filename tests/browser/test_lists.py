"""Lists on every screen: rows that are cards, the bar of the selection, long names, drafts."""

import re
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from tests.browser.conftest import Watch, sign_in
from tests.support.live import LiveServer

LIST: Final = "/settings/api-tokens"
PATHS: Final = (LIST, "/settings/audit-trail", "/settings/users")


@pytest_asyncio.fixture(loop_scope="session")
async def phone(chromium: Browser, server: LiveServer) -> AsyncIterator[Page]:
    """A tab on a small screen that is touched; Sarah is signed in."""
    context = await chromium.new_context(
        base_url=server.url, viewport={"width": 390, "height": 844}, has_touch=True
    )
    page = await context.new_page()
    await sign_in(page)
    yield page
    await context.close()


async def roles(page: Page) -> Counter[str]:
    """How often each role is in what the browser tells assistive programs."""
    session = await page.context.new_cdp_session(page)
    tree: dict[str, Any] = await session.send("Accessibility.getFullAXTree")
    return Counter(node["role"]["value"] for node in tree["nodes"] if not node["ignored"])


@pytest.mark.parametrize("width", [320, 390, 800])
async def test_rows_are_cards_and_still_a_table_to_those_who_listen(
    phone: Page, watch: Watch, artefacts: Path, width: int
) -> None:
    watch.follow(phone)
    await phone.set_viewport_size({"width": width, "height": 844})
    for path in PATHS:
        await phone.goto(path)
        await phone.screenshot(path=artefacts / f"cards-{width}{path.replace('/', '-')}.png")
        rows = await phone.locator("tbody tr").count()
        cells = await phone.locator("tbody :is(td, th)").count()
        heads = await phone.locator("thead th:visible").count()
        told = await roles(phone)
        assert told["table"] == 1
        assert told["row"] == rows + (1 if heads else 0)
        assert told["cell"] + told["rowheader"] == cells
        cut: list[str] = await phone.evaluate(
            "[...document.querySelectorAll('tbody :is(th, td, a, small, button, .badge)')]"
            ".filter((each) => each.checkVisibility() && !each.closest('[popover], .vh'))"
            ".filter((each) => each.getBoundingClientRect().right > innerWidth)"
            ".map((each) => each.outerHTML)"
        )
        assert cut == []
    watch.must_be_clean()


async def test_a_card_begins_with_name_status_and_menu(phone: Page) -> None:
    await phone.goto(f"{LIST}?search=CRM")
    row = phone.get_by_role("row", name="CRM robot")
    boxes = []
    for each in (row.locator("th"), row.locator(".state"), row.locator(".actions")):
        box = await each.bounding_box()
        assert box is not None
        boxes.append(box)
    name, status, menu = boxes
    assert name["x"] + name["width"] <= status["x"] + 1
    assert status["x"] + status["width"] <= menu["x"] + 1
    assert max(box["y"] for box in boxes) < min(box["y"] + box["height"] for box in boxes)
    said = await phone.evaluate(
        "[...document.querySelectorAll('tbody tr:first-child td[data-label]')]"
        ".map((each) => getComputedStyle(each, '::before').content)"
    )
    assert said == ['"Modules"', '"Created by"', '"Date created"', '"Last access"']


async def test_tools_on_a_phone_are_icons_in_one_row_that_have_names(phone: Page) -> None:
    tools = phone.locator(".tool")
    boxes = [await tool.bounding_box() for tool in await tools.all()]
    assert len({box["y"] for box in boxes if box}) == 1
    assert all(box and min(box["width"], box["height"]) >= 40 for box in boxes)
    await expect(tools).to_have_text(["Views", "Sort", "Filter", "Columns", "Refresh"])
    await expect(phone.get_by_role("button", name="Columns", exact=True)).to_be_visible()


async def test_the_bar_of_the_selection_is_there_while_there_is_one(
    page: Page, watch: Watch, artefacts: Path
) -> None:
    await sign_in(page)
    watch.follow(page)
    bar, disable = page.locator("#bulk"), page.locator("#bulk-disable")
    every = page.get_by_label("Select all 12 rows")
    await expect(disable).to_be_hidden()
    first = page.locator("tbody tr").first
    before = await first.bounding_box()
    await page.get_by_label("Select Audit collector").check()
    await expect(disable).to_be_visible()
    assert await first.bounding_box() == before, "nothing moves from under the pointer"
    await expect(every).to_be_hidden()
    await page.get_by_label("Select all rows of this page").check()
    await expect(page.locator("#picked-count")).to_have_text("10 selected")
    await every.check()
    await expect(page.locator("#picked-count")).to_have_text("All rows found are selected")
    await page.screenshot(path=artefacts / "selection-bar.png")
    await page.get_by_role("button", name="Clear selection").click()
    await expect(disable).to_be_hidden()
    await expect(bar.get_by_role("status")).to_have_text("None selected")
    watch.must_be_clean()


async def test_the_bar_hides_nothing_that_has_the_focus(page: Page) -> None:
    await page.set_viewport_size({"width": 1280, "height": 500})
    await sign_in(page)
    await page.locator("#pick-page").check()
    top = "document.querySelector('#bulk').getBoundingClientRect().top"
    for _ in range(40):
        await page.keyboard.press("Tab")
        below = await page.evaluate(
            "document.activeElement.closest('tbody')"
            f" && document.activeElement.getBoundingClientRect().bottom > {top}"
        )
        assert not below, await page.evaluate("document.activeElement.outerHTML")


async def test_a_long_name_takes_two_lines_in_lists(page: Page) -> None:
    await sign_in(page)
    name = "Nightly report of everything " * 8
    made = await page.request.post(
        "/graphql",
        data={
            "query": "mutation ($input: CreateApiTokenInput!) { createApiToken(input: $input) {"
            " ... on CreateApiTokenPayload { apiToken { id } } } }",
            "variables": {"input": {"name": name, "moduleIds": ["MOD-3310"]}},
        },
    )
    token_id = (await made.json())["data"]["createApiToken"]["apiToken"]["id"]
    for path in (f"{LIST}?search={token_id}", "/settings/audit-trail?event=token.created"):
        await page.goto(path)
        link = page.get_by_role("link", name=name.strip()).first
        height: float = await link.evaluate(
            "(each) => each.clientHeight / parseFloat(getComputedStyle(each).lineHeight)"
        )
        assert round(height) == 2
    assert await page.locator(f"a[href='{LIST}/{token_id}']").first.inner_text() == name.strip()


async def test_the_latest_draft_is_offered_and_the_others_on_demand(
    page: Page, watch: Watch, artefacts: Path
) -> None:
    await sign_in(page)
    watch.follow(page)
    for name in ("Draft one", "Draft two", "Draft three"):
        await page.goto(f"{LIST}/new")
        await page.get_by_label("API token name").fill(name)
        await page.get_by_role("button", name="Next").click()
        await expect(page).to_have_url(re.compile("/modules$"))
    await page.goto(LIST)
    await expect(page.get_by_role("link", name="Continue Draft three")).to_be_visible()
    await expect(page.get_by_role("link", name="Continue Draft two")).to_be_hidden()
    await page.get_by_text("and 2 more").click()
    await page.screenshot(path=artefacts / "drafts.png")
    await page.get_by_role("button", name="Discard Draft one").click()
    await expect(page.get_by_text("and 1 more")).to_be_visible()
    watch.must_be_clean()
