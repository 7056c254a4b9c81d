"""Who may ask for what: each operation for each sort of token, and a refusal changes nothing."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Final

import pytest

from server.api.marketplace.endpoint import OPERATIONS
from server.desk import Desk
from server.http.cookies import cookie_name
from server.services.platform_events.event_types import event_types
from tests.api.marketplace.conftest import (
    ACCOUNTS,
    EVENT_TYPES,
    MODULES,
    RECORDS,
    TOKENS,
    Market,
)
from tests.api.marketplace.wire import READS, Answer, Wire
from tests.services import permission_things as things
from tests.support.cast import HELD, LACKED, Cell, Outcomes, build_cast
from tests.support.evidence import dump
from tests.support.serving import serving
from tests.support.world import PASSWORD, World

# A done, S no token, N not allowed, U not seen, E answered without it, I invalid.
# Who: nobody | administrator viewer manager reader | the same of Operations. People have no token.
STATUSES: Final = {200: "A", 201: "A", 204: "A", 400: "I", 401: "S", 403: "N", 404: "U"}
KNOWN: Final = Outcomes("S SSAA SSAA", "S SSAA SSAA")
LIST: Final = Outcomes("S SSAN SSAN", "S SSEN SSAN")
ONE: Final = Outcomes("S SSAN SSAN", "S SSUN SSAN")
STRONGER: Final = Outcomes("S SSNN SSNN", "S SSUN SSNN")
OPERATE: Final = Outcomes("S SSNN SSAN", "S SSNN SSAN")
OPERATE_ACCOUNTS: Final = Outcomes("S SSNN SSNN", "S SSNN SSAN")
"""What is about an account of type Operations is for people alone."""

Prepare = Callable[[Desk, Cell], Awaitable[str]]
Act = Callable[[Wire, str], Awaitable[Answer]]

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@dataclass(frozen=True)
class Row:
    """How it ends for each, what to ask about (something fresh), how, and what is looked for."""

    outcomes: Outcomes
    prepare: Prepare
    act: Act
    sought: Callable[[Cell], str] | None = None


def at(target: str) -> Prepare:
    async def prepare(desk: Desk, cell: Cell) -> str:
        return target

    return prepare


def one_of(resource: str, find: things.Prepare) -> Prepare:
    """The path of an object."""

    async def prepare(desk: Desk, cell: Cell) -> str:
        return f"{resource}/{await find(desk, cell)}"

    return prepare


async def its_account(desk: Desk, cell: Cell) -> str:
    return f"{ACCOUNTS}/{cell.tenant.id}"


async def account_id(desk: Desk, cell: Cell) -> str:
    return cell.tenant.id


async def record(desk: Desk, cell: Cell) -> str:
    return f"{RECORDS}/{cell.tenant.record_id}"


def token_of(cell: Cell) -> str:
    return cell.tenant.token_id


async def get(wire: Wire, target: str) -> Answer:
    return await wire.get(target)


async def enable(wire: Wire, target: str) -> Answer:
    return await wire.post(f"{target}/enable")


async def disable(wire: Wire, target: str) -> Answer:
    return await wire.post(f"{target}/disable")


def create_token(module_id: str) -> Act:
    async def act(wire: Wire, account_id: str) -> Answer:
        body = {"account": {"id": account_id}, "name": "New", "modules": [{"id": module_id}]}
        return await wire.post(TOKENS, body)

    return act


async def create_record(wire: Wire, account_id: str) -> Answer:
    return await wire.post(RECORDS, {"event": "extensions.e2e.test", "object": {"id": account_id}})


async def change(wire: Wire, target: str) -> Answer:
    return await wire.put(target, {"name": "Other", "description": "Other"})


async def widen(wire: Wire, target: str) -> Answer:
    return await wire.put(target, {"modules": [{"id": HELD}, {"id": LACKED}]})


def create_account(account_type: str) -> Act:
    async def act(wire: Wire, target: str) -> Answer:
        return await wire.send_form("POST", target, {"name": "New", "type": account_type})

    return act


async def rename(wire: Wire, target: str) -> Answer:
    return await wire.send_form("PUT", target, {"name": "Green Client"})


async def delete(wire: Wire, target: str) -> Answer:
    return await wire.delete(target)


async def icon(wire: Wire, target: str) -> Answer:
    return await wire.get(f"{target}/icon")


ROWS: Final = {
    "listApiTokens": Row(LIST, at(f"{TOKENS}?limit=100"), get, token_of),
    "createApiToken": Row(Outcomes("S SSAN SSAN", "S SSIN SSAN"), account_id, create_token(HELD)),
    "createApiToken: of more": Row(
        Outcomes("S SSIN SSIN", "S SSIN SSIN"), account_id, create_token(LACKED)
    ),
    "getApiToken": Row(ONE, one_of(TOKENS, things.token), get),
    "getApiToken: itself": Row(KNOWN, one_of(TOKENS, things.itself), get),
    "updateApiToken": Row(ONE, one_of(TOKENS, things.token), change),
    "updateApiToken: to more": Row(
        Outcomes("S SSIN SSIN", "S SSUN SSIN"), one_of(TOKENS, things.token), widen
    ),
    "deleteApiToken": Row(ONE, one_of(TOKENS, things.token), delete),
    "enableApiToken": Row(ONE, one_of(TOKENS, things.disabled), enable),
    "enableApiToken: stronger": Row(STRONGER, one_of(TOKENS, things.stronger_disabled), enable),
    "disableApiToken": Row(ONE, one_of(TOKENS, things.token), disable),
    "listModules": Row(OPERATE, at(MODULES), get),
    "getModule": Row(OPERATE, at(f"{MODULES}/MOD-1756"), get),
    "listAccounts": Row(
        Outcomes("S SSAA SSAA", "S SSEE SSAE"), at(ACCOUNTS), get, lambda cell: cell.tenant.id
    ),
    "createAccount": Row(OPERATE, at(ACCOUNTS), create_account("Client")),
    "createAccount: of Operations": Row(
        Outcomes("S SSNN SSNN", "S SSNN SSNN"), at(ACCOUNTS), create_account("Operations")
    ),
    "getAccount": Row(Outcomes("S SSAA SSAA", "S SSUU SSAU"), its_account, get),
    "updateAccount": Row(OPERATE, its_account, rename),
    "enableAccount": Row(OPERATE_ACCOUNTS, one_of(ACCOUNTS, things.shut), enable),
    "disableAccount": Row(OPERATE_ACCOUNTS, one_of(ACCOUNTS, things.account), disable),
    # Public: there is none here.
    "getAccountIcon": Row(Outcomes("U UUUU UUUU", "U UUUU UUUU"), its_account, icon),
    "listAuditRecords": Row(LIST, at(f"{RECORDS}?limit=100"), get, token_of),
    "createAuditRecord": Row(Outcomes("S SSAN SSAN", "S SSIN SSAN"), account_id, create_record),
    "getAuditRecord": Row(ONE, record, get),
    "listEventTypes": Row(KNOWN, at(EVENT_TYPES), get),
    "getEventType": Row(KNOWN, at(f"{EVENT_TYPES}/{event_types()[0].id}"), get),
    "updateEventType": Row(OPERATE, at(f"{EVENT_TYPES}/{event_types()[0].id}"), change),
}


@dataclass(frozen=True)
class Browser(Wire):
    """A wire of a person, who has a cookie and no token."""

    cookie: str = ""

    async def send(
        self, method: str, target: str, body: bytes = b"", headers: Mapping[str, str] = READS
    ) -> Answer:
        """The request with the cookie."""
        sent = {**headers, "Cookie": self.cookie}
        return await super().send(method, target, body, sent)


async def wire_of(desk: Desk, url: str, cell: Cell) -> Wire:
    """How an actor asks."""
    value = getattr(cell.home, f"{cell.who}_value", None)
    email = getattr(cell.home, f"{cell.who}_email", None)
    if email is None:
        return Wire(url, value)
    cookie = await desk.sessions.sign_in(email, PASSWORD, cell.actor.origin)
    return Browser(url, None, f"{cookie_name(desk.settings)}={cookie}")


async def outcome(row: Row, wire: Wire, cell: Cell, target: str) -> str:
    """The letter of the answer."""
    answer = await row.act(wire, target)
    if answer.status >= 400:
        assert answer.json["status"] == answer.status
        return STATUSES[answer.status]
    found = row.sought is None or row.sought(cell) in answer.body.decode()
    return STATUSES[answer.status] if found else "E"


def test_every_operation_has_a_row(database_url: str) -> None:
    assert {name.partition(":")[0] for name in ROWS} == {each.name for each in OPERATIONS}


@pytest.mark.parametrize("name", ROWS)
async def test_who_may(desk: Desk, world: World, name: str) -> None:
    cast, row = await build_cast(desk, world), ROWS[name]
    found, wanted, done = dict[str, str](), dict[str, str](), list[Cell]()
    refused = list[tuple[Cell, str]]()
    async with serving(desk) as url:
        wires = {str(cell): await wire_of(desk, url, cell) for cell in cast.cells()}
        for cell in cast.cells():
            wanted[str(cell)] = row.outcomes.of(cell)
            if wanted[str(cell)] in "AE":
                done.append(cell)
            else:
                refused.append((cell, await row.prepare(desk, cell)))
        before = await dump(desk)
        for cell, target in refused:
            found[str(cell)] = await outcome(row, wires[str(cell)], cell, target)
        assert await dump(desk) == before, found
        for cell in done:
            target = await row.prepare(desk, cell)
            found[str(cell)] = await outcome(row, wires[str(cell)], cell, target)
    assert found == wanted


async def test_a_token_may_always_read_itself(market: Market) -> None:
    answer = await market.reader.wire.get(f"{TOKENS}/{market.reader.id}")
    assert (answer.status, answer.json["status"]) == (200, "Active")
    for other in (market.client.id, market.vendor.id, "TKN-0000-0000"):
        refused = await market.reader.wire.get(f"{TOKENS}/{other}")
        assert (refused.status, refused.json["title"]) == (403, "Forbidden")
