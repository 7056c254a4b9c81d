"""The audit trail, an account, its people and Operations, in a real browser."""

import csv
import io
import json
import re
from pathlib import Path

from playwright.async_api import Browser, Locator, Page, expect

from server.demo.world import OLIVER, PASSWORD, VIOLET, Person
from tests.browser.conftest import Watch, sign_in
from tests.support.live import LiveServer

REFUSED = "Failed to load resource: the server responded with a status of 409 (Conflict)"
"""What Chromium says of an answer that the page shows in its dialog."""


async def another_browser(chromium: Browser, server: LiveServer) -> Page:
    """A tab with cookies of its own."""
    context = await chromium.new_context(
        base_url=server.url, permissions=["clipboard-read", "clipboard-write"]
    )
    context.set_default_timeout(15_000)
    return await context.new_page()


async def sign_in_as(page: Page, person: Person) -> None:
    """Somebody of the demo world signs in."""
    await page.goto("/sign-in")
    await page.get_by_label("E-mail").fill(person.email)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await page.wait_for_url("**/settings/api-tokens")


async def said(page: Page, words: str) -> None:
    """The page's status region says so."""
    await expect(page.locator("#status")).to_have_text(words)


async def choose(page: Page, name: str, action: str) -> Locator:
    """An action of a person's menu; the dialog that it opens."""
    await page.get_by_role("button", name=f"Actions for {name}").click()
    await page.get_by_role("link", name=action, exact=True).click()
    dialog = page.locator("dialog#dialog")
    await expect(dialog).to_be_visible()
    return dialog


async def invite(page: Page, name: str, email: str, role: str, picture: Path) -> str:
    """Invite a person on the page that is open; the link that was copied."""
    await page.get_by_role("link", name="Invite").click()
    dialog = page.get_by_role("dialog", name="Invite a person")
    await dialog.get_by_label("Name", exact=True).fill(name)
    await dialog.get_by_label("E-mail").fill(email)
    await dialog.get_by_role("radio", name=role).check()
    await dialog.get_by_role("button", name="Invite").click()
    shown = page.get_by_role("dialog", name=f"{name} is invited")
    await expect(shown.get_by_role("heading")).to_be_focused()
    await page.screenshot(path=picture)
    await shown.get_by_role("button", name="Copy sign-in link").click()
    await expect(shown.get_by_text("Copied to clipboard")).to_be_visible()
    link: str = await page.evaluate("navigator.clipboard.readText()")
    await shown.get_by_role("link", name="Close").click()
    await expect(page.get_by_role("button", name=f"Actions for {name}")).to_be_visible()
    assert link not in await page.content()
    return link


async def test_the_audit_trail_is_filtered_read_and_exported(
    page: Page, server: LiveServer, watch: Watch, artefacts: Path
) -> None:
    await sign_in(page)
    watch.follow(page)
    await page.get_by_role("link", name="Audit trail").click()
    await expect(page.get_by_role("heading", name="Audit trail")).to_be_visible()
    await page.screenshot(path=artefacts / "audit-trail.png")
    await page.get_by_role("link", name="Filter").click()
    filters = page.get_by_role("dialog", name="Filter audit trail")
    await filters.get_by_label("Event").select_option("API token created")
    await filters.get_by_role("button", name="Show").click()
    await expect(filters).to_have_count(0)
    await expect(page).to_have_url(re.compile(r"/settings/audit-trail\?.*event=token\.created"))
    await expect(page.get_by_role("link", name="Drop Event: API token created")).to_be_visible()
    await page.get_by_role("link", name="Next").click()
    await expect(page).to_have_url(re.compile(r"page=2"))
    await expect(page.get_by_label("Page", exact=True)).to_have_value("2")
    await page.get_by_label("Page", exact=True).fill("1")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("link", name="Previous")).to_have_count(0)

    view = page.get_by_role("link", name="View details").first
    await view.click()
    record = page.get_by_role("dialog", name="Record details")
    await expect(record.get_by_role("heading", name="Record details")).to_be_focused()
    await expect(record.get_by_role("row", name="Name Set —")).to_be_visible()
    await page.screenshot(path=artefacts / "audit-record.png")
    await record.get_by_role("button", name="Copy JSON").click()
    await expect(record.get_by_text("Copied to clipboard")).to_be_visible()
    copied = json.loads(await page.evaluate("navigator.clipboard.readText()"))
    assert (copied["event"], copied["actor"]["name"]) == ("token.created", "Sarah Sanderson")
    await page.keyboard.press("Escape")
    await expect(record).to_have_count(0)
    await expect(view).to_be_focused()
    await page.goto(f"/settings/audit-trail/{copied['id']}")
    await expect(page.get_by_text(copied["hash"], exact=True)).to_be_visible()
    await page.go_back()

    total = int((await page.locator("#records .total").inner_text()).split()[0])
    await page.get_by_role("button", name="Export").click()
    async with page.expect_download() as download:
        await page.get_by_role("link", name="Export CSV").click()
    file = await download.value
    assert re.fullmatch(
        r"audit-trail-ACC-\d{4}-\d{4}-token-created-\d{4}-\d\d-\d\d\.csv", file.suggested_filename
    )
    rows = list(csv.DictReader(io.StringIO((await file.path()).read_text(encoding="utf-8"))))
    assert [row["event"] for row in rows] == ["token.created"] * total
    watch.must_be_clean()


