"""The API explorer's page: its policy, whom it speaks to, and how it is switched off."""

import re

import httpx
import pytest

from server.settings import Settings
from tests.web.pages import LIST, text_of

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.fixture
def graphiql() -> bool:
    """Whether it is on; a test may say otherwise."""
    return True


@pytest.fixture
def settings(settings: Settings, graphiql: bool) -> Settings:
    """The test's settings, with that."""
    return settings.model_copy(update={"graphiql": graphiql})


async def explorer(client: httpx.AsyncClient) -> httpx.Response:
    return await client.get("/graphql", headers=BROWSER)


async def test_its_policy_lets_nothing_in_but_our_own_and_one_nonce(
    nobody: httpx.AsyncClient,
) -> None:
    first, second = await explorer(nobody), await explorer(nobody)
    nonces = [re.findall(r'nonce="([\w-]{22})"', page.text) for page in (first, second)]
    assert [len(each) for each in nonces] == [1, 1]
    assert nonces[0] != nonces[1]
    assert first.headers["Content-Security-Policy"] == (
        f"default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{nonces[0][0]}';"
        " img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'none';"
        " base-uri 'none'; frame-ancestors 'none'"
    )
    assert first.headers["Cache-Control"] == "no-store"
    assert not re.search(r"(?:src|href)=\"(?!/)", first.text)


async def test_it_says_who_acts(nobody: httpx.AsyncClient, viewer: httpx.AsyncClient) -> None:
    assert "You act as Vera Viewer of Blue Client" in text_of((await explorer(viewer)).text)
    assert "You are not signed in: sign in , or paste a token" in text_of(
        (await explorer(nobody)).text
    )


@pytest.mark.parametrize("graphiql", [True, False])
async def test_the_navigation_leads_to_it_where_it_is_on(
    admin: httpx.AsyncClient, graphiql: bool
) -> None:
    page = await admin.get(LIST)
    assert ('href="/graphql"' in page.text) is graphiql
    assert (await explorer(admin)).status_code == (200 if graphiql else 404)
