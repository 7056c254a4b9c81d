"""A state of the product, and the steps that bring a fresh page there."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import Enum
from typing import Final

from playwright.async_api import FilePayload, Page, expect

from tests.ui_review.scene import Scene

LIST: Final = "/settings/api-tokens"
WIZARD: Final = "#wizard"
DIALOG: Final = "#dialog"


@dataclass(frozen=True)
class Stage:
    """A page in front of the scene."""

    page: Page
    scene: Scene


Step = Callable[[Stage], Awaitable[None]]


class Scripts(Enum):
    """In which browsers a state can be reached."""

    ANY = "with JavaScript and without"
    NEEDED = "with JavaScript"
    OFF = "without JavaScript"


@dataclass(frozen=True)
class State:
    """One thing to look at. `steps` begin on an empty tab in which `who` is signed in."""

    name: str
    who: str
    steps: tuple[Step, ...]
    scripts: Scripts = Scripts.ANY
    alone: bool = False
    """Whether it ends its session, which no other state may share then."""
    failing: bool = False
    """Whether the server that cannot serve this is asked; see tests/ui_review/failing.py."""

    async def reach(self, stage: Stage) -> None:
        """Bring the page there, and wait until it is still."""
        for step in self.steps:
            await step(stage)
        await settle(stage.page)


def go(path: str) -> Step:
    """Open an address; it may contain words of the scene: `{crm}`."""

    async def step(stage: Stage) -> None:
        await stage.page.goto(stage.scene.address(path))

    return step


def click(selector: str) -> Step:
    """Press something, and wait until the page is still."""

    async def step(stage: Stage) -> None:
        await stage.page.locator(selector.format_map(stage.scene.made.words)).first.click()
        await settle(stage.page)

    return step


def fill(selector: str, text: str) -> Step:
    """Type into a field."""

    async def step(stage: Stage) -> None:
        await stage.page.fill(selector, text)

    return step


def see(selector: str) -> Step:
    """Wait until something is visible."""

    async def step(stage: Stage) -> None:
        await expect(stage.page.locator(selector).first).to_be_visible()

    return step


def upload(selector: str, name: str, content: bytes) -> Step:
    """Choose a file."""

    async def step(stage: Stage) -> None:
        chosen = FilePayload(name=name, mimeType="image/png", buffer=content)
        await stage.page.set_input_files(selector, chosen)

    return step


def menu(button: str, words: str) -> tuple[Step, Step]:
    """Open a menu and choose from it."""
    return click(button), click(f":popover-open >> text={words}")


async def settle(page: Page) -> None:
    """Wait until htmx is done and animations have ended.

    Not by `wait_for_function`: it evaluates in the page, which the policy forbids. Animations
    that follow scrolling, as those of the tabs' edges, never end and do not count.
    """
    for _ in range(400):
        if await page.evaluate(_STILL):
            return
        await page.wait_for_timeout(15)
    raise AssertionError("the page does not come to rest")


_STILL: Final = """() => document.readyState === "complete"
    && !document.querySelector("[aria-busy=true], .htmx-request, .htmx-swapping, .htmx-settling")
    && document.getAnimations().every((each) =>
        each.playState !== "running" || each.timeline !== document.timeline)"""