async def test_an_account_and_its_people_from_first_to_last(
    page: Page, chromium: Browser, server: LiveServer, watch: Watch, artefacts: Path
) -> None:
    await sign_in_as(page, OLIVER)
    watch.follow(page)
    await page.get_by_role("link", name="Accounts").click()
    await page.screenshot(path=artefacts / "accounts.png")
    await page.get_by_role("link", name="Create account").click()
    create = page.get_by_role("dialog", name="Create an account")
    await create.get_by_role("button", name="Create account").click()
    await expect(create.get_by_role("link", name="Enter an account name.")).to_be_visible()
    await create.get_by_label("Account name").fill("Walk Inc")
    await create.get_by_role("radio", name="Vendor").check()
    await create.get_by_role("button", name="Create account").click()
    await expect(page.get_by_role("heading", name="Walk Inc")).to_be_visible()
    account_page = page.url
    await page.get_by_role("checkbox", name="Billing").check()
    await page.get_by_role("checkbox", name="Catalog").check()
    await page.get_by_role("button", name="Save modules").click()
    await said(page, "Saved: 2 modules are enabled.")
    await page.screenshot(path=artefacts / "account-administered.png")
    invited = artefacts / "invited.png"
    link = await invite(page, "Nora New", "nora@walk.example", "Administrator", invited)

    nora = await another_browser(chromium, server)
    watch.follow(nora)
    await come_in_with_a_password(nora, link, artefacts)
    await rename(nora, artefacts)
    await manage_people(nora, chromium, server, artefacts)
    await destroy_values(nora, artefacts)

    await page.goto(account_page)
    await page.get_by_role("link", name="Disable").click()
    asked = page.get_by_role("alertdialog", name="Disable Walk & Sons?")
    await expect(asked.get_by_role("link", name="Cancel")).to_be_focused()
    await asked.get_by_role("button", name="Disable").click()
    await said(page, "Walk & Sons is disabled. Its API tokens are refused from now on.")
    await expect(page.get_by_role("link", name="Enable")).to_be_visible()
    await nora.goto("/settings/users")
    await expect(nora.get_by_role("heading", name="Sign in")).to_be_visible()
    watch.errors = [error for error in watch.errors if error != REFUSED]
    watch.must_be_clean()


async def come_in_with_a_password(nora: Page, link: str, artefacts: Path) -> None:
    """A short password is refused beside its field, a long one is taken."""
    await nora.goto(link)
    field = nora.get_by_label("Choose a password (optional)")
    await field.fill("short")
    await nora.get_by_role("button", name="Sign in").click()
    await expect(field).to_have_accessible_description(
        re.compile(r"^Error: A password needs 12 to 1,000 characters\.")
    )
    await nora.screenshot(path=artefacts / "choose-password.png")
    await field.fill("a password of Nora's")
    await nora.get_by_role("button", name="Sign in").click()
    await nora.wait_for_url("**/settings/api-tokens")


async def rename(nora: Page, artefacts: Path) -> None:
    """The account gets another name, also in the page's head."""
    await nora.get_by_role("link", name="Account", exact=True).click()
    await nora.get_by_label("Account name").fill("Walk & Sons")
    await nora.get_by_role("button", name="Save name").click()
    await said(nora, "The account is called Walk & Sons now.")
    await expect(nora.get_by_role("banner")).to_contain_text("Walk & Sons")
    await nora.screenshot(path=artefacts / "account.png")


