"""The wizard as a screen reader tells it: a full pass by keyboard alone, as a transcript."""

import re
from pathlib import Path
from typing import Any, Final

from playwright.async_api import CDPSession, Page, expect

from tests.browser.conftest import Watch, sign_in

LISTEN: Final = """() => {
    window.heard = [];
    const tell = region => {
        const inert = document.querySelector(":modal") && !region.closest(":modal");
        const text = inert ? "" : region.innerText.replace(/\\s+/g, " ").trim();
        const role = region.getAttribute("role");
        if (text && text !== region.told) window.heard.push(`${role}: ${text}`);
        region.told = text;
    };
    const regions = "[role=status], [role=alert]";
    new MutationObserver(changes => {
        const live = new Set();
        for (const { target, addedNodes } of changes) {
            const around = (target.closest ? target : target.parentElement)?.closest(regions);
            if (around) live.add(around);
            for (const added of addedNodes)
                if (added.matches?.("[role=alert]")) live.add(added);
        }
        live.forEach(tell);
    }).observe(document, { subtree: true, childList: true, characterData: true });
}"""
STATES: Final = ("checked", "expanded", "invalid", "required", "disabled", "readonly")
VARIES: Final = (
    (re.compile(r"TKN-\d{4}-\d{4}"), "TKN-…"),
    (re.compile(r"ACC-\d{4}-\d{4}"), "ACC-…"),
    (re.compile(r":\w{64}"), ":(secret)"),
    (re.compile(r"\n.*- /url: .*"), ""),
    (re.compile(r"http://127\.0\.0\.1:\d+"), "http://desk"),
    (re.compile(r"[A-Z][a-z]{2} \d{1,2}, \d{4} \d{1,2}:\d{2}\s[AP]M"), "(time)"),
)


class Reader:
    """What is focused and what is announced, written down in order."""

    def __init__(self, page: Page, tree: CDPSession) -> None:
        self._page = page
        self._tree = tree
        self._heard = 0
        self.lines: list[str] = []

    @classmethod
    async def before(cls, page: Page) -> "Reader":
        """A reader of a page that is open."""
        await page.evaluate(LISTEN)
        return cls(page, await page.context.new_cdp_session(page))

    async def tab_to(self, *controls: str) -> None:
        """Press Tab until each control has the focus, and read out all on the way."""
        for control in controls:
            for _ in range(20):
                await self._page.keyboard.press("Tab")
                await self._focused("Tab: ")
                if control in self.lines[-1]:
                    break
            else:
                raise AssertionError(f"Tab never reaches {control}:\n{self.transcript()}")

    async def type(self, text: str) -> None:
        """Type into what has the focus."""
        await self._page.keyboard.insert_text(text)
        self.lines.append(f"> types {text}")

    async def act(self, key: str, *announced: str, focus: str = "") -> None:
        """Press a key, and wait for the announcements, or the focus, that follow."""
        await self._page.keyboard.press(key)
        self.lines.append(f"> {key}")
        if focus:
            await expect(self._page.locator(":focus")).to_contain_text(focus)
        for words in announced:
            await self.hear(words)
        if focus:
            await self._focused()

    async def hear(self, words: str) -> None:
        """Wait for an announcement."""
        for _ in range(300):
            heard = await self._page.evaluate("window.heard")
            news = heard[self._heard :]
            if any(words in text for text in news):
                self._heard = len(heard)
                self.lines += [f"  ({text})" for text in news]
                return
            await self._page.wait_for_timeout(20)
        raise AssertionError(f"never heard {words!r}, but {news}")

    async def read(self) -> None:
        """The whole dialog, as the tree has it."""
        snapshot = await self._page.get_by_role("dialog").aria_snapshot()
        self.lines += [f"  | {line}" for line in snapshot.splitlines()]

    def transcript(self) -> str:
        """All of it, without what differs from run to run."""
        text = "\n".join(self.lines)
        for pattern, instead in VARIES:
            text = pattern.sub(instead, text)
        return text

    async def read_focus(self) -> None:
        """What has the focus now."""
        await self._focused()

    async def _focused(self, before: str = "  ") -> None:
        found = await self._tree.send("Runtime.evaluate", {"expression": "document.activeElement"})
        nodes = await self._tree.send(
            "Accessibility.getPartialAXTree",
            {"objectId": found["result"]["objectId"], "fetchRelatives": False},
        )
        self.lines.append(before + _said(nodes["nodes"][0]))


def _said(node: dict[str, Any]) -> str:
    name = node["name"]["value"]
    properties = {each["name"]: each["value"].get("value") for each in node["properties"]}
    states = [
        state if properties[state] in (True, "true") else f"{state} {properties[state]}"
        for state in STATES
        if properties.get(state) not in (None, "", False, "false")
        or (state in ("checked", "expanded") and state in properties)
    ]
    description = node.get("description", {}).get("value", "")
    value = node.get("value", {}).get("value", "")
    parts = [f'{node["role"]["value"]} "{name}"', *([f'value "{value}"'] if value else []), *states]
    return ", ".join(parts) + (f" [{description}]" if description else "")


async def test_a_pass_by_keyboard_reads_like_this(page: Page, watch: Watch) -> None:
    await sign_in(page)
    watch.follow(page)
    await page.get_by_role("link", name="Add", exact=True).focus()
    reader = await Reader.before(page)
    await reader.act("Enter", focus="General")
    await reader.read()
    await reader.tab_to("API token name")
    await reader.act("Enter", "There is a problem", focus="There is a problem")
    await reader.tab_to("Enter an API token name.")
    await reader.act("Enter")
    await reader.read_focus()
    await reader.type("Spoken robot")
    await reader.act("Enter", focus="Modules")
    await reader.read()
    await reader.tab_to("Search modules")
    await reader.type("billing")
    await reader.hear("1 module shown")
    await reader.tab_to("checkbox")
    await reader.act("Space", "1 of 7 selected")
    await reader.act("Enter", focus="Overview")
    await reader.read()
    await reader.tab_to('button "Add"')
    await reader.act("Enter", focus="Summary")
    await reader.read()
    await reader.tab_to("Copy API token")
    await reader.act("Enter", "Copied to clipboard")
    await reader.tab_to("Show API token")
    await reader.act("Enter", "API token is visible")
    await reader.tab_to("Test this token")
    await reader.act("Enter", "It works.")
    await reader.tab_to("curl")
    await reader.act("ArrowRight")
    await reader.read_focus()
    await reader.tab_to("Copy the example in Python")
    await reader.act("Enter", "Copied to clipboard")
    await reader.tab_to("Close")
    await reader.act("Enter", focus="Add")
    watch.must_be_clean()
    assert reader.transcript() == Path(__file__).with_suffix(".txt").read_text().rstrip()
