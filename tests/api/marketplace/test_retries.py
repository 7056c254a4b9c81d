"""Clients repeat what is answered 429 or 503: these are never said once something took effect."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from tortoise.exceptions import OperationalError

from server.app import create_app
from server.desk import Desk
from server.services.audit import writer
from server.services.crypto.passwords import Passwords
from server.settings import Settings
from tests.api.marketplace.conftest import ACCOUNTS, RECORDS, TOKENS, Market
from tests.support.clock import TurnableClock
from tests.support.evidence import dump, last_record
from tests.support.world import build_world


def body(market: Market) -> dict[str, Any]:
    return {
        "account": {"id": market.world.client.id},
        "name": "New",
        "modules": [{"id": "MOD-1756"}],
    }


async def fails(*_: object, **__: object) -> None:
    raise OperationalError("the disk is full")


async def test_before_the_change_it_is_503_and_nothing_happened(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = await dump(market.desk)
    monkeypatch.setattr(writer, "_take_head", fails)
    wire, path = market.client.wire, f"{TOKENS}/{market.reader.id}"
    told = {"event": "extensions.e2e.test", "object": {"id": market.world.client.id}}
    for answer in (
        await wire.post(TOKENS, body(market)),
        await wire.put(path, {"name": "Other"}),
        await wire.post(f"{path}/disable"),
        await wire.delete(path),
        await wire.post(RECORDS, told),
        await market.operations.wire.send_form("POST", ACCOUNTS, {"name": "x", "type": "Client"}),
    ):
        assert (answer.status, answer.json["title"]) == (503, "Service Unavailable")
        assert answer.headers["retry-after"] == "5"
        assert "disk" not in answer.json["detail"]
    assert await dump(market.desk) == before


async def test_after_the_change_it_is_500(market: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(market.desk.tokens, "get", fails)
    monkeypatch.setattr(market.desk.resource_lists, "token", fails)
    monkeypatch.setattr(market.desk.resource_lists, "record", fails)
    wire, path = market.client.wire, f"{TOKENS}/{market.reader.id}"
    told = {"event": "extensions.e2e.test", "object": {"id": market.world.client.id}}
    for answer, event in (
        (await wire.post(TOKENS, body(market)), "token.created"),
        (await wire.put(path, {"name": "Other"}), "token.updated"),
        (await wire.post(RECORDS, told), "extensions.e2e.test"),
    ):
        assert (answer.status, answer.json["title"]) == (500, "Internal Server Error")
        assert "retry-after" not in answer.headers
        found = await market.desk.audit_trail.page(market.world.admin, number=1, size=100)
        assert event in [each.event for each in found.items]


async def test_a_commit_that_may_have_been_made_is_500(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: object) -> None:
        raise OperationalError("the connection was cut")

    monkeypatch.setattr(market.desk.events, "publish_local", broken)
    answer = await market.client.wire.post(TOKENS, body(market))
    assert answer.status == 500
    assert (await last_record(market.desk, market.world.client.id)).event == "token.created"


async def test_reads_are_503(market: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(market.desk.resource_lists, "tokens", fails)
    answer = await market.client.wire.get(TOKENS)
    assert (answer.status, answer.headers["retry-after"]) == (503, "5")


async def test_who_asks_cannot_be_found_out(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(market.desk.verifier, "verify", fails)
    answer = await market.client.wire.get(TOKENS)
    assert (answer.status, answer.headers["retry-after"]) == (503, "5")


async def test_a_crash_is_told_by_its_trace(
    market: Market, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def crash(*_: object) -> None:
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr(market.desk.resource_lists, "tokens", crash)
    answer = await market.client.wire.get(TOKENS)
    assert (answer.status, answer.json["title"]) == (500, "Internal Server Error")
    assert "a fault of ours" not in answer.json["detail"]
    assert answer.json["traceId"] in caplog.text
    assert "a fault of ours" in caplog.text
    assert market.client.value not in caplog.text


@pytest.fixture
async def hurried(
    settings: Settings, clock: TurnableClock, quick_passwords: Passwords
) -> AsyncIterator[Desk]:
    """A desk that answers three requests a minute."""
    desk = Desk.build(settings.model_copy(update={"rate_limit": 3}), clock, quick_passwords)
    await desk.open()
    yield desk
    await desk.close()


async def test_too_many_requests_are_refused_before_anything_is_done(
    hurried: Desk, clock: TurnableClock
) -> None:
    world = await build_world(hurried)
    minted = await hurried.tokens.create(world.admin, name="Robot", module_ids=["MOD-1756"])
    assert minted.secret is not None
    bearer = {"Authorization": f"Bearer {minted.secret.reveal()}"}
    list_query = {
        "account": {"id": world.client.id},
        "name": "New",
        "modules": [{"id": "MOD-1756"}],
    }
    transport = httpx.ASGITransport(create_app(hurried))
    async with httpx.AsyncClient(transport=transport, base_url="http://desk.test") as client:
        for _ in range(3):
            assert (await client.post(TOKENS, json=list_query, headers=bearer)).status_code == 201
        before = await dump(hurried)
        refused = await client.post(TOKENS, json=list_query, headers=bearer)
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "60")
        assert refused.json()["title"] == "Too Many Requests"
        assert await dump(hurried) == before
        assert (await client.get("/public/v1/openapi.json")).status_code == 200
        assert (await client.get(TOKENS)).status_code == 401
        clock.advance(timedelta(seconds=60))
        assert (await client.post(TOKENS, json=list_query, headers=bearer)).status_code == 201