async def manage_people(nora: Page, chromium: Browser, server: LiveServer, artefacts: Path) -> None:
    """Invited, promoted, demoted, shut out; the last administrator stays."""
    await nora.get_by_role("link", name="Users").click()
    link = await invite(nora, "Ned Next", "ned@walk.example", "Viewer", artefacts / "invited-2.png")
    ned = await another_browser(chromium, server)
    await ned.goto(link)
    await ned.get_by_role("button", name="Sign in").click()
    await ned.wait_for_url("**/settings/api-tokens")

    asked = await choose(nora, "Ned Next", "Make administrator")
    await asked.get_by_role("button", name="Make administrator").click()
    await said(nora, "Ned Next is an administrator now.")
    await expect(nora.get_by_role("button", name="Actions for Ned Next")).to_be_focused()
    asked = await choose(nora, "Ned Next", "Deactivate")
    await asked.get_by_role("button", name="Deactivate").click()
    await said(nora, "Ned Next is deactivated.")
    await nora.screenshot(path=artefacts / "users.png")
    await ned.goto("/settings/users")
    await expect(ned.get_by_role("heading", name="Sign in")).to_be_visible()

    asked = await choose(nora, "Nora New", "Make viewer")
    await asked.get_by_role("button", name="Make viewer").click()
    alert = asked.get_by_role("alert")
    await expect(alert).to_contain_text("Nora New is the last administrator of Walk & Sons.")
    await nora.screenshot(path=artefacts / "last-administrator.png")
    await asked.get_by_role("link", name="Close").click()
    await expect(nora.get_by_role("row", name="Nora New (you)")).to_contain_text("Administrator")


async def destroy_values(nora: Page, artefacts: Path) -> None:
    """The reveal policy changes after the account's name was typed."""
    await nora.get_by_role("link", name="Account", exact=True).click()
    await nora.get_by_role("link", name="Change to once").click()
    asked = nora.get_by_role("alertdialog", name="Show values only once?")
    await nora.screenshot(path=artefacts / "reveal-once.png")
    await asked.get_by_label("Type the account's name to go on").fill("Walk & Sons")
    await asked.get_by_role("button", name="Destroy the values").click()
    await said(nora, "The reveal policy is once now.")
    await expect(nora.get_by_role("link", name="Change to always")).to_be_focused()


async def test_records_and_filters_without_scripts(plain_page: Page) -> None:
    page = plain_page
    await sign_in(page)
    await page.get_by_role("link", name="Audit trail").click()
    await page.get_by_role("link", name="Filter").click()
    await page.get_by_label("Event").select_option("API token created")
    await page.get_by_label("From").fill("2020-01-01")
    await page.get_by_role("button", name="Show").click()
    await expect(page.get_by_role("link", name="Drop From 2020-01-01")).to_be_visible()
    await page.get_by_role("link", name="View details").first.click()
    await expect(page.get_by_role("heading", name="Record details")).to_be_visible()
    await page.get_by_role("link", name="Close").click()
    await expect(page.get_by_role("link", name="Drop From 2020-01-01")).to_be_visible()


async def test_a_viewer_sees_and_changes_nothing(page: Page, watch: Watch) -> None:
    await sign_in_as(page, VIOLET)
    watch.follow(page)
    await page.goto("/settings/users")
    await expect(page.get_by_role("row", name="Sarah Sanderson")).to_be_visible()
    await expect(page.get_by_role("link", name="Invite")).to_have_count(0)
    await expect(page.get_by_role("button", name="Actions for")).to_have_count(0)
    await page.goto("/settings/account")
    await expect(page.get_by_label("Account name")).to_have_count(0)
    await expect(page.get_by_role("link", name="Change to once")).to_have_count(0)
    watch.must_be_clean()


async def test_every_page_fits_a_phone(page: Page, artefacts: Path, watch: Watch) -> None:
    await page.set_viewport_size({"width": 390, "height": 844})
    await page.emulate_media(color_scheme="dark")
    await sign_in_as(page, OLIVER)
    watch.follow(page)
    for path in (
        "settings/audit-trail",
        "settings/account",
        "settings/users",
        "administration/accounts",
    ):
        await page.goto(f"/{path}")
        await page.screenshot(path=artefacts / f"phone-{path.replace('/', '-')}.png")
        assert await page.evaluate("document.documentElement.scrollWidth") <= 390
    await page.get_by_role("link", name="Stark Industries").click()
    await expect(page.get_by_role("button", name="Save modules")).to_be_visible()
    await page.screenshot(path=artefacts / "phone-administration-account.png")
    assert await page.evaluate("document.documentElement.scrollWidth") <= 390
    watch.must_be_clean()
