"""How many queries a page costs: as many for three rows as for thirty."""

from typing import Final

import httpx
import pytest

from server.desk import Desk
from tests.schema.test_query_counts import counted
from tests.web.conftest import SignIn
from tests.web.pages import LIST, PARTIAL, make
from tests.world import World

WHO: Final = 2
"""Who asks: the session with its person, and their accounts."""

COSTS: Final = {
    f"{LIST}?rows=100": WHO + 5,  # three for the grid, two for the open drafts
    f"{LIST}?rows=100&status=active&sort=name&page=2": WHO + 5,
    LIST + "/{token}": WHO + 4,
    LIST + "/{token}/modules": WHO + 4,
    LIST + "/{token}/details": WHO + 6,
    LIST + "/{token}/audit-trail?rows=100": WHO + 6,
    "/settings/audit-trail?rows=100": WHO + 2,
    "/settings/account": WHO + 2,
    "/settings/users": WHO + 2,
}


@pytest.mark.parametrize("path", COSTS)
async def test_a_page_costs_the_same_however_much_it_shows(
    sign_in: SignIn, desk: Desk, world: World, path: str
) -> None:
    admin = await sign_in(world.admin_email)
    url = path.format(token=(await make(desk, world)).id)
    seen = [await _cost(admin, url)]
    for number in range(30):
        await make(desk, world, f"Robot {number}")
    seen.append(await _cost(admin, url))
    assert seen == [COSTS[path]] * 2


async def test_the_grid_alone_is_three_queries(
    sign_in: SignIn, desk: Desk, world: World, admin: httpx.AsyncClient
) -> None:
    viewer = await sign_in(world.viewer_email)
    for number in range(30):
        await make(desk, world, f"Robot {number}")
    for query in ("rows=25", "rows=25&page=2&sort=-last_access", "rows=25&module=MOD-2001"):
        with counted() as statements:
            await viewer.get(f"{LIST}?{query}", headers=PARTIAL)
        assert len(statements) == WHO + 3


async def _cost(client: httpx.AsyncClient, url: str) -> int:
    with counted() as statements:
        answer = await client.get(url)
    assert answer.status_code == 200
    return len(statements)
