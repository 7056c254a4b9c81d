"""Points a minute at the endpoint: taken, told in headers, refused with 429, given back."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from server.app import create_app
from server.desk import Desk
from server.settings import Settings
from tests.schema.conftest import Client, connect
from tests.schema.following import program
from tests.schema.streaming import socket
from tests.support.clock import TurnableClock
from tests.support.redis_server import find_redis, redis_server
from tests.support.world import World

COSTLY = "{ apiTokens(first: 100) { totalCount } }"
"""11 points."""
TINY = "{ __typename }"
PLANT = 'mutation { createTokenDraft(input: {name: "Planted"}) { __typename } }'


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Thirty points a minute, three for nobody."""
    return settings.model_copy(update={"rate_limit": 30})


async def ask(client: Client, query: str, **options: Any) -> httpx.Response:
    return await client.http.post("/graphql", json={"query": query}, **options)


def told(answer: httpx.Response) -> tuple[int, str | None, str | None]:
    return answer.status_code, answer.headers.get("ratelimit"), answer.headers.get("retry-after")


def refusal(seconds: int, cost: int | None = None) -> dict[str, Any]:
    message = f"Too much was asked within a minute. Try again in {seconds} seconds."
    extensions: dict[str, Any] = {"code": "TOO_MANY"}
    if cost is not None:
        extensions |= {"cost": cost, "retryAfterSeconds": seconds}
    return {"errors": [{"message": message, "extensions": extensions}]}


async def test_points_go_and_come_back(admin: Client, clock: TurnableClock) -> None:
    answer = await ask(admin, COSTLY)
    assert answer.headers["ratelimit-policy"] == '"graphql";q=30;w=60'
    assert told(answer) == (200, '"graphql";r=19;t=60', None)
    clock.advance(timedelta(seconds=25))
    assert told(await ask(admin, COSTLY)) == (200, '"graphql";r=8;t=35', None)
    refused = await ask(admin, COSTLY)
    assert told(refused) == (429, '"graphql";r=7;t=35', "35")
    assert refused.json() == refusal(35, 11)
    assert told(await ask(admin, TINY)) == (200, '"graphql";r=6;t=35', None)
    clock.advance(timedelta(seconds=35))
    assert told(await ask(admin, COSTLY))[0] == 200


async def test_without_a_point_nothing_is_read_or_done(admin: Client, clock: TurnableClock) -> None:
    await admin.run(PLANT)
    await admin.run(PLANT)
    for _ in range(10):
        await admin.run(TINY)
    for query in (PLANT, TINY, "{ nonsense", "x" * 60_000):
        answer = await ask(admin, query)
        assert told(answer) == (429, '"graphql";r=0;t=60', "60")
        assert answer.json() == refusal(60)
    clock.advance(timedelta(minutes=1))
    assert len((await admin.run("{ tokenDrafts { id } }"))["tokenDrafts"]) == 2


async def test_a_mutation_that_is_not_granted_changes_nothing(
    admin: Client, clock: TurnableClock
) -> None:
    await admin.run(COSTLY)
    await admin.run(COSTLY)
    answer = await ask(admin, PLANT)
    assert (answer.status_code, answer.json()) == (429, refusal(60, 10))
    clock.advance(timedelta(minutes=1))
    assert (await admin.run("{ tokenDrafts { id } }"))["tokenDrafts"] == []


async def test_wrong_requests_are_paid_for(nobody: Client) -> None:
    for wrong in (b"null", b'{"query": "{ nonsense"}', b'{"query": "{ nonsense }"}'):
        await nobody.http.post(
            "/graphql", content=wrong, headers={"Content-Type": "application/json"}
        )
    assert (await ask(nobody, TINY)).status_code == 429


