"""Administration > Accounts, for Operations people alone."""

import re

import httpx
import pytest

from server.desk import Desk
from server.domain.actor import OPERATOR, AccountType, Role
from tests.support.evidence import dump, last_record
from tests.support.world import World
from tests.web.conftest import PARTIAL, SignIn
from tests.web.pages import text_of
from tests.web.walk import errors_in

ACCOUNTS = "/administration/accounts"


@pytest.fixture
async def olga(sign_in: SignIn, world: World) -> httpx.AsyncClient:
    """A browser of the Operations account's administrator."""
    return await sign_in(world.operations_email)


async def test_the_list_tells_of_every_account(olga: httpx.AsyncClient, world: World) -> None:
    page = (await olga.get(ACCOUNTS)).text
    rows = [text_of(row) for row in re.findall(r"<tr>(.*?)</tr>", page, re.DOTALL)[1:]]
    menu = "Modules and people API tokens Audit trail Disable"
    assert rows == [
        f"BC Blue Client {world.client.id} Client Active Always 3 {menu}",
        f"DO Desk Operations {world.operations.id} Operations Active Always 0 {menu}",
        f"VV Violet Vendor {world.vendor.id} Vendor Active Always 2 {menu}",
    ]
    assert f'href="/settings/api-tokens?account={world.client.id}"' in page
    assert f'href="/settings/audit-trail?account={world.client.id}"' in page
    assert f'<a href="{ACCOUNTS}" aria-current="page">' in page


async def test_an_account_is_created_and_filled(
    olga: httpx.AsyncClient, desk: Desk, world: World
) -> None:
    assert "Create an account" in (await olga.get(f"{ACCOUNTS}/new")).text
    answer = await olga.post(f"{ACCOUNTS}/new", data={"name": "Green Vendor", "type": "vendor"})
    assert answer.status_code == 303
    url = answer.headers["location"]
    page = text_of((await olga.get(url)).text)
    assert "The account Green Vendor is created. Enable its modules and invite its people." in page
    assert "Nobody can act for this account yet. Invite its first administrator." in page
    assert "Modules 0 of 5 enabled" in page
    account_id = url.rpartition("/")[2]
    account = await desk.accounts.get(OPERATOR, account_id)
    assert (account.name, account.type) == ("Green Vendor", AccountType.VENDOR)
    saved = await olga.post(f"{url}/modules", data={"module": ["MOD-1756", "MOD-2004"]})
    assert (saved.status_code, saved.headers["location"]) == (303, url)
    page = (await olga.get(url)).text
    assert "Saved: 2 modules are enabled." in page
    ticked = re.findall(r'name="module" value="(MOD-\d{4})" checked', page)
    assert ticked == ["MOD-1756", "MOD-2004"]
    record = await last_record(desk, account_id)
    assert (record.event, record.after) == (
        "account.modules_set",
        {"modules": ["MOD-1756", "MOD-2004"]},
    )


@pytest.mark.parametrize(
    ("form", "message"),
    [
        ({"name": "", "type": "client"}, "Enter an account name."),
        ({"name": "Green", "type": "planet"}, "Choose the type of the account."),
        ({"name": "Green"}, "Choose the type of the account."),
    ],
)
async def test_a_wrong_account_is_told_and_not_created(
    olga: httpx.AsyncClient, desk: Desk, form: dict[str, str], message: str
) -> None:
    before = await dump(desk)
    answer = await olga.post(f"{ACCOUNTS}/new", data=form, headers=PARTIAL)
    assert answer.status_code == 422
    assert answer.text.lstrip().startswith('<dialog id="dialog"')
    assert errors_in(answer.text) == [message]
    assert f'value="{form["name"]}"' in answer.text
    assert await dump(desk) == before


async def test_a_withdrawn_module_is_gone_from_tokens_at_once(
    olga: httpx.AsyncClient, desk: Desk, world: World
) -> None:
    made = await desk.tokens.create(world.admin, name="R", module_ids=["MOD-1756", "MOD-2001"])
    answer = await olga.post(f"{ACCOUNTS}/{world.client.id}/modules", data={"module": "MOD-1756"})
    assert answer.status_code == 303
    token = await desk.tokens.get(world.admin, made.token.id)
    assert [module.id for module in token.modules] == ["MOD-1756"]
    assert [module.id for module in token.withdrawn_modules] == ["MOD-2001"]


async def test_an_unknown_module_changes_nothing(
    olga: httpx.AsyncClient, desk: Desk, world: World
) -> None:
    before = await dump(desk)
    form = {"module": ["MOD-1756", "MOD-9999"]}
    answer = await olga.post(f"{ACCOUNTS}/{world.client.id}/modules", data=form)
    assert answer.status_code == 422
    assert errors_in(answer.text) == ["There is no module MOD-9999."]
    assert re.findall(r'value="(MOD-\d{4})" checked', answer.text) == ["MOD-1756"]
    assert await dump(desk) == before


