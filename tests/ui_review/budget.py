"""Bytes and requests on the wire, and the milliseconds from a click to the swapped page."""

import statistics
from dataclasses import dataclass, field
from typing import Any, Final

from playwright.async_api import Browser, CDPSession, Page
from rich.console import Console
from rich.table import Table

from tests.ui_review.findings import Finding, save
from tests.ui_review.scene import NOBODY, WANDA, Scene
from tests.ui_review.states import LIST, settle

KIB: Final = 1024
MOST_SCRIPT: Final = 20 * KIB
MOST_FIRST_LOAD: Final = 50 * KIB
MOST_STEP: Final = 4 * KIB
ROUNDS: Final = 12

STEPS: Final = ("open", "general", "modules", "overview")
"""The clicks of the wizard: Add, Next, Next, Add."""


@dataclass(frozen=True)
class Line:
    """What lies between browser and server, and how much slower the processor is."""

    name: str
    most_ms: float
    latency_ms: int = 0
    slower: int = 1


LINES: Final = (Line("localhost", 50), Line("150 ms latency, CPU 4x slower", 300, 150, 4))


@dataclass
class Wire:
    """What DevTools saw on the wire: encoded bytes by the address of each answer."""

    answers: dict[str, tuple[str, str]] = field(default_factory=dict)
    sizes: list[tuple[str, str, int]] = field(default_factory=list)
    """Address, kind, bytes with headers."""

    def asked(self, event: dict[str, Any]) -> None:
        """A request goes out; where it follows a redirect, that has been an answer, too."""
        led = event.get("redirectResponse")
        if led:
            self.sizes.append((led["url"], "Redirect", round(led["encodedDataLength"])))

    def answered(self, event: dict[str, Any]) -> None:
        """The answer's head has come."""
        self.answers[event["requestId"]] = event["response"]["url"], event["type"]

    def finished(self, event: dict[str, Any]) -> None:
        """All of it has come."""
        url, kind = self.answers.get(event["requestId"], ("", ""))
        self.sizes.append((url, kind, round(event["encodedDataLength"])))

    def taken(self) -> list[tuple[str, str, int]]:
        """What came since the last time; the page's event stream is no part of it."""
        sizes = [each for each in self.sizes if each[2] and each[1] != "EventSource"]
        self.sizes.clear()
        return sizes


async def measure(browser: Browser, scene: Scene, console: Console) -> list[Finding]:
    """Tables of bytes and of times; what exceeds the budget is a finding."""
    found = await _bytes(browser, scene, console)
    times: dict[str, dict[str, float]] = {}
    for line in LINES:
        seen = await _times(browser, scene, line)
        times[line.name] = {step: round(statistics.median(ms), 1) for step, ms in seen.items()}
        found += [
            Finding("budget", f"more than {line.most_ms:g} ms", f"{ms} ms", step, line.name)
            for step, ms in times[line.name].items()
            if ms > line.most_ms
        ]
    table = Table(f"click to swapped page, median ms of {ROUNDS}", *STEPS)
    for name, middle in times.items():
        table.add_row(name, *(str(middle[step]) for step in STEPS))
    console.print(table)
    save("budget-times", times)
    return found


async def _page(browser: Browser, scene: Scene, who: str) -> tuple[Page, CDPSession]:
    context = await browser.new_context(viewport={"width": 1280, "height": 820})
    context.set_default_timeout(30_000)
    await context.add_init_script(_STOPWATCH)
    cookie = scene.cookie(who)
    if cookie:
        await context.add_cookies([{"name": "tokendesk", "value": cookie, "url": scene.url}])
    page = await context.new_page()
    return page, await context.new_cdp_session(page)


