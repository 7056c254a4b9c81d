"""Server-sent events: any operation as a stream, which ends with its reader."""

import asyncio
from typing import Any, Final
from urllib.parse import urlsplit

import httpx
import orjson
import pytest

from server.desk import Desk
from server.domain.actor import OPERATOR
from server.http import sse
from server.services.tokens.patch import TokenPatch
from tests.schema.following import followed, program, rename
from tests.schema.streaming import TOKENS, Events, events, socket
from tests.support.world import World

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

STREAM: Final = {"Accept": "text/event-stream"}


async def results(url: str, query: str, bearer: str) -> list[Any]:
    """What a stream tells, until it is complete."""
    async with events(url, query, bearer=bearer) as stream:
        told = []
        while (event := await stream.event())[0] == "next":
            told.append(orjson.loads(event[1]))
        assert event == ("complete", "")
        with pytest.raises(EOFError):
            await stream.event()
    return told


async def test_every_kind_of_operation_streams(desk: Desk, world: World, url: str) -> None:
    _, bearer = await program(desk, world.admin)
    viewer = {"data": {"viewer": {"name": "Program"}}}
    assert await results(url, "{ viewer { name } }", bearer) == [viewer]
    wish = 'mutation { createTokenDraft(input: {name: "D"}) { __typename } }'
    made = {"data": {"createTokenDraft": {"__typename": "CreateTokenDraftPayload"}}}
    assert await results(url, wish, bearer) == [made]
    [wrong] = await results(url, "{ viewer", bearer)
    assert wrong["errors"][0]["message"] == "Syntax Error: Expected Name, found <EOF>."
    assert "data" not in wrong


async def test_a_page_subscribes_by_get(desk: Desk, world: World, url: str) -> None:
    cookie = await desk.sessions.sign_in(world.viewer_email, world.password, world.admin.origin)
    headers = STREAM | {"Cookie": f"tokendesk={cookie}", "Sec-Fetch-Site": "same-origin"}
    token_id, _ = await program(desk, world.admin)
    async with (
        httpx.AsyncClient(base_url=url, headers=headers) as client,
        client.stream("GET", "/graphql", params={"query": TOKENS}) as answer,
    ):
        assert answer.headers["cache-control"] == "no-store, no-transform"
        await followed(desk)
        await rename(desk, token_id, "Told")
        assert (await Events(answer.aiter_lines()).change())["id"] == token_id


@pytest.mark.parametrize(
    "foreign", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}]
)
async def test_a_page_of_another_site_does_not(
    foreign: dict[str, str], desk: Desk, world: World, url: str
) -> None:
    cookie = await desk.sessions.sign_in(world.viewer_email, world.password, world.admin.origin)
    headers = STREAM | {"Cookie": f"tokendesk={cookie}"} | foreign
    async with httpx.AsyncClient(base_url=url, headers=headers) as client:
        answer = await client.get("/graphql", params={"query": TOKENS})
    assert answer.status_code == 403
    assert answer.json()["errors"][0]["extensions"] == {"code": "NOT_ALLOWED"}
    assert len(desk.changes) == 0


async def test_get_streams_no_mutation(desk: Desk, world: World, url: str) -> None:
    _, bearer = await program(desk, world.admin)
    headers = STREAM | {"Authorization": f"Bearer {bearer}"}
    wish = 'mutation { createTokenDraft(input: {name: "D"}) { __typename } }'
    async with httpx.AsyncClient(base_url=url, headers=headers) as client:
        answer = await client.get("/graphql", params={"query": wish})
    assert '"errors"' in answer.text
    assert '"data"' not in answer.text
    assert await desk.drafts.all(world.admin) == []


async def test_a_subscription_without_a_stream_is_told_what_it_needs(
    desk: Desk, world: World, url: str
) -> None:
    _, bearer = await program(desk, world.admin)
    async with httpx.AsyncClient(base_url=url) as client:
        headers = {"Authorization": f"Bearer {bearer}"}
        answer = await client.post("/graphql", json={"query": TOKENS}, headers=headers)
    assert answer.status_code == 400
    error = answer.json()["errors"][0]
    assert error["message"] == "A subscription needs a WebSocket, or Accept: text/event-stream."
    assert len(desk.changes) == 0


async def test_a_stream_ends_as_soon_as_its_reader_is_gone(
    desk: Desk, world: World, url: str
) -> None:
    """Not only at the next event, so that nobody runs out of subscriptions by reloading."""
    _, bearer = await program(desk, world.admin)
    for _ in range(3):
        async with events(url, TOKENS, bearer=bearer):
            await followed(desk)
        async with asyncio.timeout(10):
            while len(desk.changes):
                await asyncio.sleep(0.005)


async def test_silence_is_broken(
    desk: Desk, world: World, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert sse.PING_EVERY_SECONDS <= 15
    monkeypatch.setattr(sse, "PING_EVERY_SECONDS", 0.01)
    _, bearer = await program(desk, world.admin)
    async with events(url, TOKENS, bearer=bearer) as stream:
        lines = [await anext(stream.lines) for _ in range(4)]
    assert lines == [": ping", "", ": ping", ""]


async def test_a_reader_who_takes_nothing_is_given_up(
    desk: Desk, world: World, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert sse.TAKEN_WITHIN_SECONDS <= 60
    monkeypatch.setattr(sse, "TAKEN_WITHIN_SECONDS", 0.05)
    token_id, bearer = await program(desk, world.admin)
    await desk.tokens.update(OPERATOR, token_id, TokenPatch(description="🤖" * 2_000))
    large = " ".join(f"d{number}: description" for number in range(15))
    query = f"subscription {{ apiTokenChanged {{ apiToken {{ {large} }} }} }}"
    parts = urlsplit(url)
    _, writer = await asyncio.open_connection(parts.hostname, parts.port)
    body = orjson.dumps({"query": query})
    head = (
        f"POST /graphql HTTP/1.1\r\nHost: {parts.netloc}\r\nAccept: text/event-stream\r\n"
        f"Authorization: Bearer {bearer}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    writer.write(head.encode() + body)
    await followed(desk)
    async with asyncio.timeout(60):
        number = 0
        while len(desk.changes):
            await rename(desk, token_id, f"Name {number}")
            number += 1
    writer.transport.abort()
    assert number > 1


async def test_one_page_has_room_beside_another_kind(desk: Desk, world: World, url: str) -> None:
    """A socket and a stream of one caller are told the same."""
    token_id, bearer = await program(desk, world.admin)
    async with socket(url, bearer=bearer) as client, events(url, TOKENS, bearer=bearer) as stream:
        await client.subscribe(TOKENS)
        await followed(desk, 2)
        await rename(desk, token_id, "Told to both")
        assert await client.change() == await stream.change()
