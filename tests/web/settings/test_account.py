"""Settings > Account."""

import html
from collections.abc import Callable

import httpx
import pytest

from server.desk import Desk
from server.domain.tokens.secret_policy import RevealPolicy
from server.models.tokens import TokenSecret
from tests.support.evidence import dump, last_record
from tests.support.world import World
from tests.web.conftest import PARTIAL, SignIn
from tests.web.pages import text_of
from tests.web.walk import errors_in

ACCOUNT = "/settings/account"
ONCE, ALWAYS = f"{ACCOUNT}/reveal/once", f"{ACCOUNT}/reveal/always"


async def test_the_page_tells_everything_and_offers_changes_to_administrators(
    admin: httpx.AsyncClient, viewer: httpx.AsyncClient, world: World
) -> None:
    for client in (admin, viewer):
        page = (await client.get(ACCOUNT)).text
        said = text_of(page)
        assert f"Account BC Blue Client Active Client Account id {world.client.id}" in said
        assert "Reveal policy Always. Values of API tokens are kept, sealed." in said
        assert "Enabled modules 3 Access management" in said
        assert "MOD-1756 Billing Statements and invoices. MOD-2001 Catalog" in said
        assert world.modules.orders.name not in said
        manages = client is admin
        assert ("Save name" in said, "Change to once" in said) == (manages, manages)
        assert ('action="/settings/account"' in page) is manages


async def test_an_account_gets_another_name(
    admin: httpx.AsyncClient, desk: Desk, world: World
) -> None:
    answer = await admin.post(ACCOUNT, data={"name": "  Blue & Sons "})
    assert (answer.status_code, answer.headers["location"]) == (303, ACCOUNT)
    page = (await admin.get(ACCOUNT)).text
    assert "The account is called Blue &amp; Sons now." in page
    assert "<strong>Blue &amp; Sons</strong>" in page  # in the head, too
    record = await last_record(desk, world.client.id)
    assert (record.event, record.actor_id) == ("account.renamed", world.admin.id)
    assert (record.before, record.after) == ({"name": "Blue Client"}, {"name": "Blue & Sons"})
    assert "The account is called" not in (await admin.get(ACCOUNT)).text


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("", "Enter an account name."),
        ("  ", "Enter an account name."),
        ("x" * 256, "An account name can have at most 255 characters; this one has 256."),
        ("a\x00b", "An account name cannot contain line breaks or control characters."),
    ],
)
async def test_a_wrong_name_is_told_beside_the_field_and_kept(
    admin: httpx.AsyncClient, desk: Desk, name: str, message: str
) -> None:
    before = await dump(desk)
    answer = await admin.post(ACCOUNT, data={"name": name})
    assert answer.status_code == 422
    assert errors_in(answer.text) == [message]
    assert f'value="{html.escape(name)}"' in answer.text
    assert await dump(desk) == before


async def test_values_are_destroyed_after_a_question_that_says_so(
    admin: httpx.AsyncClient, desk: Desk, world: World
) -> None:
    token = (await desk.tokens.create(world.admin, name="R", module_ids=["MOD-1756"])).token
    asked = text_of((await admin.get(ONCE)).text)
    assert (
        "All kept values of the API tokens of Blue Client are destroyed at once."
        " They cannot be brought back by anybody."
    ) in asked
    before = await dump(desk)
    for typed in ("", "Blue", "blue client"):
        refused = await admin.post(ONCE, data={"typed": typed})
        assert refused.status_code == 422
        assert "Type the name of the account to go on: Blue Client" in refused.text
    assert await dump(desk) == before
    answer = await admin.post(ONCE, data={"typed": "Blue Client"})
    assert (answer.status_code, answer.headers["location"]) == (303, ACCOUNT)
    page = text_of((await admin.get(ACCOUNT)).text)
    assert "The reveal policy is once now." in page
    assert "Once. A value is shown a single time" in page
    assert "Change to always" in page
    assert await TokenSecret.filter(token_id=token.id, sealed__isnull=False).count() == 0
    assert (await desk.accounts.get(world.admin, world.client.id)).reveal is RevealPolicy.ONCE


async def test_going_back_to_always_asks_simply(
    admin: httpx.AsyncClient, desk: Desk, world: World
) -> None:
    await desk.accounts.set_reveal(world.admin, world.client.id, RevealPolicy.ONCE)
    asked = await admin.get(ALWAYS, headers=PARTIAL)
    assert asked.text.lstrip().startswith('<dialog id="dialog" class="dialog confirm"')
    assert 'name="typed"' not in asked.text
    answer = await admin.post(ALWAYS, headers=PARTIAL)
    assert answer.status_code == 200
    assert '"text": "The reveal policy is always now."' in answer.headers["hx-trigger"]
    assert f'"path": "{ACCOUNT}"' in answer.headers["hx-location"]
    assert (await desk.accounts.get(world.admin, world.client.id)).reveal is RevealPolicy.ALWAYS


async def test_there_is_no_third_policy(admin: httpx.AsyncClient, desk: Desk) -> None:
    before = await dump(desk)
    for answer in (
        await admin.get(f"{ACCOUNT}/reveal/never"),
        await admin.post(f"{ACCOUNT}/reveal/never"),
    ):
        assert answer.status_code == 404
        assert "There is no reveal policy never. Choose always or once." in answer.text
    assert await dump(desk) == before


FORMS = [(ACCOUNT, {"name": "Mine"}), (ONCE, {"typed": "Blue Client"}), (ALWAYS, {})]


@pytest.mark.parametrize(("url", "form"), FORMS)
async def test_a_viewer_is_refused_and_nobody_signs_in(
    viewer: httpx.AsyncClient,
    browser: Callable[[], httpx.AsyncClient],
    desk: Desk,
    url: str,
    form: dict[str, str],
) -> None:
    before = await dump(desk)
    refused = await viewer.post(url, data=form)
    assert refused.status_code == 403
    assert "Only administrators of the account may do this. You are a viewer." in refused.text
    assert (await browser().post(url, data=form)).status_code == 401
    shown = await browser().get(url)
    assert shown.headers["location"] == f"/sign-in?next={url}"
    assert await dump(desk) == before


async def test_everybody_changes_their_own_account_alone(
    sign_in: SignIn, desk: Desk, world: World
) -> None:
    for email, account in (
        (world.other_admin_email, world.vendor),
        (world.operations_email, world.operations),
    ):
        client = await sign_in(email)
        assert (await client.post(ACCOUNT, data={"name": "Ours"})).status_code == 303
        assert (await desk.accounts.get(world.operations_admin, account.id)).name == "Ours"
    assert (await desk.accounts.get(world.admin, world.client.id)).name == "Blue Client"