async def _bytes(browser: Browser, scene: Scene, console: Console) -> list[Finding]:
    found, kept = [], []
    for name, who, path in (("sign-in", NOBODY, "/sign-in"), ("grid", WANDA, LIST)):
        page, devtools = await _page(browser, scene, who)
        wire = await _watched(devtools)
        await page.goto(scene.url + path)
        await settle(page)
        sizes = wire.taken()
        total = sum(size for _, _, size in sizes)
        script = sum(size for _, kind, size in sizes if kind == "Script")
        kept.append((f"first load of {name}", len(sizes), total, script))
        if total > MOST_FIRST_LOAD:
            found.append(Finding("budget", "first load over 50 KiB", f"{total} bytes", name))
        if script > MOST_SCRIPT:
            found.append(Finding("budget", "JavaScript over 20 KiB", f"{script} bytes", name))
        if who == WANDA:
            for step in STEPS:
                await _prepare(page, step)
                wire.taken()
                await _press(page, step)
                sizes = [each for each in wire.taken() if "/static/" not in each[0]]
                total = sum(size for _, _, size in sizes)
                kept.append((f"wizard, {step}", len(sizes), total, 0))
                if len(sizes) > 1:
                    found.append(
                        Finding("budget", "more than one request", f"{len(sizes)} requests", step)
                    )
                if total > MOST_STEP:
                    found.append(Finding("budget", "step over 4 KiB", f"{total} bytes", step))
        await page.context.close()
    table = Table("on the wire", "answers", "bytes", "of it JavaScript")
    for row in kept:
        table.add_row(row[0], *(f"{each:,}" for each in row[1:]))
    console.print(table)
    save("budget-bytes", kept)
    return found


async def _watched(devtools: CDPSession) -> Wire:
    wire = Wire()
    await devtools.send("Network.enable")
    devtools.on("Network.requestWillBeSent", wire.asked)
    devtools.on("Network.responseReceived", wire.answered)
    devtools.on("Network.loadingFinished", wire.finished)
    return wire


async def _times(browser: Browser, scene: Scene, line: Line) -> dict[str, list[float]]:
    page, devtools = await _page(browser, scene, WANDA)
    if line.latency_ms:
        await devtools.send("Network.enable")
        conditions = {"offline": False, "latency": line.latency_ms}
        speed = {"downloadThroughput": 200_000, "uploadThroughput": 100_000}
        await devtools.send("Network.emulateNetworkConditions", conditions | speed)
    if line.slower > 1:
        await devtools.send("Emulation.setCPUThrottlingRate", {"rate": line.slower})
    times: dict[str, list[float]] = {step: [] for step in STEPS}
    for round_number in range(ROUNDS + 1):
        await page.goto(f"{scene.url}{LIST}?rows=10")
        await settle(page)
        for step in STEPS:
            await _prepare(page, step)
            elapsed = await _press(page, step)
            if round_number:  # the first has everything still to load
                times[step].append(elapsed)
    await page.context.close()
    return times


async def _prepare(page: Page, step: str) -> None:
    if step == "general":
        await page.fill("#f-name", "Robot of the review")
    if step == "modules":
        await page.locator(".module-rows input").first.check()
    await settle(page)


async def _press(page: Page, step: str) -> float:
    """Click, and wait for the swap; the milliseconds between, as the page saw them."""
    await page.evaluate("stopwatch.reset()")
    await page.click("#add" if step == "open" else "#wizard-next")
    for _ in range(1_000):
        elapsed: float | None = await page.evaluate("stopwatch.elapsed")
        if elapsed is not None:
            await settle(page)
            return elapsed
        await page.wait_for_timeout(10)
    raise AssertionError(f"nothing was swapped after {step}")


_STOPWATCH: Final = """window.stopwatch = {
    elapsed: null, began: null,
    reset() { this.elapsed = this.began = null; },
};
addEventListener("click", () => { stopwatch.began ??= performance.now(); }, true);
addEventListener("htmx:after:swap", () => {
    if (stopwatch.began !== null) stopwatch.elapsed ??= performance.now() - stopwatch.began;
}, true);"""
