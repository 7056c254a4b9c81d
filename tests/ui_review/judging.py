"""What is asked of a page that has come to rest: axe, overflow, and what it logged meanwhile."""

from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

from playwright.async_api import ConsoleMessage, Page, Request, Response

from tests.support.node import UI_REVIEW
from tests.ui_review.findings import Finding
from tests.ui_review.looks import Look

RULES: Final = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    },
    "rules": {"target-size": {"enabled": True}},
    "resultTypes": ["violations"],
}
"""WCAG 2.2 at level AA, and axe's best practices."""

_EXPECTED_STATUS: Final = "Failed to load resource: the server responded with a status of "
"""Chromium logs every refusal as an error; the states that provoke one mean to."""


@dataclass
class Log:
    """What a page did that no page should, and the HTML that it was sent."""

    origins: tuple[str, ...]
    errors: list[tuple[str, str]] = field(default_factory=list)
    """The rule broken, and the message."""
    answers: list[Response] = field(default_factory=list)
    """Pages and fragments."""

    def follow(self, page: Page) -> None:
        """Note everything from now on."""
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.errors.append(("console", str(error)[:300])))
        page.on("request", self._request)
        page.on("response", self._response)

    def _console(self, message: ConsoleMessage) -> None:
        text = message.text
        if message.type not in {"error", "warning"} or text.startswith(_EXPECTED_STATUS):
            return
        broken = "policy" if "Content Security Policy" in text or "Trusted" in text else "console"
        self.errors.append((broken, text[:300]))

    def _request(self, request: Request) -> None:
        own = tuple(f"{scheme}{origin}" for origin in self.origins for scheme in ("", "blob:"))
        if not request.url.startswith(own):
            self.errors.append(("another origin", request.url[:200]))

    def _response(self, response: Response) -> None:
        if response.headers.get("content-type", "").startswith("text/html"):
            self.answers.append(response)

    def findings(self, state: str, look: str) -> list[Finding]:
        """What was noted since the last time."""
        found = [Finding("pages", rule, text, state, look) for rule, text in self.errors]
        self.errors.clear()
        return found


async def judge(page: Page, state: str, look: Look) -> list[Finding]:
    """Everything that can be seen to be wrong with the page as it is now."""
    return [*await _overflow(page, state, look.name), *await _axe(page, state, look)]


async def _axe(page: Page, state: str, look: Look) -> list[Finding]:
    # What DevTools evaluate is exempt from the page's policy.
    await page.evaluate(_axe_source())
    wanted = RULES | {"runOnly": list(look.rules)} if look.rules else RULES
    results: dict[str, Any] = await page.evaluate(_RUN, wanted)
    return [
        Finding(
            "axe",
            f"{each['id']}: {each['help']}",
            f"{node['html'][:160]} {_why(node)}",
            state,
            look.name,
        )
        for each in results["violations"]
        for node in each["nodes"]
    ]


def _why(node: dict[str, Any]) -> str:
    checks = [*node["any"], *node["all"], *node["none"]]
    return "; ".join(check["message"] for check in checks)[:200]


async def _overflow(page: Page, state: str, look: str) -> list[Finding]:
    found: list[list[str]] = await page.evaluate(_OVERFLOW)
    return [Finding("pages", rule, what, state, look) for rule, what in found]


@cache
def _axe_source() -> str:
    source = (UI_REVIEW / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
    return source + ";0"


# GraphiQL's own inside is not ours. What an open popover lies over can be pressed once it is shut,
# and what a bar at the window's head or foot lies over once it is scrolled from under it.
_RUN: Final = """async (rules) => {
    const results = await axe.run({ exclude: [[".graphiql-container"]] }, rules);
    const over = document.querySelector(":popover-open");
    const bars = [...document.querySelectorAll("body > header, .selection[data-picked]")];
    const covers = (bar, each) => {
        const [ours, box] = [bar.getBoundingClientRect(), each.getBoundingClientRect()];
        return !bar.contains(each) && box.bottom > ours.top && box.top < ours.bottom;
    };
    const covered = (each) =>
        over ? !over.contains(each) : bars.some((bar) => covers(bar, each));
    for (const each of results.violations)
        if (each.id === "target-size")
            each.nodes = each.nodes.filter(
                (node) => !covered(document.querySelector(node.target)));
    return results;
}"""

_OVERFLOW: Final = """() => {
    const found = [], root = document.documentElement, wide = root.clientWidth;
    const told = (each) => each.tagName.toLowerCase() + (each.id ? "#" + each.id : "")
        + [...each.classList].map((name) => "." + name).join("")
        + " «" + each.innerText.trim().replace(/\\s+/g, " ").slice(0, 40) + "»";
    if (root.scrollWidth > wide + 1) {
        const over = [...document.querySelectorAll("main *, header *, dialog[open] *")]
            .filter((each) => each.getBoundingClientRect().right > wide + 1
                && !each.closest(".scroll") && each.checkVisibility());
        found.push(["the page scrolls sideways", over.slice(0, 3).map(told).join(", ")
            || `${root.scrollWidth} of ${wide} px`]);
    }
    for (const each of document.querySelectorAll("dialog[open], :popover-open")) {
        const box = each.getBoundingClientRect();
        if (box.left < -1 || box.right > wide + 1 || box.top < -1
            || (each.matches(":modal, :popover-open") && box.bottom > innerHeight + 1
                && getComputedStyle(each).overflowY === "visible"))
            found.push(["outside the window", told(each).slice(0, 90)]);
        if (each.scrollWidth > each.clientWidth + 1)
            found.push(["a dialog scrolls sideways", told(each).slice(0, 90)]);
    }
    const clipped = [...document.querySelectorAll("body *")].filter((each) => {
        if (![...each.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
            return false;
        const style = getComputedStyle(each);
        return ["hidden", "clip"].includes(style.overflowX) && style.textOverflow !== "ellipsis"
            && style.webkitLineClamp === "none" && each.checkVisibility() && each.clientWidth > 1
            && !each.closest(".vh, .graphiql-container, svg")
            && (each.scrollWidth > each.clientWidth + 1
                || each.scrollHeight > each.clientHeight + 1);
    });
    for (const each of clipped) found.push(["text is cut off", told(each)]);
    return found;
}"""
