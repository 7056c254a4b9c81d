"""The list, a token's page, and its value on demand."""

import re
from datetime import timedelta

import httpx
import pytest

from server.desk import Desk
from server.domain.actor import OPERATOR
from server.domain.tokens.secret_policy import RevealPolicy
from server.models.audit import AuditRecord
from server.services.tokens.views import MintedToken
from tests.support.clock import TurnableClock
from tests.support.world import World
from tests.web.conftest import PARTIAL, SignIn


async def make(desk: Desk, world: World, name: str = "Robot") -> MintedToken:
    """A token of the client."""
    return await desk.tokens.create(
        world.admin, name=name, module_ids=[world.modules.access.id], description="Words"
    )


async def test_an_empty_account_explains_tokens(
    admin: httpx.AsyncClient, viewer: httpx.AsyncClient
) -> None:
    page = (await admin.get("/settings/api-tokens")).text
    assert "No API tokens yet" in page
    assert "Add your first API token" in page
    page = (await viewer.get("/settings/api-tokens")).text
    assert "Add your first API token" not in page
    assert 'id="add"' not in page


async def test_the_list_is_paged_newest_first(
    admin: httpx.AsyncClient, desk: Desk, world: World, clock: TurnableClock
) -> None:
    for number in range(12):
        await make(desk, world, f"Robot {number:02}")
        clock.advance(timedelta(seconds=1))

    async def names(query: str) -> list[str]:
        page = (await admin.get(f"/settings/api-tokens{query}")).text
        return re.findall(r">(Robot \d\d)</a>", page)

    newest = [f"Robot {number:02}" for number in range(11, -1, -1)]
    assert await names("") == newest[:10]
    assert await names("?page=2") == newest[10:]
    assert await names("?rows=25") == newest
    for odd in (
        "?page=99",
        "?page=0",
        "?page=-3",
        "?page=x&rows=7",
        "?rows=99999999999",
        "?page=²",
    ):
        assert await names(odd) in (newest[:10], newest[10:])
    page = (await admin.get("/settings/api-tokens?page=2")).text
    assert "11-12 of 12 rows" in page
    assert "<span>of 2</span>" in page
    assert "pager-next" not in page


async def test_lists_and_pages_are_of_the_account_alone(
    admin: httpx.AsyncClient, sign_in: SignIn, desk: Desk, world: World
) -> None:
    token = (await make(desk, world)).token
    otto = await sign_in(world.other_admin_email)
    assert token.id not in (await otto.get("/settings/api-tokens")).text
    for path in ("", "/secret"):
        url = f"/settings/api-tokens/{token.id}{path}"
        answer = await (otto.post(url) if path else otto.get(url))
        assert answer.status_code == 404
        assert f"There is no API token {token.id}." in answer.text
    olga = await sign_in(world.operations_email)
    page = (await olga.get("/settings/api-tokens")).text
    assert token.id in page
    assert "<small>" + world.client.id + "</small>" in page
    assert (await olga.get(f"/settings/api-tokens/{token.id}")).status_code == 200


@pytest.mark.parametrize(
    "token_id", ["TKN-0000-0000", "nothing", "%00", "TKN-%E2%82%AC", "x" * 300]
)
async def test_an_unknown_token_is_not_found(admin: httpx.AsyncClient, token_id: str) -> None:
    assert (await admin.get(f"/settings/api-tokens/{token_id}")).status_code == 404


async def test_the_value_is_not_in_the_page_until_it_is_asked_for_and_that_is_recorded(
    admin: httpx.AsyncClient, desk: Desk, world: World
) -> None:
    minted = await make(desk, world)
    assert minted.secret is not None
    value, url = minted.secret.reveal(), f"/settings/api-tokens/{minted.token.id}"
    page = (await admin.get(url)).text
    assert value not in page
    assert "Words" in page
    answer = await admin.post(f"{url}/secret", headers=PARTIAL | {"HX-Target": "div#secret"})
    assert (answer.status_code, value in answer.text, "<html" in answer.text) == (200, True, False)
    whole = await admin.post(f"{url}/secret")
    assert (value in whole.text, "<html" in whole.text) == (True, True)
    records = await AuditRecord.filter(event="token.secret_revealed")
    assert [(record.actor_id, record.object_id) for record in records] == [
        (world.admin.id, minted.token.id)
    ] * 2


async def test_after_five_minutes_the_password_is_asked_for(
    admin: httpx.AsyncClient, desk: Desk, world: World, clock: TurnableClock
) -> None:
    minted = await make(desk, world)
    assert minted.secret is not None
    value, url = minted.secret.reveal(), f"/settings/api-tokens/{minted.token.id}/secret"
    clock.advance(timedelta(minutes=5, seconds=1))
    asked = await admin.post(url, headers=PARTIAL)
    assert asked.status_code == 422
    assert 'name="password"' in asked.text
    wrong = await admin.post(url, data={"password": "not this one"}, headers=PARTIAL)
    assert (wrong.status_code, "The password is wrong." in wrong.text) == (422, True)
    assert value not in asked.text + wrong.text
    assert await AuditRecord.filter(event="token.secret_revealed").count() == 0
    right = await admin.post(url, data={"password": world.password}, headers=PARTIAL)
    assert (right.status_code, value in right.text) == (200, True)
    again = await admin.post(url, headers=PARTIAL)
    assert (again.status_code, value in again.text) == (200, True)


async def test_viewers_and_other_accounts_never_see_a_value(
    viewer: httpx.AsyncClient, sign_in: SignIn, desk: Desk, world: World
) -> None:
    minted = await make(desk, world)
    assert minted.secret is not None
    url = f"/settings/api-tokens/{minted.token.id}"
    olga = await sign_in(world.operations_email)
    for person in (viewer, olga):
        page = (await person.get(url)).text
        assert "Only administrators of the account can show the value." in page
        refused = await person.post(f"{url}/secret")
        assert refused.status_code == 403
        assert minted.secret.reveal() not in page + refused.text
    assert await AuditRecord.filter(event="token.secret_revealed").count() == 0


async def test_under_reveal_once_the_value_cannot_be_shown(
    admin: httpx.AsyncClient, desk: Desk, world: World
) -> None:
    minted = await make(desk, world)
    assert minted.secret is not None
    await desk.accounts.set_reveal(OPERATOR, world.client.id, RevealPolicy.ONCE)
    url = f"/settings/api-tokens/{minted.token.id}"
    assert "Not kept." in (await admin.get(url)).text
    refused = await admin.post(f"{url}/secret")
    assert (refused.status_code, minted.secret.reveal() in refused.text) == (409, False)
    await desk.accounts.set_reveal(OPERATOR, world.client.id, RevealPolicy.ALWAYS)
    refused = await admin.post(f"{url}/secret")
    assert (refused.status_code, minted.secret.reveal() in refused.text) == (409, False)


async def test_open_drafts_are_offered_to_whoever_began_them(
    admin: httpx.AsyncClient, viewer: httpx.AsyncClient
) -> None:
    draft = (await admin.get("/settings/api-tokens/new")).headers["location"]
    await admin.post(draft, data={"version": "0", "name": "Half done"})
    page = (await admin.get("/settings/api-tokens")).text
    assert '<strong class="clamp">Half done</strong>' in page
    assert f'href="{draft}"' in page
    assert "Half done" not in (await viewer.get("/settings/api-tokens")).text
