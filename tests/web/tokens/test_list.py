"""The grid: order, filters, pages, columns and search, all in its address; and saved views."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from server.desk import Desk
from server.services.audit.writer import PLATFORM
from tests.support.clock import TurnableClock
from tests.support.evidence import dump
from tests.support.world import World
from tests.web.conftest import SignIn
from tests.web.pages import LIST, PARTIAL, make, names_in, text_of


@pytest.fixture
async def tokens(desk: Desk, world: World, clock: TurnableClock) -> dict[str, str]:
    """Four tokens made a day apart, `Delta` first: an expired, a disabled and two active ones."""
    made = {}
    for name, modules, ends_in in (
        ("Delta", ["MOD-2001", "MOD-2002"], None),
        ("beta", ["MOD-2002"], timedelta(hours=1)),
        ("Alpha", ["MOD-2001"], timedelta(days=20)),
        ("Gamma", ["MOD-1756"], None),
    ):
        minted = await desk.tokens.create(
            world.admin,
            name=name,
            module_ids=modules,
            expires_at=clock() + ends_in if ends_in else None,
        )
        made[name] = minted.token.id
        clock.advance(timedelta(days=1))
    await desk.tokens.disable(world.admin, made["Gamma"])
    return made


@pytest.fixture
async def admin(sign_in: SignIn, world: World, tokens: dict[str, str]) -> httpx.AsyncClient:
    """The administrator, signed in after the tokens were made."""
    return await sign_in(world.admin_email)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["Gamma", "Alpha", "beta", "Delta"]),
        ("sort=name", ["Alpha", "beta", "Delta", "Gamma"]),
        ("sort=-name", ["Gamma", "Delta", "beta", "Alpha"]),
        ("sort=created_at", ["Delta", "beta", "Alpha", "Gamma"]),
        ("sort=expires_at&status=active&status=expired", ["beta", "Alpha", "Delta"]),
        ("sort=status&status=active&status=expired", ["beta", "Alpha", "Delta"]),
        ("status=disabled", ["Gamma"]),
        ("status=expired", ["beta"]),
        ("status=active", ["Alpha", "Delta"]),
        ("module=MOD-2001&module=MOD-2002", ["Alpha", "beta", "Delta"]),
        ("module=MOD-2001&module=MOD-2002&module_match=all", ["Delta"]),
        ("module=MOD-2001&status=active&sort=name", ["Alpha", "Delta"]),
        ("created_from=2030-03-15&created_to=2030-03-16", ["Alpha", "beta"]),
        ("last_access=never&created_to=2030-03-14", ["Delta"]),
        ("last_access=unused&unused_since=2030-03-20", ["Gamma", "Alpha", "beta", "Delta"]),
        ("expiring=30", ["Alpha"]),
        ("expiring=7", []),
        ("created_by=USR-0000-0000", []),
        ("search=lph", ["Alpha"]),
        ("search=nothing+like+it", []),
    ],
)
async def test_the_address_says_what_is_shown(
    admin: httpx.AsyncClient, query: str, expected: list[str]
) -> None:
    whole = await admin.get(f"{LIST}?{query}")
    part = await admin.get(f"{LIST}?{query}", headers=PARTIAL)
    assert (whole.status_code, part.status_code) == (200, 200)
    assert names_in(whole.text) == names_in(part.text) == expected
    assert "<!doctype" not in part.text


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("sort=secret", "an unknown order"),
        ("sort=-", "an unknown order"),
        ("status=wrong", "an unknown status"),
        ("module=MOD-1", "an unknown module"),
        ("created_from=yesterday", "a first day, which is not a date like 2027-01-31"),
        ("expiring=8", "an unknown time until expiry"),
        ("rows=1000000", "an unknown number of rows"),
        ("last_access=often", "an unknown last access"),
        ("created_by=" + "x" * 40, "an unknown creator"),
    ],
)
async def test_what_an_address_says_wrongly_is_left_out_and_told(
    admin: httpx.AsyncClient, query: str, told: str
) -> None:
    answer = await admin.get(f"{LIST}?{query}")
    assert (answer.status_code, len(names_in(answer.text))) == (200, 4)
    assert f"Left out of the address: {told}." in text_of(answer.text)


@pytest.mark.parametrize("page", ["0", "-1", "x", "9" * 50, "٣", "2&page=1", ""])
async def test_any_page_number_shows_a_page(admin: httpx.AsyncClient, page: str) -> None:
    answer = await admin.get(f"{LIST}?page={page}")
    assert (answer.status_code, len(names_in(answer.text))) == (200, 4)


async def test_pages_and_page_sizes(
    admin: httpx.AsyncClient, desk: Desk, world: World, tokens: dict[str, str]
) -> None:
    for number in range(8):
        await make(desk, world, f"More {number}")
    first = (await admin.get(f"{LIST}?sort=name")).text
    assert (len(names_in(first)), "1-10 of 12 rows" in first) == (10, True)
    assert f'href="{LIST}?sort=name&amp;page=2"' in first
    last = (await admin.get(f"{LIST}?sort=name&page=99")).text
    assert ("11-12 of 12 rows" in last, names_in(last)) == (True, ["More 6", "More 7"])
    assert len(names_in((await admin.get(f"{LIST}?rows=25")).text)) == 12


async def test_columns(admin: httpx.AsyncClient) -> None:
    page = (await admin.get(f"{LIST}?column=expires_at&column=modules")).text
    table = page[page.index("<table ") : page.index("</table>")]
    assert text_of(table[table.index("<thead>") : table.index("</thead>")]) == (
        "Select all rows of this page Select API token Modules Expiry Actions"
    )
    assert "Does not expire" in table


async def test_viewers_see_the_grid_and_can_change_nothing(viewer: httpx.AsyncClient) -> None:
    page = (await viewer.get(LIST)).text
    for absent in ("Add</a>", 'id="bulk"', "Actions for", "/edit"):
        assert absent not in page


async def test_a_pasted_secret_finds_its_token_and_is_in_no_address(
    admin: httpx.AsyncClient, desk: Desk, world: World
) -> None:
    minted = await desk.tokens.create(world.admin, name="Pasted", module_ids=["MOD-2001"])
    assert minted.secret is not None
    value = minted.secret.reveal()
    form = {"search": f" {value} ", "state": "sort=name"}
    answer = await admin.post(f"{LIST}/search", data=form)
    where = urlsplit(answer.headers["location"])
    assert (answer.status_code, where.path) == (303, LIST)
    assert parse_qs(where.query) == {"search": [minted.token.id], "sort": ["name"]}
    assert names_in((await admin.get(answer.headers["location"])).text) == ["Pasted"]
    partial = await admin.post(f"{LIST}/search", data=form, headers=PARTIAL)
    assert names_in(partial.text) == ["Pasted"]
    for shown in (partial.text, partial.headers["hx-replace-url"], answer.headers["location"]):
        assert value[-20:] not in shown


async def test_a_view_is_kept_for_the_person_and_can_be_the_default(
    admin: httpx.AsyncClient, sign_in: SignIn, world: World
) -> None:
    form = {"state": "status=disabled&sort=name", "name": "Off", "is_default": "1"}
    saved = await admin.post(f"{LIST}/views", data=form)
    assert saved.headers["location"] == f"{LIST}?status=disabled&sort=name"
    assert "The view Off is saved." in (await admin.get(saved.headers["location"])).text
    opened = await admin.get(LIST)
    assert opened.headers["location"] == f"{LIST}?status=disabled&sort=name"
    assert len(names_in((await admin.get(f"{LIST}?view=standard")).text)) == 4
    other = await sign_in(world.viewer_email)
    assert (await other.get(LIST)).status_code == 200
    assert "Off" not in text_of((await other.get(f"{LIST}/views")).text)
    listed = (await admin.get(f"{LIST}/views")).text
    change = listed[listed.index(f"{LIST}/views/") :].split('"')[0]
    await admin.post(f"{LIST}/views/0", data={"action": "standard"})
    assert (await admin.get(LIST)).status_code == 200
    answer = await admin.post(change, data={"action": "delete"})
    assert answer.status_code == 200


async def test_a_view_needs_a_name(admin: httpx.AsyncClient, desk: Desk) -> None:
    before = await dump(desk)
    refused = await admin.post(f"{LIST}/views", data={"state": "", "name": " "})
    assert (refused.status_code, "Enter a name for the view." in refused.text) == (422, True)
    assert (await dump(desk))["saved_views"] == before["saved_views"] == []


async def test_the_filter_dialog_offers_what_there_is(
    admin: httpx.AsyncClient, world: World
) -> None:
    page = text_of((await admin.get(f"{LIST}/filter?status=active&rows=25")).text)
    for offered in ("Billing", "Catalog", "Access management", world.admin.name, "Never used"):
        assert offered in page
    assert "Orders" not in page  # a module of another account
    assert PLATFORM not in page


async def test_operations_see_every_account_and_can_filter_by_it(
    sign_in: SignIn, desk: Desk, world: World, tokens: dict[str, str]
) -> None:
    await desk.tokens.create(world.other_admin, name="Vendor's", module_ids=["MOD-2003"])
    olga = await sign_in(world.operations_email)
    assert "Vendor's" in names_in((await olga.get(LIST)).text)
    page = (await olga.get(f"{LIST}?account={world.vendor.id}")).text
    assert (names_in(page), world.vendor.name in page) == (["Vendor's"], True)
