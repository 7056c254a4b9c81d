"""The main job in a real browser: with the mouse, by keyboard alone, and without scripts."""

from pathlib import Path

import httpx
import pytest
from playwright.async_api import Page, expect

from server.demo.world import PASSWORD, SARAH
from tests.browser.conftest import Watch, sign_in
from tests.support.live import LiveServer
from tests.support.pictures import picture

DROP = """async bytes => {
    const data = new DataTransfer();
    data.items.add(new File([new Uint8Array(bytes)], "robot.png", {type: "image/png"}));
    for (const kind of ["dragenter", "dragover", "drop"])
        document.querySelector("#drop").dispatchEvent(
            new DragEvent(kind, {dataTransfer: data, bubbles: true, cancelable: true}));
}"""


async def accepts(server: LiveServer, value: str) -> tuple[int, int]:
    """The statuses of `/verify` and `/graphql` for a bearer."""
    headers = {"Authorization": f"Bearer {value}"}
    async with httpx.AsyncClient(base_url=server.url, headers=headers) as program:
        verified = await program.get("/verify")
        asked = await program.post("/graphql", json={"query": "{ account { name } }"})
        if asked.status_code == 200:
            assert asked.json() == {"data": {"account": {"name": "Stark Industries"}}}
        return verified.status_code, asked.status_code


def with_one_character_changed(value: str) -> str:
    """A typo in the middle."""
    return value[:40] + ("A" if value[40] != "A" else "B") + value[41:]


async def test_a_person_makes_a_token_and_a_program_uses_it(
    page: Page, server: LiveServer, watch: Watch, artefacts: Path
) -> None:
    await sign_in(page)
    watch.follow(page)
    await page.get_by_role("link", name="Add", exact=True).click()
    dialog = page.get_by_role("dialog", name="Add API token")
    await expect(dialog.get_by_role("heading", name="General (step 1 of 4)")).to_be_focused()
    await page.evaluate(DROP, list(picture(size=(300, 200), colour="crimson")))
    await expect(dialog.get_by_alt_text("The chosen logo")).to_be_visible()
    await dialog.get_by_label("API token name").fill("Browser robot")
    await dialog.get_by_label("Description").fill("Made with a mouse")
    await page.screenshot(path=artefacts / "wizard-1-general.png")
    await dialog.get_by_role("button", name="Next").click()
    await expect(dialog.get_by_role("heading", name="Modules (step 2 of 4)")).to_be_focused()
    await dialog.get_by_label("Search modules").fill("billing")
    await expect(dialog.get_by_role("checkbox")).to_have_count(1)
    await dialog.get_by_role("checkbox", name="Billing").check()
    await dialog.get_by_label("Search modules").fill("")
    await dialog.get_by_role("checkbox", name="Access management").check()
    await expect(dialog.get_by_text("2 of 7 selected")).to_be_visible()
    await page.screenshot(path=artefacts / "wizard-2-modules.png")
    await dialog.get_by_role("button", name="Next").click()
    await expect(dialog.get_by_role("heading", name="Overview (step 3 of 4)")).to_be_focused()
    await expect(dialog.get_by_alt_text("The logo")).to_be_visible()
    await page.screenshot(path=artefacts / "wizard-3-overview.png")
    await dialog.get_by_role("button", name="Add").click()
    await expect(dialog.get_by_role("heading", name="Summary (step 4 of 4)")).to_be_focused()
    await page.screenshot(path=artefacts / "wizard-4-summary.png")
    await dialog.get_by_role("button", name="Copy API token").click()
    await expect(dialog.get_by_text("Copied to clipboard")).to_be_visible()
    value = await page.evaluate("navigator.clipboard.readText()")
    draft = page.url.removeprefix(server.url).removesuffix("/summary")
    assert [request for request in watch.requests if "logos" not in request[1]] == [
        ("GET", "/settings/api-tokens/new"),
        ("POST", f"{draft}/general"),
        ("POST", f"{draft}/modules"),
        ("POST", f"{draft}/overview"),
    ]
    watch.must_be_clean()
    assert await accepts(server, value) == (200, 200)
    assert await accepts(server, with_one_character_changed(value)) == (401, 401)
    await dialog.get_by_role("link", name="Close").click()
    await expect(dialog).to_have_count(0)
    await expect(page.get_by_role("link", name="Add", exact=True)).to_be_focused()
    await expect(page.get_by_role("link", name="Browser robot")).to_be_visible()
    await expect(page).to_have_title("API tokens - Tokendesk")
    await expect(page).to_have_url(f"{server.url}/settings/api-tokens")


async def test_the_same_without_scripts(plain_page: Page, server: LiveServer) -> None:
    page = plain_page
    await sign_in(page)
    await page.get_by_role("link", name="Add", exact=True).click()
    await page.get_by_role("button", name="Next").click()
    await expect(page.get_by_role("link", name="Enter an API token name.")).to_be_visible()
    await page.get_by_label("Logo Optional").set_input_files(
        {"name": "robot.png", "mimeType": "image/png", "buffer": picture()}
    )
    await page.get_by_label("API token name").fill("Plain robot")
    await page.get_by_role("button", name="Next").click()
    await page.get_by_role("checkbox", name="Billing").check()
    await page.get_by_label("Search modules").fill("access")
    await page.get_by_role("dialog").get_by_role("button", name="Search").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog.get_by_role("checkbox")).to_have_count(1)
    await page.get_by_role("checkbox", name="Access management").check()
    await page.get_by_role("button", name="Next").click()
    await expect(page.get_by_role("heading", name="Overview (step 3 of 4)")).to_be_visible()
    overview = page.get_by_role("dialog")
    for words in ("Plain robot", "Billing", "Access management"):
        await expect(overview).to_contain_text(words)
    await page.get_by_role("button", name="Add").click()
    value = await page.get_by_label("API token", exact=True).input_value()
    assert await accepts(server, value) == (200, 200)
    assert await accepts(server, with_one_character_changed(value)) == (401, 401)
    await page.get_by_role("link", name="View details").click()
    assert value not in await page.content()
    await page.get_by_role("button", name="Show API token").click()
    assert await page.get_by_label("API token", exact=True).input_value() == value


