"""Rows of the grid: each has its own menu, modules and labels, though they share what they can."""

import re
from datetime import timedelta

import httpx

from server.desk import Desk
from server.domain.actor import OPERATOR
from tests.support.clock import TurnableClock
from tests.support.world import World
from tests.web.conftest import SignIn
from tests.web.pages import LIST, make, text_of

TRICKY = ("TKN-0000-0000", "{name of the token}", "<b>&amp;")
"""Names that look like what a shared part has where a row's own belongs, and like markup."""


def rows(page: str) -> dict[str, str]:
    """The HTML of each row, by the token's id."""
    found = re.findall(r'<tr id="row-(TKN-[0-9-]+)">(.*?)</tr>', page, re.DOTALL)
    return dict(found)


def moves(row: str) -> list[tuple[str, str]]:
    """The menu of a row: what each entry says, and the last part of where it leads."""
    found = re.findall(r'<a href="/settings/api-tokens/([^"]+)" data-hx-get.*?>(.*?)</a>', row)
    return [(label, address) for address, label in found]


async def test_each_row_has_the_menu_of_its_status_for_its_own_token(
    sign_in: SignIn, desk: Desk, world: World, clock: TurnableClock
) -> None:
    active, other = await make(desk, world, "Active"), await make(desk, world, "Also active")
    disabled = await make(desk, world, "Disabled")
    await desk.tokens.disable(world.admin, disabled.id)
    soon = clock() + timedelta(hours=1)
    expired = await desk.tokens.create(
        world.admin, name="Expired", module_ids=["MOD-2001"], expires_at=soon
    )
    clock.advance(timedelta(hours=2))
    found = rows((await (await sign_in(world.admin_email)).get(LIST)).text)
    for token_id in (active.id, other.id):
        assert moves(found[token_id]) == [
            ("Disable", f"{token_id}/disable"),
            ("Edit", f"{token_id}/edit"),
            ("Rotate", f"{token_id}/rotate"),
            ("Delete", f"{token_id}/delete"),
        ]
    expired_id = expired.token.id
    assert moves(found[expired_id]) == [
        ("Disable", f"{expired_id}/disable"),
        ("Edit", f"{expired_id}/edit"),
        ("Delete", f"{expired_id}/delete"),
    ]
    assert moves(found[disabled.id]) == [
        ("Enable", f"{disabled.id}/enable"),
        ("Edit", f"{disabled.id}/edit"),
        ("Delete", f"{disabled.id}/delete"),
    ]


async def test_operations_cannot_rotate_what_belongs_to_others(
    sign_in: SignIn, desk: Desk, world: World
) -> None:
    await desk.modules.enable(OPERATOR, "MOD-1756", world.operations.id)
    own = await desk.tokens.create(world.operations_admin, name="Own", module_ids=["MOD-1756"])
    others = await make(desk, world)
    found = rows((await (await sign_in(world.operations_email)).get(LIST)).text)
    assert [label for label, _ in moves(found[own.token.id])] == [
        "Disable",
        "Edit",
        "Rotate",
        "Delete",
    ]
    assert [label for label, _ in moves(found[others.id])] == ["Disable", "Edit", "Delete"]


async def test_labels_name_the_row_whatever_it_is_called(
    sign_in: SignIn, desk: Desk, world: World
) -> None:
    made = {name: await make(desk, world, name, ["MOD-2001", "MOD-2002"]) for name in TRICKY}
    found = rows((await (await sign_in(world.admin_email)).get(LIST)).text)
    for name, token in made.items():
        row = found[token.id]
        shown = name.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        assert f">Select {shown}</span>" in row
        assert f'aria-label="Actions for {shown}"' in row
        assert f'popovertarget="modules-{token.id}" aria-label="2 modules of {shown}"' in row
        assert f'id="modules-{token.id}" popover' in row
        assert f'popovertarget="moves-{token.id}"' in row
        assert "<b>" not in row


async def test_modules_are_named_and_those_withdrawn_are_told_of(
    sign_in: SignIn, desk: Desk, world: World
) -> None:
    one = await make(desk, world, "One", ["MOD-2001"])
    two = await make(desk, world, "Two", ["MOD-2001", "MOD-2002"])
    await desk.modules.disable(OPERATOR, "MOD-2001", world.client.id)
    found = rows((await (await sign_in(world.admin_email)).get(LIST)).text)
    assert "Billing MOD-2001, no longer enabled" in text_of(found[one.id])
    assert "2 modules Catalog MOD-2002 Billing MOD-2001, no longer enabled" in text_of(
        found[two.id]
    )


async def test_a_long_name_is_whole_in_its_title(sign_in: SignIn, desk: Desk, world: World) -> None:
    short, long = await make(desk, world, "x" * 40), await make(desk, world, "y" * 41)
    found = rows((await (await sign_in(world.admin_email)).get(LIST)).text)
    assert f'title="{"y" * 41}"' in found[long.id]
    assert "title=" not in found[short.id]


async def test_a_hundred_rows_stay_small(sign_in: SignIn, desk: Desk, world: World) -> None:
    for number in range(20):
        await make(desk, world, f"Robot {number:02}", ["MOD-2001", "MOD-2002"])
    page = (await (await sign_in(world.admin_email)).get(f"{LIST}?rows=25")).text
    assert max(len(row) for row in rows(page).values()) < 3_000


async def empty_page(client: httpx.AsyncClient) -> str:
    page = await client.get(LIST)
    assert page.status_code == 200
    return page.text


async def test_an_account_without_modules_is_told_what_comes_first(
    sign_in: SignIn, desk: Desk, world: World
) -> None:
    admin, viewer = await sign_in(world.admin_email), await sign_in(world.viewer_email)
    page = await empty_page(admin)
    assert ("Add your first API token" in text_of(page), 'id="add"' in page) == (True, True)
    for module in world.modules.of_client:
        await desk.modules.disable(OPERATOR, module.id, world.client.id)
    page = await empty_page(admin)
    told = text_of(page)
    assert "No modules are enabled for your account yet" in told
    assert "Ask your operations team to enable some for Blue Client." in told
    assert "Add your first API token" not in told
    assert 'id="add"' not in page
    assert "No API tokens yet" in text_of(await empty_page(viewer))
    found = text_of((await admin.get(f"{LIST}?search=x")).text)
    assert "No API token matches" in found
