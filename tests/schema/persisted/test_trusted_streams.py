"""A desk that runs registered documents only does so on sockets and event streams too."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from schema.persisted.documents import Registry, id_of
from tests.schema.streaming import Socket, socket
from tests.support.live_tokens import Tokendesk, live_tokendesk

HELLO = "{ hello: __typename }"
OTHER = "{ other: __typename }"


@pytest.fixture(scope="module")
def tokendesk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tokendesk]:
    """A server with one registered document."""
    folder = tmp_path_factory.mktemp("trusted")
    Registry(folder / "trusted-documents").register({id_of(HELLO): HELLO})
    with live_tokendesk(folder, {"TOKENDESK_TRUSTED_DOCUMENTS": "only"}) as tokendesk:
        yield tokendesk
    assert "Traceback" not in (folder / "server.log").read_text()


async def operate(client: Socket, payload: object) -> list[dict[str, Any]]:
    """What the socket answers to an operation with this payload, up to its end."""
    operation = str(next(client.ids))
    await client.send({"id": operation, "type": "subscribe", "payload": payload})
    answers = [await client.receive()]
    while answers[-1]["type"] == "next":
        answers.append(await client.receive())
    assert {each.pop("id") for each in answers} == {operation}
    return answers


async def test_a_socket_runs_what_is_registered_and_nothing_else(tokendesk: Tokendesk) -> None:
    said = [{"type": "next", "payload": {"data": {"hello": "Query"}}}, {"type": "complete"}]
    async with socket(tokendesk.server.url, bearer=tokendesk.tokens.manager) as client:
        assert await operate(client, {"query": HELLO}) == said
        persisted = {"persistedQuery": {"version": 1, "sha256Hash": id_of(HELLO)[7:]}}
        assert await operate(client, {"extensions": persisted}) == said
        [refused] = await operate(client, {"query": OTHER})
        assert refused["type"] == "error"
        assert [each["extensions"]["code"] for each in refused["payload"]] == [
            "DOCUMENT_NOT_TRUSTED"
        ]
        [unknown] = await operate(client, {"documentId": "other"})
        assert unknown["payload"][0]["extensions"] == {"code": "DOCUMENT_NOT_FOUND"}
        assert await operate(client, {"documentId": id_of(HELLO)}) == said


async def test_an_event_stream_does_too(tokendesk: Tokendesk) -> None:
    headers = {"Accept": "text/event-stream"}
    async with httpx.AsyncClient(base_url=tokendesk.server.url, headers=headers) as client:
        for named in ({"query": HELLO}, {"documentId": id_of(HELLO)}):
            told = await client.post("/graphql", json=named)
            assert told.headers["content-type"].startswith("text/event-stream")
            assert 'data: {"data":{"hello":"Query"}}' in told.text
            told = await client.get("/graphql", params=named)
            assert 'data: {"data":{"hello":"Query"}}' in told.text
        for refused in (
            await client.post("/graphql", json={"query": OTHER}),
            await client.get("/graphql", params={"query": OTHER}),
        ):
            assert refused.status_code == 403
            [error] = refused.json()["errors"]
            assert error["extensions"] == {"code": "DOCUMENT_NOT_TRUSTED"}
