"""Visits every state in a browser, in each of its looks."""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from playwright.async_api import Browser, BrowserContext, Error, Page

from tests.ui_review.findings import FOLDER, Finding
from tests.ui_review.judging import Log, judge
from tests.ui_review.looks import Look, Visit
from tests.ui_review.scene import Scene
from tests.ui_review.states import Scripts, Stage, State, settle
from tests.ui_review.unscripted import twin
from tests.ui_review.validity import Sent, skeleton

AT_ONCE: Final = 2


@dataclass
class Tour:
    """One visit of many states, and all that came of it."""

    browser: Browser
    scene: Scene
    failing_url: str
    pictures: bool = True
    findings: list[Finding] = field(default_factory=list)
    judged: list[tuple[str, str]] = field(default_factory=list)
    """State and look, in the order in which they were judged."""
    pages: dict[str, Sent] = field(default_factory=dict)
    """HTML that the browser was sent, whole pages and fragments, one of each shape."""

    async def make(self, states: Sequence[State], visits: Sequence[Visit]) -> None:
        """Go everywhere, a few states at a time."""
        turns = asyncio.Semaphore(AT_ONCE)
        for visit in visits:
            browsers: dict[str, BrowserContext] = {}
            unreachable = Scripts.OFF if visit.scripts else Scripts.NEEDED
            for state in states:
                if state.who not in browsers:
                    browsers[state.who] = await self._context(state.who, visit)
            await asyncio.gather(
                *(
                    self._visit(state, visit, browsers[state.who], turns)
                    for state in states
                    if state.scripts is not unreachable
                )
            )
            for context in browsers.values():
                await context.close()

    async def _visit(
        self, state: State, visit: Visit, shared: BrowserContext, turns: asyncio.Semaphore
    ) -> None:
        async with turns:
            context = await self._context(state.who, visit) if state.alone else shared
            page = await context.new_page()
            await self._look(page, state, visit)
            await (context if state.alone else page).close()

    async def _context(self, who: str, visit: Visit) -> BrowserContext:
        context = await self.browser.new_context(
            **visit.settings, permissions=["clipboard-read", "clipboard-write"]
        )
        context.set_default_timeout(20_000)
        cookie = self.scene.cookie(who)
        if cookie:
            await context.add_cookies(
                [{"name": "tokendesk", "value": cookie, "url": self.scene.url}]
            )
        return context

    async def _look(self, page: Page, state: State, visit: Visit) -> None:
        log = Log((self.scene.url, self.failing_url))
        log.follow(page)
        first = visit.looks[0].name
        try:
            await state.reach(Stage(page, self._scene_of(state)))
        except (Error, AssertionError) as error:
            words = re.sub(r"\s+", " ", str(error))[:300]
            self.findings.append(Finding("pages", "cannot be reached", words, state.name, first))
            await self._picture(page, state, visit.looks[0])
            return
        self.findings += log.findings(state.name, first)
        await self._keep(log, state)
        for look in visit.looks:
            await look.put_on(page)
            await settle(page)  # colours change softly
            await self._picture(page, state, look)
            if visit.scripts:
                self.findings += await judge(page, state.name, look)
            else:
                async with twin(self.browser, page) as shown:
                    self.findings += await judge(shown, state.name, look)
            self.judged.append((state.name, look.name))
        self.findings += log.findings(state.name, visit.looks[-1].name)

    def _scene_of(self, state: State) -> Scene:
        if not state.failing:
            return self.scene
        server = type(self.scene.server)(self.failing_url, "", self.scene.server.process)
        return Scene(server, self.scene.made)

    async def _picture(self, page: Page, state: State, look: Look) -> None:
        if not self.pictures:
            return
        folder = FOLDER / re.sub(r"\W+", "-", look.name).strip("-")
        folder.mkdir(parents=True, exist_ok=True)
        over = await page.evaluate("!!document.querySelector('dialog[open], :popover-open')")
        # Hiding the caret would set a style, which the policy reports.
        await page.screenshot(
            path=folder / f"{state.name}.png", caret="initial", full_page=not over
        )

    async def _keep(self, log: Log, state: State) -> None:
        for answer in log.answers:
            if 300 <= answer.status < 400:
                continue
            try:
                text = await answer.text()
            except Error:
                continue  # the browser has let go of a page that it left
            self.pages.setdefault(skeleton(text), Sent(state.name, answer.url, text))
        log.answers.clear()


def empty(folder: Path) -> None:
    """Take away the pictures of earlier runs."""
    for picture in folder.glob("*/*.png"):
        picture.unlink()
