"""Who an account invites, in a real browser: alone in it first, then as who they prove to be."""

import re
from pathlib import Path
from typing import Final

import httpx
from playwright.async_api import Browser, Page, expect

from server.demo.world import OLIVER, PASSWORD, SARAH, VIOLET
from tests.browser.conftest import Watch
from tests.browser.test_administration import another_browser, invite, said, sign_in_as
from tests.support.live import LiveServer

INVITATIONS: Final = "/settings/invitations"
NINA: Final = "nina@new.example"


async def switch(page: Page, account: str) -> None:
    """Go on in another account."""
    await page.locator(".who").click()
    await page.locator("#who").get_by_role("button", name=account).click()
    await expect(page.locator(".who")).to_contain_text(account)


async def come_in(page: Page, link: str, password: str) -> None:
    """By a one-time link, with a password that is chosen on its page."""
    await page.goto(link)
    await page.get_by_label(re.compile(r"Choose a (new )?password \(optional\)")).fill(password)
    await page.get_by_role("button", name="Sign in", exact=True).click()
    await page.wait_for_url("**/settings/api-tokens")


async def login_link(server: LiveServer) -> str:
    """Operations' way in for Nina."""
    create = f"""mutation {{ createSignInLink(input: {{email: "{NINA}"}}) {{
        ... on CreateSignInLinkPayload {{ signInUrl }} }} }}"""
    async with httpx.AsyncClient(base_url=server.url, timeout=60) as oliver:
        await oliver.post("/sign-in", data={"email": OLIVER.email, "password": PASSWORD})
        answer = await oliver.post("/graphql", json={"query": create})
    url: str = answer.json()["data"]["createSignInLink"]["signInUrl"]
    return url


async def test_who_is_invited_sees_other_invitations_once_operations_vouched(
    page: Page, chromium: Browser, server: LiveServer, watch: Watch, artefacts: Path
) -> None:
    watch.follow(page)
    await sign_in_as(page, SARAH)
    await page.goto("/settings/users")
    link = await invite(page, "Nina Neumann", NINA, "Viewer", artefacts / "invited-nina.png")
    row = page.get_by_role("row", name="Nina Neumann")
    await expect(row).to_contain_text("Invited")
    await switch(page, "Wayne Supplies")
    await page.goto("/settings/users")
    await invite(page, "Nina at Wayne", NINA, "Viewer", artefacts / "invited-nina-2.png")

    nina = await another_browser(chromium, server)
    watch.follow(nina)
    await come_in(nina, link, "of Nina and this account")
    await nina.goto(INVITATIONS)
    await expect(nina.get_by_text("Your sign-in is for this account alone.")).to_be_visible()
    await expect(nina.get_by_role("button", name="Accept")).to_have_count(0)

    await come_in(nina, await login_link(server), "of Nina, wherever she is")
    await nina.locator(".who").click()
    await nina.get_by_role("link", name="Invitations").click()
    await nina.wait_for_url(f"**{INVITATIONS}")
    await nina.get_by_role("button", name="Accept the invitation of Wayne Supplies").click()
    await said(nina, "You belong to Wayne Supplies now. Switch to it when you like.")
    await switch(nina, "Wayne Supplies")
    await page.reload()
    row = page.get_by_role("row", name="Nina Neumann")
    await expect(row).to_contain_text("Active")
    await expect(page.get_by_text("Nina at Wayne")).to_have_count(0)
    watch.must_be_clean()


async def test_a_link_is_accepted_by_whom_it_is_for_with_scripts_off(
    plain_page: Page, page: Page, artefacts: Path
) -> None:
    await sign_in_as(page, SARAH)
    await switch(page, "Wayne Supplies")
    await page.goto("/settings/users")
    link = await invite(page, "Violet", VIOLET.email, "Viewer", artefacts / "invited-violet.png")
    await page.goto(link)
    await expect(page.get_by_text("which cannot accept this")).to_be_visible()
    await expect(page.get_by_role("button", name="Accept as")).to_have_count(0)

    await plain_page.goto(link)
    await plain_page.get_by_role("link", name="I already have a Tokendesk sign-in").click()
    await plain_page.get_by_label("E-mail").fill(VIOLET.email)
    await plain_page.get_by_label("Password").fill(PASSWORD)
    await plain_page.get_by_role("button", name="Sign in").click()
    await plain_page.get_by_role("button", name="Accept as Violet Varga").click()
    await plain_page.wait_for_url("**/settings/api-tokens")
    await said(plain_page, "You act for Wayne Supplies now.")
    await plain_page.goto(link)
    await expect(plain_page.get_by_text("This link does not work any more").first).to_be_visible()
