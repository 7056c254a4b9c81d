"""How many queries a page costs beyond who asks: three at most, for three rows as for thirty."""

from collections.abc import Iterable
from typing import Final

import httpx
import pytest
from starlette.routing import Route

from server.app import create_app
from server.desk import Desk
from server.domain.tokens.secret_policy import Grace
from server.services.people.users import digest_of
from server.services.sign_in.session_rows import session_id
from server.services.tokens.patch import TokenPatch
from tests.schema.test_query_counts import counted
from tests.support.world import ORIGIN, PASSWORD, World
from tests.web.conftest import SignIn
from tests.web.pages import LIST, PARTIAL, make

WHO: Final = 2
"""Who asks: the session with its person, and their accounts."""

MOST: Final = 3
TRAIL: Final = "/settings/audit-trail"
ACCOUNTS: Final = "/administration/accounts"

COSTS: Final = {
    LIST: (3, 3),  # the preferred view, the tokens, the open drafts
    f"{LIST}?rows=100": (2, 2),
    f"{LIST}?rows=100&status=active&sort=name&search=rob&module=MOD-2001": (2, 2),
    f"{LIST}/filter": (2, 2),
    f"{LIST}/views": (1, 1),
    f"{LIST}/new": (0, 0),
    LIST + "/new/{draft}/general": (2, 1),
    LIST + "/new/{draft}/modules": (3, 2),
    LIST + "/new/{draft}/overview": (2, 1),
    LIST + "/new/{added}/summary": (3, 2),
    LIST + "/new/DRF-0000-0000-0000-0000/general": (2, 1),
    LIST + "/{token}": (2, 2),
    LIST + "/{token}/modules": (2, 2),
    LIST + "/{token}/details": (3, 3),
    LIST + "/{token}/usage": (3, 3),
    LIST + "/{token}/usage?range=90d": (3, 3),
    LIST + "/{token}/audit-trail?rows=100": (3, 2),
    LIST + "/{token}/edit": (2, 2),
    LIST + "/{token}/enable": (1, 1),
    LIST + "/{token}/disable": (1, 1),
    LIST + "/{token}/delete": (1, 1),
    LIST + "/{token}/rotate": (1, 1),
    LIST + "/{token}/end-grace": (1, 1),
    f"{TRAIL}?rows=100": (1, 1),
    f"{TRAIL}?event=token.created&actor=USR-0000-0000": (1, 1),
    f"{TRAIL}/filter": (0, 0),
    TRAIL + "/{record}": (1, 1),
    "/settings/account": (2, 2),
    "/settings/account/reveal/once": (1, 1),
    "/settings/invitations": (2, 2),  # who asks, and what is offered to their address
    "/settings/profile": (2, 2),
    "/settings/profile/sessions/{session}/end": (1, 1),
    "/settings/profile/end-others": (0, 0),
    "/settings/profile/sign-out-everywhere": (0, 0),
    "/settings/users": (1, 1),
    "/settings/users/invite": (0, 0),
    "/settings/users/{user}/role/viewer": (1, 1),
    "/settings/users/{user}/link": (1, 1),
    "/settings/users/{user}/deactivate": (1, 1),
    "/settings/users/{user}/activate": (1, 1),
}
"""As a whole page, and as what htmx asks for."""

COSTS_FOR_OPERATIONS: Final = {
    LIST: (3, 3),
    LIST + "?rows=100&account={account}&sort=name": (2, 2),
    f"{LIST}/filter": (3, 3),
    LIST + "/{token}/usage": (3, 3),
    LIST + "/{token}/audit-trail": (3, 2),
    LIST + "/{token}/edit": (3, 3),
    TRAIL + "?account={account}": (1, 1),
    "/settings/users/{user}/deactivate?account={account}": (2, 2),
    ACCOUNTS: (2, 2),
    f"{ACCOUNTS}/new": (0, 0),
    ACCOUNTS + "/{account}": (3, 3),
    ACCOUNTS + "/{account}/enable": (1, 1),
    ACCOUNTS + "/{account}/disable": (1, 1),
}

