"""A page that a browser without scripts shows, shown again where axe, a script, can look at it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Browser, Page, Route


@asynccontextmanager
async def twin(browser: Browser, page: Page) -> AsyncIterator[Page]:
    """The same HTML at the same address; its scripts are not loaded, its styles know that."""
    html, size = await page.content(), page.viewport_size

    async def answer(route: Route) -> None:
        kind = route.request.resource_type
        if kind == "document":
            await route.fulfill(body=html, content_type="text/html; charset=utf-8")
        elif kind == "stylesheet":
            sheet = await route.fetch()
            text = (await sheet.text()).replace("(scripting: none)", "all")
            await route.fulfill(
                response=sheet, body=text.replace("(scripting: enabled)", "not all")
            )
        elif kind == "script":
            await route.abort()
        else:
            await route.continue_()

    context = await browser.new_context(viewport=size)
    try:
        await context.route("**/*", answer)
        shown = await context.new_page()
        await shown.goto(page.url)
        yield shown
    finally:
        await context.close()