async def test_an_account_is_disabled_and_enabled_after_a_question(
    olga: httpx.AsyncClient, sign_in: SignIn, desk: Desk, world: World
) -> None:
    url = f"{ACCOUNTS}/{world.client.id}"
    ada = await sign_in(world.admin_email)
    asked = (await olga.get(f"{url}/disable")).text
    assert "All its API tokens are refused at once, everywhere" in asked
    answer = await olga.post(f"{url}/disable")
    assert (answer.status_code, answer.headers["location"]) == (303, url)
    page = text_of((await olga.get(url)).text)
    assert "Blue Client is disabled. Its API tokens are refused from now on." in page
    assert "Blue Client Disabled Enable" in page
    assert (await ada.get("/settings/account")).status_code == 303
    again = await olga.post(f"{url}/disable")
    assert again.status_code == 409
    assert "The account Blue Client is disabled; it cannot be disabled." in again.text
    assert (await olga.post(f"{url}/enable")).status_code == 303
    assert (await ada.get("/settings/account")).status_code == 200


async def test_nobody_disables_the_account_they_act_for(
    olga: httpx.AsyncClient, desk: Desk, world: World
) -> None:
    before = await dump(desk)
    answer = await olga.post(f"{ACCOUNTS}/{world.operations.id}/disable", headers=PARTIAL)
    assert answer.status_code == 409
    assert "You cannot disable the account that you act for." in answer.text
    assert await dump(desk) == before


async def test_an_account_shows_its_people_and_how_to_invite_more(
    olga: httpx.AsyncClient, world: World
) -> None:
    page = (await olga.get(f"{ACCOUNTS}/{world.client.id}")).text
    assert "Ada Admin" in page
    assert "Otto Other" not in page
    assert f'href="/settings/users/invite?account={world.client.id}"' in page
    role = f"/settings/users/{world.viewer.id}/role/administrator?account={world.client.id}"
    assert f'href="{role}"' in page


@pytest.mark.parametrize("account_id", ["ACC-0000-0000", "nothing", "%00", "x" * 300])
async def test_an_unknown_account_is_not_found(
    olga: httpx.AsyncClient, desk: Desk, account_id: str
) -> None:
    before = await dump(desk)
    for path in ("", "/enable", "/disable"):
        assert (await olga.get(f"{ACCOUNTS}/{account_id}{path}")).status_code == 404
    for path in ("/enable", "/disable", "/modules"):
        assert (await olga.post(f"{ACCOUNTS}/{account_id}{path}")).status_code == 404
    assert await dump(desk) == before


PAGES = ["", "/new", "/{account}", "/{account}/enable", "/{account}/disable"]
FORMS = ["/new", "/{account}/enable", "/{account}/disable", "/{account}/modules"]
FORM = {"name": "Mine", "type": "client", "module": "MOD-1756"}


@pytest.mark.parametrize("who", ["admin_email", "viewer_email", "other_admin_email", "watcher"])
async def test_others_are_refused_everywhere_and_change_nothing(
    sign_in: SignIn, desk: Desk, world: World, who: str
) -> None:
    """An Operations viewer sees every account elsewhere, but administers none."""
    watcher, account = "wanda@operations.example", world.operations.id
    await desk.users.create(OPERATOR, watcher, "Wanda", account, Role.VIEWER, world.password)
    client = await sign_in(watcher if who == "watcher" else getattr(world, who))
    before = await dump(desk)
    answers = [await client.get(ACCOUNTS + page.format(account=world.client.id)) for page in PAGES]
    answers += [
        await client.post(ACCOUNTS + form.format(account=world.client.id), data=FORM)
        for form in FORMS
    ]
    for answer in answers:
        assert answer.status_code == 403
        assert "Only administrators of an Operations account may do this." in answer.text
        assert world.vendor.name not in answer.text.partition("<main")[2]
    assert await dump(desk) == before
    assert f'href="{ACCOUNTS}"' not in (await client.get("/settings/account")).text


@pytest.mark.parametrize("path", PAGES)
async def test_nobody_is_asked_to_sign_in(
    nobody: httpx.AsyncClient, desk: Desk, world: World, path: str
) -> None:
    url = ACCOUNTS + path.format(account=world.client.id)
    before = await dump(desk)
    assert (await nobody.get(url)).headers["location"] == f"/sign-in?next={url}"
    for form in FORMS:
        address = ACCOUNTS + form.format(account=world.client.id)
        assert (await nobody.post(address, data=FORM)).status_code == 401
    assert await dump(desk) == before
