"""Who may ask for what: each operation for each sort of token, and a refusal changes nothing."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

import pytest

from server.api.marketplace.endpoint import OPERATIONS
from server.domain.actor import OPERATOR, AccountType
from tests.api.marketplace.conftest import (
    ACCOUNTS,
    EVENT_TYPES,
    MODULES,
    RECORDS,
    TOKENS,
    Market,
)
from tests.api.marketplace.wire import Answer, Wire
from tests.services.evidence import dump

CALLERS: Final = ("nobody", "reader", "client", "vendor", "operations")
"""The objects are the client's."""

OK, MADE, GONE, WRONG, NO, UNSEEN = 200, 201, 204, 400, 403, 404

Prepare = Callable[[Market], Awaitable[str]]
Act = Callable[[Wire, str], Awaitable[Answer]]


@dataclass(frozen=True)
class Row:
    """The status that each caller gets, what to ask about (something fresh), and how."""

    statuses: tuple[int, int, int, int, int]
    prepare: Prepare
    act: Act


def at(target: str) -> Prepare:
    async def prepare(market: Market) -> str:
        return target

    return prepare


def token(*, active: bool = True) -> Prepare:
    async def prepare(market: Market) -> str:
        token_id = await market.made(market.world.admin)
        if not active:
            await market.desk.tokens.disable(OPERATOR, token_id)
        return f"{TOKENS}/{token_id}"

    return prepare


def account(*, active: bool = True) -> Prepare:
    async def prepare(market: Market) -> str:
        made = await market.desk.accounts.create(OPERATOR, "Passing", AccountType.CLIENT)
        if not active:
            await market.desk.accounts.disable(OPERATOR, made.id)
        return f"{ACCOUNTS}/{made.id}"

    return prepare


async def own_account(market: Market) -> str:
    return f"{ACCOUNTS}/{market.world.client.id}"


async def own_id(market: Market) -> str:
    return market.world.client.id


async def record(market: Market) -> str:
    [found] = (await market.client.wire.get(f"{RECORDS}?limit=1")).ids
    return f"{RECORDS}/{found}"


async def event_type(market: Market) -> str:
    [found] = (await market.client.wire.get(f"{EVENT_TYPES}?limit=1")).ids
    return f"{EVENT_TYPES}/{found}"


async def get(wire: Wire, target: str) -> Answer:
    return await wire.get(target)


async def enable(wire: Wire, target: str) -> Answer:
    return await wire.post(f"{target}/enable")


async def disable(wire: Wire, target: str) -> Answer:
    return await wire.post(f"{target}/disable")


async def create_token(wire: Wire, account_id: str) -> Answer:
    body: dict[str, Any] = {"account": {"id": account_id}, "name": "New"}
    return await wire.post(TOKENS, body | {"modules": [{"id": "MOD-1756"}]})


async def create_record(wire: Wire, account_id: str) -> Answer:
    return await wire.post(RECORDS, {"event": "extensions.e2e.test", "object": {"id": account_id}})


async def change(wire: Wire, target: str) -> Answer:
    return await wire.put(target, {"name": "Other", "description": "Other"})


async def create_account(wire: Wire, target: str) -> Answer:
    return await wire.send_form("POST", target, {"name": "New", "type": "Client"})


async def rename(wire: Wire, target: str) -> Answer:
    return await wire.send_form("PUT", target, {"name": "Green Client"})


async def delete(wire: Wire, target: str) -> Answer:
    return await wire.delete(target)


async def icon(wire: Wire, target: str) -> Answer:
    return await wire.get(f"{target}/icon")


ROWS: Final = {
    "listApiTokens": Row((401, NO, OK, OK, OK), at(TOKENS), get),
    "createApiToken": Row((401, NO, MADE, WRONG, MADE), own_id, create_token),
    "getApiToken": Row((401, NO, OK, UNSEEN, OK), token(), get),
    "updateApiToken": Row((401, NO, OK, UNSEEN, OK), token(), change),
    "deleteApiToken": Row((401, NO, GONE, UNSEEN, GONE), token(), delete),
    "enableApiToken": Row((401, NO, OK, UNSEEN, OK), token(active=False), enable),
    "disableApiToken": Row((401, NO, OK, UNSEEN, OK), token(), disable),
    "listModules": Row((401, NO, NO, NO, OK), at(MODULES), get),
    "getModule": Row((401, NO, NO, NO, OK), at(f"{MODULES}/MOD-1756"), get),
    "listAccounts": Row((401, OK, OK, OK, OK), at(ACCOUNTS), get),
    "createAccount": Row((401, NO, NO, NO, MADE), at(ACCOUNTS), create_account),
    "getAccount": Row((401, OK, OK, UNSEEN, OK), own_account, get),
    "updateAccount": Row((401, NO, NO, NO, OK), own_account, rename),
    "enableAccount": Row((401, NO, NO, NO, OK), account(active=False), enable),
    "disableAccount": Row((401, NO, NO, NO, OK), account(), disable),
    "getAccountIcon": Row((UNSEEN,) * 5, own_account, icon),
    "listAuditRecords": Row((401, NO, OK, OK, OK), at(RECORDS), get),
    "createAuditRecord": Row((401, NO, MADE, WRONG, MADE), own_id, create_record),
    "getAuditRecord": Row((401, NO, OK, UNSEEN, OK), record, get),
    "listEventTypes": Row((401, OK, OK, OK, OK), at(EVENT_TYPES), get),
    "getEventType": Row((401, OK, OK, OK, OK), event_type, get),
    "updateEventType": Row((401, NO, NO, NO, OK), event_type, change),
}


def test_every_operation_has_a_row() -> None:
    assert set(ROWS) == {operation.name for operation in OPERATIONS}


@pytest.mark.parametrize("name", ROWS)
async def test_who_may(market: Market, name: str) -> None:
    row = ROWS[name]
    for caller, status in zip(CALLERS, row.statuses, strict=True):
        wire = market.nobody if caller == "nobody" else getattr(market, caller).wire
        target = await row.prepare(market)
        before = await dump(market.desk)
        answer = await row.act(wire, target)
        assert answer.status == status, (caller, answer.body)
        if status >= 400:
            assert answer.json["status"] == status
            assert await dump(market.desk) == before, caller


async def test_a_token_may_always_read_itself(market: Market) -> None:
    answer = await market.reader.wire.get(f"{TOKENS}/{market.reader.id}")
    assert (answer.status, answer.json["status"]) == (200, "Active")
    other = await market.reader.wire.get(f"{TOKENS}/{market.client.id}")
    assert (other.status, other.json["title"]) == (403, "Forbidden")
