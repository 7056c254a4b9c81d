"""Every subscription by every sort of actor: what of three accounts each is told of."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Final

import orjson
import pytest

from server.desk import Desk
from server.domain.actor import OPERATOR
from server.http.cookies import cookie_name
from server.services.tokens.patch import TokenPatch
from tests.schema.following import followed
from tests.schema.operations import printed_schema
from tests.schema.streaming import RECORDS, TOKENS, Events, events
from tests.support.cast import Cast, Cell
from tests.support.world import PASSWORD

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

SUBSCRIPTIONS: Final = {"apiTokenChanged": TOKENS, "auditRecordAdded": RECORDS}
REFUSED: Final = {"nobody": "SIGN_IN_NEEDED", "reader": "NOT_ALLOWED"}
"""By what an actor is; all others follow their account, and Operations all."""


def test_every_subscription_has_a_document(database_url: str) -> None:
    root = printed_schema().subscription_type
    assert root is not None
    assert set(SUBSCRIPTIONS) == set(root.fields)


async def headers_of(desk: Desk, cell: Cell) -> dict[str, str]:
    """How an actor says who it is."""
    value = getattr(cell.home, f"{cell.who}_value", None)
    email = getattr(cell.home, f"{cell.who}_email", None)
    if value is not None:
        return {"Authorization": f"Bearer {value}"}
    if email is None:
        return {}
    cookie = await desk.sessions.sign_in(email, PASSWORD, cell.actor.origin)
    return {"Cookie": f"{cookie_name(desk.settings)}={cookie}"}


async def code(stream: Events) -> str:
    """Why a stream ended that told nothing."""
    name, data = await stream.event()
    assert name == "next"
    [error] = orjson.loads(data)["errors"]
    found: str = error["extensions"]["code"]
    return found


async def told(stream: Events, last: str) -> AsyncIterator[str]:
    """The tokens that it tells of, up to one."""
    while True:
        change = await stream.change()
        token_id: str = change.get("object", change)["id"]
        yield token_id
        if token_id == last:
            return


@pytest.mark.parametrize("name", SUBSCRIPTIONS)
async def test_who_is_told_of_what(name: str, desk: Desk, everybody: Cast, url: str) -> None:
    cells = {cell.name: cell for cell in everybody.cells() if cell.place == "own"}
    tenants = (everybody.vendor, everybody.client, everybody.operations)
    async with AsyncExitStack() as stack:
        streams = dict[str, Events]()
        for who, cell in cells.items():
            headers = await headers_of(desk, cell)
            opened = events(url, SUBSCRIPTIONS[name], headers=headers)
            streams[who] = await stack.enter_async_context(opened)
            if cell.who in REFUSED:
                assert await code(streams.pop(who)) == REFUSED[cell.who]
        await followed(desk, len(streams))
        for tenant in tenants:
            await desk.tokens.update(OPERATOR, tenant.token_id, TokenPatch(name="Changed"))
        for who, stream in streams.items():
            ours = who.startswith("operations ")
            seen = [each.token_id for each in tenants] if ours else [everybody.client.token_id]
            heard = [each async for each in told(stream, seen[-1])]
            assert [each for each in heard if each in {t.token_id for t in tenants}] == seen, who


async def test_one_token_of_somebody_else(desk: Desk, everybody: Cast, url: str) -> None:
    wanted = {
        "nobody": "SIGN_IN_NEEDED",
        "reader": "NOT_ALLOWED",
        "operations reader": "NOT_ALLOWED",
    }
    for cell in (each for each in everybody.cells() if each.place == "foreign"):
        if cell.name.startswith("operations ") and cell.who != "reader":
            continue  # they may
        query = f'subscription {{ apiTokenChanged(id: "{cell.tenant.token_id}") {{ id }} }}'
        async with events(url, query, headers=await headers_of(desk, cell)) as stream:
            assert await code(stream) == wanted.get(cell.name, "NOT_FOUND"), cell.name
    assert len(desk.changes) == 0
