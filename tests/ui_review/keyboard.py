"""The main pages by keyboard alone: the order of stops, each one's ring, size and visibility."""

from typing import Any, Final

from playwright.async_api import Browser, Error
from rich.console import Console
from rich.table import Table

from tests.ui_review.findings import Finding, save
from tests.ui_review.scene import Scene
from tests.ui_review.states import Stage, State

MOST_STOPS: Final = 150
MAIN: Final = (
    "sign-in",
    "grid-few-rows",
    "grid-selected",
    "grid-filter",
    "grid-columns",
    "wizard-opened",
    "wizard-general-error",
    "wizard-modules",
    "wizard-overview",
    "wizard-summary",
    "token",
    "token-usage",
    "token-delete",
    "edit-general",
    "trail",
    "record",
    "account",
    "users",
    "profile",
    "invite",
    "accounts",
    "one-account",
)

Stop = dict[str, Any]


async def walk(
    browser: Browser, scene: Scene, states: tuple[State, ...], console: Console
) -> list[Finding]:
    """Press Tab from the top of each main page until it comes round."""
    named = {state.name: state for state in states}
    found: list[Finding] = []
    stops: dict[str, list[Stop]] = {}
    for name in MAIN:
        state = named[name]
        context = await browser.new_context(viewport={"width": 1280, "height": 820})
        context.set_default_timeout(20_000)
        cookie = scene.cookie(state.who)
        if cookie:
            await context.add_cookies([{"name": "tokendesk", "value": cookie, "url": scene.url}])
        page = await context.new_page()
        try:
            await state.reach(Stage(page, scene))
            stops[name] = await _stops(page)
            found += [each for stop in stops[name] for each in _faults(name, stop)]
        except (Error, AssertionError) as error:
            found.append(Finding("keyboard", "cannot be reached", str(error)[:200], name))
        finally:
            await context.close()
    save("keyboard", {name: [_told(stop) for stop in seen] for name, seen in stops.items()})
    _print(stops, console)
    return found


async def _stops(page: Any) -> list[Stop]:
    stops: list[Stop] = []
    outside = 0
    for _ in range(MOST_STOPS):
        await page.keyboard.press("Tab")
        stop: Stop | None = await page.evaluate(_ACTIVE)
        if stop is None:  # the browser's own chrome
            outside += 1
            if outside == 2:
                break
        elif stop["seen"]:
            break
        else:
            stops.append(stop)
    return stops


def _faults(state: str, stop: Stop) -> list[Finding]:
    broken = {
        "no visible focus": not stop["ring"],
        f"the focus is covered by {stop['by']}": stop["covered"],
        "the focus is off the screen": stop["away"],
        "no name": not stop["name"],
        "smaller than 24 px": stop["small"],
        "the focus leaves the dialog": stop["modal"] and not stop["inside"],
    }
    return [
        Finding("keyboard", rule, f"{stop['element']} «{stop['name']}» {stop['size']}", state)
        for rule, wrong in broken.items()
        if wrong
    ]


def _told(stop: Stop) -> str:
    return f"{stop['role']} «{stop['name']}»"


def _print(stops: dict[str, list[Stop]], console: Console) -> None:
    table = Table("page", "stops", "in this order")
    for name, seen in stops.items():
        words = [_told(stop) for stop in seen]
        more = f" … {len(words) - 12} more" if len(words) > 12 else ""
        table.add_row(name, str(len(words)), ", ".join(words[:12]).replace("[", "\\[") + more)
    console.print(table)


_ACTIVE: Final = """() => {
    const at = document.activeElement;
    if (!at || at === document.body || at === document.documentElement) return null;
    const seen = "auditSeen" in at;
    at.auditSeen = true;
    const box = at.getBoundingClientRect(), style = getComputedStyle(at);
    const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
    const label = [...(at.labels ?? [])].map((each) => each.innerText).join(" ");
    const by = (at.getAttribute("aria-labelledby") ?? "").split(" ")
        .map((id) => document.getElementById(id)?.textContent ?? "").join(" ");
    const name = by.trim() || at.getAttribute("aria-label") || label || at.innerText || at.title;
    const target = (at.labels?.[0]?.contains(at) && at.labels[0]) || at;
    const area = target.getBoundingClientRect();
    const inline = style.display === "inline"
        && at.parentElement.innerText.trim() !== at.innerText.trim();
    return {
        seen,
        element: at.tagName.toLowerCase() + (at.id ? "#" + at.id : "." + at.className),
        role: at.getAttribute("role") ?? at.tagName.toLowerCase(),
        name: (name ?? "").trim().replace(/\\s+/g, " ").slice(0, 50),
        size: `${Math.round(area.width)}x${Math.round(area.height)}`,
        small: Math.min(area.width, area.height) < 23.5 && !inline && at.tagName !== "SECTION",
        ring: (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2)
            || (at.matches("input[type=file]")),
        covered: top !== null && !at.contains(top) && !top.contains(at)
            && ![...(at.labels ?? [])].some((each) => each.contains(top)),
        by: top?.closest("[id], [class]")?.cloneNode().outerHTML.slice(0, 60) ?? "",
        away: box.bottom < 0 || box.top > innerHeight || box.right < 0 || box.left > innerWidth,
        modal: Boolean(document.querySelector("dialog:modal")),
        inside: Boolean(at.closest("dialog:modal")),
    };
}"""
