"""Takes the README's pictures of a fresh demo world in Chromium: docs/images/*.png.

`make pictures` runs it, after the interface has changed.
"""

import asyncio
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from playwright.async_api import Page, async_playwright

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.support.chromium import LAUNCH_FLAGS, find_chromium
from tests.support.debian import Missing
from tests.support.live import ROOT, live_server

IMAGES: Final = Path(__file__).parents[1] / "docs" / "images"


async def take(url: str, link: str, program: Path) -> None:
    """Sign in by the link, and take both."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=list(LAUNCH_FLAGS))
        page = await browser.new_page(
            viewport={"width": 1280, "height": 820}, color_scheme="light", locale="en-GB"
        )
        await page.goto(link)
        await page.get_by_role("button", name="Sign in").click()
        await page.goto(f"{url}/settings/api-tokens")
        await page.get_by_role("link", name="Add", exact=True).wait_for()
        await shoot(page, "grid")
        await page.get_by_role("link", name="Add", exact=True).click()
        await page.get_by_label("API token name").fill("CRM robot")
        await page.get_by_role("button", name="Next").click()
        await page.get_by_role("checkbox", name="Access management").check()
        await shoot(page, "wizard")
        await browser.close()


async def shoot(page: Page, name: str) -> None:
    """One picture, without what moves."""
    await page.screenshot(path=IMAGES / f"{name}.png", animations="disabled", caret="hide")


def main() -> None:
    """Serve a fresh demo world for it."""
    program = find_chromium()
    if isinstance(program, Missing):
        sys.exit(program.reason)
    os.environ["NO_PROXY"] = "*"
    with tempfile.TemporaryDirectory() as folder:
        # Before the server starts, which is expected to be ready soon.
        subprocess.run(
            [sys.executable, "-m", "server", "demo"],
            cwd=ROOT,
            env=os.environ | {"TOKENDESK_DATA_DIR": folder},
            check=True,
        )
        with live_server(Path(folder), {"TOKENDESK_DEMO": "1"}) as server:
            asyncio.run(take(server.url, server.sign_in_link, program))


if __name__ == "__main__":
    main()