async def test_callers_have_points_of_their_own(
    admin: Client, nobody: Client, programs: dict[str, Client], signed_in: dict[str, Client]
) -> None:
    for _ in range(3):
        await nobody.run(TINY)
    assert (await ask(nobody, TINY)).status_code == 429
    await admin.run(COSTLY)
    await admin.run(COSTLY)
    assert (await ask(admin, COSTLY)).status_code == 429
    for client in (programs["reader"], programs["manager"], signed_in["viewer"]):
        assert told(await ask(client, COSTLY)) == (200, '"graphql";r=19;t=60', None)


async def test_what_costs_more_than_a_minute_has_is_not_told_to_wait(nobody: Client) -> None:
    [error] = (await ask(nobody, COSTLY)).json()["errors"]
    assert error["extensions"] == {"code": "COST_TOO_HIGH", "cost": 11, "limit": 3}


@pytest.mark.parametrize("accept", ["application/json", "application/graphql-response+json"])
async def test_the_status_is_the_same_in_every_form(admin: Client, accept: str) -> None:
    await admin.run(COSTLY)
    await admin.run(COSTLY)
    answer = await ask(admin, COSTLY, headers={"Accept": accept})
    assert answer.status_code == 429
    assert answer.headers["content-type"].startswith(accept)


async def test_pages_and_the_explorer_are_free(admin: Client) -> None:
    for _ in range(2):
        await admin.run(COSTLY)
    for _ in range(8):
        await admin.run(TINY)
    assert (await ask(admin, TINY)).status_code == 429
    for path in ("/settings/api-tokens", "/schema.graphql", "/graphql"):
        answer = await admin.http.get(path, headers={"Accept": "text/html"})
        assert (answer.status_code, "ratelimit" in answer.headers) == (200, False)


async def test_each_operation_of_a_socket_is_paid_for(
    desk: Desk, world: World, url: str, clock: TurnableClock
) -> None:
    bearer = (await program(desk, world.admin))[1]
    async with socket(url, bearer=bearer) as client:
        for _ in range(2):
            assert (await client.run(COSTLY))["apiTokens"]["totalCount"] == 1
        for query, cost in ((PLANT, 10), (COSTLY, 11)):
            operation_id = await client.subscribe(query)
            message = await client.receive()
            assert (message["id"], message["type"]) == (operation_id, "error")
            assert message["payload"] == refusal(60, cost)["errors"]
        for _ in range(6):
            assert await client.run(TINY) == {"__typename": "Query"}
        await client.subscribe(TINY)
        assert (await client.receive())["payload"] == refusal(60)["errors"]
        clock.advance(timedelta(minutes=1))
        assert (await client.run("{ tokenDrafts { id } }")) == {"tokenDrafts": []}


async def test_workers_with_redis_share_a_callers_points(desk: Desk, tmp_path: Path) -> None:
    program_path = find_redis()
    if program_path is None:
        pytest.skip("redis-server is not installed")
    with redis_server(program_path, tmp_path) as server:
        statuses = []
        redis_url = SecretStr(server.url)
        shared = desk.settings.model_copy(update={"redis_url": redis_url})
        workers = [Desk.build(shared, desk.clock) for _ in range(2)]
        for worker in (*workers, *workers):
            transport = httpx.ASGITransport(create_app(worker))
            async with connect(transport) as http:
                statuses.append(told(await ask(Client(http), TINY))[:2])
        for worker in workers:
            await worker.rate_limiter.close()
    assert [status for status, _ in statuses] == [200, 200, 200, 429]
    assert [(header or "")[:13] for _, header in statuses] == [
        f'"graphql";r={left}' for left in (2, 1, 0, 0)
    ]


class TestWithoutALimit:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return settings.model_copy(update={"rate_limit": 0})

    async def test_none_is_counted_or_told(self, nobody: Client) -> None:
        for _ in range(50):
            answer = await ask(nobody, TINY)
            assert (answer.status_code, "ratelimit" in answer.headers) == (200, False)
        answer = await ask(nobody, TINY, headers={"GraphQL-Cost": "1"})
        assert answer.json()["extensions"] == {"cost": {"points": 1, "limit": 1_000}}
