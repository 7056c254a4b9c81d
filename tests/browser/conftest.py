"""Chromium in front of a live server with the demo world."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from inspect import iscoroutinefunction
from pathlib import Path
from typing import Final

import pytest
import pytest_asyncio
from playwright.async_api import (
    Browser,
    ConsoleMessage,
    Page,
    Request,
    async_playwright,
    expect,
)

from server.demo.world import PASSWORD, SARAH
from tests.support.chromium import LAUNCH_FLAGS, find_chromium
from tests.support.debian import Missing
from tests.support.live import LiveServer, live_server
from tests.support.node import UI_REVIEW, Node, find_node

HERE: Final = Path(__file__).parent

expect.set_options(timeout=30_000)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """`tokendesk serve` with the demo world, on SQLite."""
    with live_server(tmp_path_factory.mktemp("live"), {"TOKENDESK_DEMO": "1"}) as server:
        yield server


@pytest.fixture(scope="module")
def node() -> Node:
    """Node with what judges pages and drives Firefox; skips where there is none."""
    found = find_node(UI_REVIEW)
    if isinstance(found, Missing):
        pytest.skip(found.reason)
    return found


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of one worker share an event loop, because the browser's connection belongs to one."""
    for item in items:
        is_async = isinstance(item, pytest.Function) and iscoroutinefunction(item.function)
        if is_async and item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """The real browser, started once; every test has a context of its own in it."""
    program = find_chromium()
    if isinstance(program, Missing):
        pytest.skip(program.reason)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=list(LAUNCH_FLAGS))
        yield browser
        await browser.close()


@dataclass
class Watch:
    """What a page did that no page should: errors, and requests that leave the origin."""

    origin: str
    errors: list[str] = field(default_factory=list)
    requests: list[tuple[str, str]] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)

    def follow(self, page: Page) -> None:
        """Note everything from now on."""
        page.on("console", self._note)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("request", self._count)

    def _note(self, message: ConsoleMessage) -> None:
        refused = "422 (Unprocessable Entity)" in message.text
        if message.type in {"error", "warning"} and not refused:
            self.errors.append(message.text)

    def _count(self, request: Request) -> None:
        method, url = request.method, request.url
        if request.resource_type == "eventsource" and url.startswith(self.origin):
            return  # a page that listens has not asked for anything
        if not url.startswith((self.origin, "blob:" + self.origin)):
            self.strangers.append(url)
        elif "/static/" not in url and "/logos/" not in url and not url.startswith("blob:"):
            self.requests.append((method, url.removeprefix(self.origin)))

    def must_be_clean(self) -> None:
        """No console error, no violation of the policy, no request to elsewhere."""
        assert (self.errors, self.strangers) == ([], [])


@pytest_asyncio.fixture(loop_scope="session")
async def page(chromium: Browser, server: LiveServer) -> AsyncIterator[Page]:
    """A tab whose clipboard may be read."""
    context = await chromium.new_context(
        base_url=server.url,
        viewport={"width": 1280, "height": 820},
        permissions=["clipboard-read", "clipboard-write"],
    )
    context.set_default_timeout(15_000)
    yield await context.new_page()
    await context.close()


@pytest_asyncio.fixture(loop_scope="session")
async def plain_page(chromium: Browser, server: LiveServer) -> AsyncIterator[Page]:
    """A tab with scripts off."""
    context = await chromium.new_context(base_url=server.url, java_script_enabled=False)
    context.set_default_timeout(15_000)
    yield await context.new_page()
    await context.close()


@pytest.fixture
def watch(server: LiveServer) -> Watch:
    """Follows pages and tells what went wrong on them."""
    return Watch(server.url)


async def sign_in(page: Page) -> None:
    """Sarah signs in and sees her tokens."""
    await page.goto("/")
    await page.get_by_label("E-mail").fill(SARAH.email)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await page.wait_for_url("**/settings/api-tokens")


@pytest.fixture
def artefacts() -> Path:
    """Where screenshots are kept."""
    folder = Path(__file__).parents[1] / "artefacts"
    folder.mkdir(exist_ok=True)
    return folder
