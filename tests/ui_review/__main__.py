"""`python -m tests.ui_review [PART …] [state=WORDS]`: look at everything, or at the parts named.

Exit 1 when anything is wrong. Screenshots and figures are kept in tests/artefacts/ui_review.
"""

import asyncio
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from playwright.async_api import async_playwright
from rich.console import Console
from rich.table import Table

from tests.support.chromium import LAUNCH_FLAGS, find_chromium
from tests.support.debian import Missing
from tests.support.node import UI_REVIEW, Node, find_node
from tests.ui_review import budget, keyboard, scores, server_time
from tests.ui_review.everything import STATES
from tests.ui_review.failing import failing_server
from tests.ui_review.findings import FOLDER, Finding, as_dicts, print_findings, save
from tests.ui_review.looks import ALL_VISITS
from tests.ui_review.scene import Scene, scene
from tests.ui_review.states import State
from tests.ui_review.validity import validate
from tests.ui_review.visiting import Tour, empty

_MEMORY: Final = Path("/dev/shm")


@dataclass(frozen=True)
class Stand:
    """What every part works with."""

    scene: Scene
    folder: Path
    chromium: Path
    node: Node
    states: tuple[State, ...]
    console: Console


def _pages(stand: Stand) -> list[Finding]:
    empty(FOLDER)
    return asyncio.run(_visit(stand))


async def _visit(stand: Stand) -> list[Finding]:
    async with failing_server(stand.folder) as failing, async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=stand.chromium, args=list(LAUNCH_FLAGS)
        )
        tour = Tour(browser, stand.scene, failing)
        await tour.make(stand.states, ALL_VISITS)
        await browser.close()
    html = validate(tour.pages.values(), stand.node, thorough=True)
    _print_looks(tour, len(tour.pages), stand.console)
    return [*tour.findings, *html]


def _print_looks(tour: Tour, shapes: int, console: Console) -> None:
    judged = Counter(look for _, look in tour.judged)
    wrong = Counter(each.look for each in tour.findings)
    table = Table("look", "states judged", "findings")
    for look, number in judged.items():
        table.add_row(look, str(number), str(wrong[look]))
    table.add_row("HTML of different shapes", str(shapes), "")
    console.print(table)


def _in_browser(part: object) -> Callable[[Stand], list[Finding]]:
    async def run(stand: Stand) -> list[Finding]:
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(
                executable_path=stand.chromium, args=list(LAUNCH_FLAGS)
            )
            if part is keyboard:
                found = await keyboard.walk(browser, stand.scene, STATES, stand.console)
            else:
                found = await budget.measure(browser, stand.scene, stand.console)
            await browser.close()
            return found

    return lambda stand: asyncio.run(run(stand))


PARTS: Final[dict[str, Callable[[Stand], list[Finding]]]] = {
    "pages": _pages,
    "keyboard": _in_browser(keyboard),
    "budget": _in_browser(budget),
    "server": lambda stand: server_time.measure(stand.scene, stand.folder, stand.console),
    "lighthouse": lambda stand: scores.score(
        stand.scene, stand.node, stand.chromium, stand.console
    ),
}


def main(arguments: list[str]) -> None:
    """Run the parts named, or all, and print what they found."""
    words = [each.removeprefix("state=") for each in arguments if each.startswith("state=")]
    names = [each for each in arguments if not each.startswith("state=")]
    unknown = [name for name in names if name not in PARTS]
    if unknown:
        raise SystemExit(f"No part {', '.join(unknown)}: there are {', '.join(PARTS)}.")
    states = tuple(
        state for state in STATES if not words or any(word in state.name for word in words)
    )
    found = _run(names or list(PARTS), states)
    save("findings", as_dicts(found))
    console = _console()
    console.rule("what is wrong")
    print_findings(found, console)
    console.print(f"Screenshots and figures: {FOLDER}")
    raise SystemExit(1 if found else 0)


def _run(names: list[str], states: tuple[State, ...]) -> list[Finding]:
    chromium, node = find_chromium(), find_node(UI_REVIEW)
    if isinstance(chromium, Missing):
        raise SystemExit(chromium.reason)
    if isinstance(node, Missing):
        raise SystemExit(node.reason)
    found = []
    # The world is made much faster in memory.
    place = _MEMORY if os.access(_MEMORY, os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=place) as folder, scene(Path(folder)) as made:
        stand = Stand(made, Path(folder), chromium, node, states, _console())
        for name in names:
            stand.console.rule(name)
            try:
                found += PARTS[name](stand)
            except RuntimeError as error:
                # What the other parts found is not lost for that.
                found.append(Finding(name, "not measured", str(error), name))
    return found


def _console() -> Console:
    return Console() if sys.stdout.isatty() else Console(width=200)


if __name__ == "__main__":
    main(sys.argv[1:])
