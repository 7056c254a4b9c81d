"""Who may open which page and send which form, here and elsewhere; refusals change nothing."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Final

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from server.desk import Desk
from server.domain.actor import OPERATOR
from tests.services import permission_things as things
from tests.support.cast import Cast, Cell, build_cast
from tests.support.evidence import dump
from tests.support.world import PASSWORD, World
from tests.web import permission_things as own_things
from tests.web.permission_rows import ROWS, STATUSES

ELSEWHERE: Final = {
    "/": "It leads on.",
    "/settings/api-tokens/changes": "A stream: tests/web/tokens/test_live_updates.py.",
    "/sign-in": "Everybody may try.",
    "/sign-in/again": "Everybody may try.",
    "/sign-in/link/{link}": "Whoever has the link.",
    "/sign-out": "Whoever has the cookie.",
    "/switch-account": "Of one's own accounts: tests/web/sign_in/test_handlers.py.",
    "/logos/{name}": "Logos are public.",
    "/healthz": "Public.",
    "/readyz": "Public.",
    "/metrics": "tests/api/metrics/test_access.py.",
    "/graphql": "tests/schema/test_permissions.py and test_read_permissions.py.",
    "/schema.graphql": "Public.",
    "/oauth/introspect": "tests/api/verify/test_introspection.py.",
    "/.well-known/oauth-authorization-server": "Public.",
}

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
async def cast(desk: Desk, world: World) -> Cast:
    """Everybody."""
    return await build_cast(desk, world)


@pytest.fixture
async def browsers(app: Starlette, cast: Cast) -> AsyncIterator[dict[str, httpx.AsyncClient]]:
    """A client of each actor: people with a cookie; programs, whose bearer pages do not know."""
    async with AsyncExitStack() as stack:
        found = dict[str, httpx.AsyncClient]()
        for cell in cast.cells():
            if cell.name in found:
                continue
            value = getattr(cell.home, f"{cell.who}_value", None)
            found[cell.name] = await stack.enter_async_context(
                httpx.AsyncClient(
                    transport=httpx.ASGITransport(app, raise_app_exceptions=False),
                    base_url="http://desk.test",
                    headers={"Authorization": f"Bearer {value}"} if value else None,
                )
            )
            await enter(found[cell.name], cell)
        yield found


async def enter(browser: httpx.AsyncClient, cell: Cell) -> None:
    """Sign the actor in where they are not: once, and again after a form that signs them out."""
    email = own_things.email_of(cell)
    if email is not None and "tokendesk" not in browser.cookies:
        await browser.post("/sign-in", data={"email": email, "password": PASSWORD})


Make = Callable[[Desk, Cell], Awaitable[str]]


FRESH: Final[dict[str, Make]] = {
    "token": things.rotated,
    "draft": own_things.draft,
    "user": things.person,
    "account": things.account,
    "record": own_things.record,
    "email": things.email,
    "session": own_things.session,
    "invitation": own_things.invitation,
    "link": own_things.link,
}
"""The account is one of the same type, so that nobody is shut out of the rest of the test."""

FIXED: Final = {"step": "general", "policy": "once", "role": "administrator", "kind": "x"}


async def send(
    row: str, desk: Desk, cell: Cell, browser: httpx.AsyncClient
) -> Callable[[], Awaitable[httpx.Response]]:
    """What sends the request of a cell, about something fresh."""
    await enter(browser, cell)
    method, _, path = row.partition(" ")
    names = dict(FIXED)
    for name, make in FRESH.items():
        if f"{{{name}}}" in f"{path} {ROWS[row].sent}":
            names[name] = await make(desk, cell)
    url = path.replace("{view:int}", "1").format(**names)
    typed = {"typed": (await desk.accounts.get(OPERATOR, cell.tenant.id)).name}
    sent = {key: value.format(**names) for key, value in ROWS[row].sent.items()}
    sent = {key: typed.get(value, value) for key, value in sent.items()}
    if method == "GET":
        return lambda: browser.get(url, params=ROWS[row].sent or None)
    return lambda: browser.post(url, data=sent)


def letter(answer: httpx.Response) -> str:
    """How a request ended; who is not signed in is led to where they can, and back from there."""
    if answer.headers.get("location", "").startswith("/sign-in?next="):
        return "S"
    return STATUSES.get(answer.status_code, str(answer.status_code))


def routes_of(app: Starlette) -> set[str]:
    """Every page and form, as `GET /path`."""
    return {
        f"{method} {route.path}"
        for route in app.routes
        if isinstance(route, Route) and route.path not in ELSEWHERE
        for method in (route.methods or {"ANY"}) - {"HEAD"}
    }


def test_every_route_has_a_row(app: Starlette, database_url: str) -> None:
    assert routes_of(app) == set(ROWS)
    assert set(ELSEWHERE) <= {route.path for route in app.routes if isinstance(route, Route)}


@pytest.mark.parametrize("name", sorted(ROWS))
async def test_who_may_ask_for_it(
    name: str, desk: Desk, cast: Cast, browsers: dict[str, httpx.AsyncClient]
) -> None:
    row, found, wanted = ROWS[name], dict[str, str](), dict[str, str]()
    refused = list[tuple[Cell, Callable[[], Awaitable[httpx.Response]]]]()
    done = list[Cell]()
    for cell in cast.cells():
        wanted[str(cell)] = row.outcomes.of(cell)
        if wanted[str(cell)] in "SNU":
            refused.append((cell, await send(name, desk, cell, browsers[cell.name])))
        else:
            done.append(cell)
    before = await dump(desk)
    for cell, ask in refused:
        found[str(cell)] = letter(await ask())
    assert await dump(desk) == before, found
    for cell in done:
        ask = await send(name, desk, cell, browsers[cell.name])
        found[str(cell)] = letter(await ask())
    assert found == wanted