async def test_the_same_by_keyboard_alone(page: Page, server: LiveServer) -> None:
    await page.goto("/")
    await page.keyboard.type(SARAH.email)
    await page.keyboard.press("Tab")
    await page.keyboard.type(PASSWORD)
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/settings/api-tokens")
    await tab_to(page, "Add")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="General (step 1 of 4)")).to_be_focused()
    await tab_to(page, "API token name")
    await page.keyboard.type("Keyboard robot")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Modules (step 2 of 4)")).to_be_focused()
    await tab_to(page, "Access management")
    await page.keyboard.press("Space")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Overview (step 3 of 4)")).to_be_focused()
    await tab_to(page, "Add")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Summary (step 4 of 4)")).to_be_focused()
    await tab_to(page, "Copy API token")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("Copied to clipboard")).to_be_visible()
    value = await page.evaluate("navigator.clipboard.readText()")
    assert await accepts(server, value) == (200, 200)
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await expect(page.get_by_role("link", name="Add", exact=True)).to_be_focused()


NAME_OF_FOCUS = """() => {
    const at = document.activeElement;
    const label = at.labels?.[0]?.innerText ?? at.getAttribute("aria-label") ?? at.innerText;
    return (label ?? "").trim().split("\\n")[0];
}"""


async def tab_to(page: Page, name: str) -> None:
    """Press Tab until the control of this name has the focus."""
    for _ in range(40):
        await page.keyboard.press("Tab")
        if await page.evaluate(NAME_OF_FOCUS) == name:
            return
    raise AssertionError(f"Tab never reaches {name}")


async def test_reload_back_and_shared_links_keep_the_step(page: Page, server: LiveServer) -> None:
    await sign_in(page)
    await page.get_by_role("link", name="Add", exact=True).click()
    await page.get_by_label("API token name").fill("Half-made robot")
    await page.get_by_role("button", name="Next").click()
    modules = page.get_by_role("heading", name="Modules (step 2 of 4)")
    await expect(modules).to_be_focused()
    address = page.url
    await page.reload()
    await expect(modules).to_be_focused()
    await page.go_back()
    await expect(page.get_by_label("API token name")).to_have_value("Half-made robot")
    assert await page.evaluate("document.querySelector('#wizard').matches(':modal')")
    await page.go_forward()
    await expect(modules).to_be_visible()
    other = await page.context.new_page()
    await other.goto(address)
    await expect(other.get_by_role("heading", name="Modules (step 2 of 4)")).to_be_focused()
    await other.goto(address.replace("/modules", "/summary"))
    await expect(other).to_have_url(address)


async def test_pressing_add_twice_makes_one_token(page: Page, server: LiveServer) -> None:
    await sign_in(page)
    before = await rows(page)
    await page.get_by_role("link", name="Add", exact=True).click()
    await page.get_by_label("API token name").fill("Hasty robot")
    await page.get_by_role("button", name="Next").click()
    await page.get_by_role("checkbox", name="Billing").check()
    await page.get_by_role("button", name="Next").click()
    await expect(page.get_by_role("heading", name="Overview (step 3 of 4)")).to_be_focused()
    twin = await page.context.new_page()
    await twin.goto(page.url)
    await page.get_by_role("button", name="Add").dblclick()
    await twin.get_by_role("button", name="Add").click()
    for tab in (page, twin):
        await expect(tab.get_by_role("heading", name="Summary (step 4 of 4)")).to_be_visible()
    values = [await tab.locator("#secret-value").input_value() for tab in (page, twin)]
    assert values[0] == values[1]
    await page.goto("/settings/api-tokens")
    assert await rows(page) == before + 1


async def rows(page: Page) -> int:
    """How many tokens the page counts."""
    text = await page.locator(".toolbar .total").inner_text()
    return int(text.split()[0])


async def test_an_error_takes_the_focus_and_leads_to_its_field(page: Page, watch: Watch) -> None:
    await sign_in(page)
    watch.follow(page)
    await page.get_by_role("link", name="Add", exact=True).click()
    await page.get_by_label("Description").fill("Kept words")
    await page.get_by_role("button", name="Next").click()
    summary = page.get_by_role("alert").filter(has_text="There is a problem")
    await expect(summary).to_be_focused()
    await expect(page).to_have_title("Error: General - Add API token - API tokens - Tokendesk")
    await summary.get_by_role("link", name="Enter an API token name.").click()
    name = page.get_by_label("API token name")
    await expect(name).to_be_focused()
    await expect(name).to_have_accessible_description(
        "Error: Enter an API token name. Name it after the program that will send it."
    )
    await expect(page.get_by_label("Description")).to_have_value("Kept words")
    watch.must_be_clean()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_the_page_fits_a_phone(
    page: Page, artefacts: Path, scheme: str, watch: Watch
) -> None:
    await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    await page.set_viewport_size({"width": 390, "height": 844})
    watch.follow(page)
    await sign_in(page)
    await page.screenshot(path=artefacts / f"phone-list-{scheme}.png")
    await page.get_by_role("link", name="Add", exact=True).click()
    await expect(page.get_by_role("heading", name="General (step 1 of 4)")).to_be_focused()
    await page.screenshot(path=artefacts / f"phone-wizard-{scheme}.png")
    width = await page.evaluate("document.documentElement.scrollWidth")
    assert width <= 390
    watch.must_be_clean()