UNCOUNTED: Final = {
    "/",
    "/sign-in",
    "/sign-in/link/{link}",
    f"{LIST}/changes",
    f"{TRAIL}/export",
    "/design",
    "/design/ask/{kind}",
}
"""They ask for nobody, are streams, or are for demos alone."""


@pytest.fixture
async def words(desk: Desk, world: World) -> dict[str, str]:
    """What the addresses name: a token that was used and rotated, drafts, a record."""
    admin = world.admin
    minted = await desk.tokens.create(admin, name="Robot", module_ids=["MOD-2001"])
    assert minted.secret is not None
    await desk.verifier.verify(minted.secret.reveal(), ["MOD-2001"], used_from=ORIGIN)
    await desk.usage.write()
    await desk.secrets.rotate(admin, minted.token.id, Grace.ONE_DAY)
    patch = TokenPatch(name="Draft", module_ids=["MOD-2001", "MOD-1756"])
    open_, added = [await desk.drafts.create(admin, patch) for _ in range(2)]
    await desk.drafts.commit(admin, added.id, added.version)
    [record] = (await desk.audit_trail.page(admin, number=1, size=1)).items
    words = {"token": minted.token.id, "draft": open_.id, "added": added.id, "record": record.id}
    session = session_id(
        digest_of(await desk.sessions.sign_in(world.admin_email, PASSWORD, ORIGIN))
    )
    return words | {"user": world.viewer.id, "account": world.client.id, "session": session}


async def test_pages_cost_the_same_however_much_they_show(
    sign_in: SignIn, desk: Desk, world: World, words: dict[str, str]
) -> None:
    admin = await sign_in(world.admin_email)
    olga = await sign_in(world.operations_email)
    for more in (0, 30):
        for number in range(more):
            await make(desk, world, f"Robot {number}")
        await desk.drafts.create(world.admin, TokenPatch(name="Other", module_ids=["MOD-1756"]))
        assert await _costs(admin, COSTS, words) == COSTS
        assert await _costs(olga, COSTS_FOR_OPERATIONS, words) == COSTS_FOR_OPERATIONS


async def test_an_account_that_begins_costs_no_more(
    sign_in: SignIn, desk: Desk, world: World
) -> None:
    otto = await sign_in(world.other_admin_email)
    costs = {
        LIST: (3, 3),  # the tokens, the open drafts, the modules
        f"{LIST}/new/DRF-0000-0000-0000-0000/general": (2, 1),
    }
    assert await _costs(otto, costs, {}) == costs


def test_every_page_is_counted_and_none_costs_more_than_three(desk: Desk) -> None:
    known = [path.partition("?")[0] for path in (*COSTS, *COSTS_FOR_OPERATIONS)]
    routes = [route for route in create_app(desk).routes if isinstance(route, Route)]
    pages = [
        route
        for route in routes
        if route.endpoint.__module__.startswith("server.web") and "GET" in (route.methods or ())
    ]
    missing = [
        page.path for page in pages if not any(page.path_regex.match(path) for path in known)
    ]
    assert set(missing) == UNCOUNTED
    costs = [*COSTS.values(), *COSTS_FOR_OPERATIONS.values()]
    assert max(max(whole, part) for whole, part in costs) == MOST


async def _costs(
    client: httpx.AsyncClient, paths: Iterable[str], words: dict[str, str]
) -> dict[str, tuple[int, int]]:
    return {
        path: (
            await _cost(client, path.format_map(words), {}),
            await _cost(client, path.format_map(words), PARTIAL),
        )
        for path in paths
    }


async def _cost(client: httpx.AsyncClient, url: str, headers: dict[str, str]) -> int:
    with counted() as statements:
        answer = await client.get(url, headers=headers)
    assert answer.status_code in {200, 303}, url
    return len(statements) - WHO
