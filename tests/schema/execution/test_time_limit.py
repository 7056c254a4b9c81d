"""Queries that wait too long are ended; mutations are not, as they may have taken effect."""

import asyncio
import logging
from typing import Any

import pytest

from schema.execution import time_limit
from schema.http.negotiation import GRAPHQL_JSON
from server.desk import Desk
from server.services.search.token_list import TokenList
from server.services.tokens.drafts import Drafts
from tests.schema.conftest import Client

SLOW = "query Slow { apiTokens { totalCount } }"


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """No query may wait at all for what takes longer than this."""
    monkeypatch.setattr(time_limit, "SECONDS", 0.05)


async def test_a_query_that_waits_too_long_is_ended(
    admin: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    ended = asyncio.Event()

    async def wait_for_ever(*_: object, **__: object) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    monkeypatch.setattr(TokenList, "cursor_page", wait_for_ever)
    with caplog.at_level(logging.ERROR, "tokendesk.graphql"):
        answer = await admin.http.post(
            "/graphql", json={"query": SLOW}, headers={"Accept": GRAPHQL_JSON}
        )
    assert answer.status_code == 503
    assert ended.is_set(), "what it had begun is ended with it"
    assert answer.json() == {
        "errors": [
            {
                "message": "The query took longer than 0.05 seconds. Ask for less at once.",
                "extensions": {"code": "TIMEOUT"},
            }
        ]
    }
    assert [record.getMessage() for record in caplog.records] == [
        "query Slow took longer than 0.05 s"
    ]
    assert caplog.records[0].exc_info is None


async def test_the_database_is_fine_afterwards(
    admin: Client, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000000)"
        " SELECT count(*) FROM n"
        if desk.settings.uses_sqlite
        else "SELECT pg_sleep(600)"
    )

    async def ask_database(*_: object, **__: object) -> None:
        await desk.database.client.execute_query(slow)

    with monkeypatch.context() as patched:
        patched.setattr(TokenList, "cursor_page", ask_database)
        for _ in range(3):
            answer = await admin.http.post("/graphql", json={"query": SLOW})
            assert answer.json()["errors"][0]["extensions"] == {"code": "TIMEOUT"}
    monkeypatch.setattr(time_limit, "SECONDS", 60.0)
    assert await admin.run(SLOW) == {"apiTokens": {"totalCount": 0}}


async def test_a_mutation_is_waited_for(admin: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    create = Drafts.create

    async def create_slowly(*arguments: Any, **wish: Any) -> Any:
        made = await create(*arguments, **wish)
        await asyncio.sleep(4 * time_limit.SECONDS)
        return made

    monkeypatch.setattr(Drafts, "create", create_slowly)
    plant = """mutation { createTokenDraft(input: {name: "Planted"}) {
        ... on CreateTokenDraftPayload { tokenDraft { name } } } }"""
    made = await admin.run(plant)
    assert made == {"createTokenDraft": {"tokenDraft": {"name": "Planted"}}}


async def test_a_timeout_within_a_resolver_is_not_ours(
    admin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object, **__: object) -> None:
        raise TimeoutError

    monkeypatch.setattr(TokenList, "cursor_page", fail)
    [error] = (await admin.send(SLOW))["errors"]
    assert (error["path"], error["extensions"]) == (["apiTokens"], {"code": "UNAVAILABLE"})
