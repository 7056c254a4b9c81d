"""What a client sends over a socket: the protocol kept to the letter, whatever comes."""

import logging
from typing import Any

import pytest

from tests.schema.streaming import Socket

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""The protocol does not know on which database it is spoken."""

VIEWER = "{ viewer { name } }"


@pytest.mark.parametrize(
    ("payload", "message"),
    [
        ({"query": "{ viewer"}, "Syntax Error: Expected Name, found <EOF>."),
        ({"query": "{ viewr { name } }"}, "Cannot query field 'viewr' on type 'Query'."),
        ({"query": "query A { viewer { name } }", "operationName": "B"}, "Unknown operation"),
        (
            {"query": "query ($id: ID!) { apiToken(id: $id) { id } }"},
            "Variable '$id' has invalid value",
        ),
        ({"query": 1}, "The parameter query must be a string or null."),
        ({"query": VIEWER, "variables": []}, "The parameter variables must be an object or null."),
        ({"query": VIEWER, "operationName": 1}, "The parameter operationName must be a string"),
        ({"query": VIEWER, "extensions": "x"}, "The parameter extensions must be an object"),
        ({}, "Send the operation's text as query, or the id of a document."),
        ({"documentId": "unknown"}, "No document is registered under this documentId."),
    ],
)
async def test_what_is_wrong_with_an_operation_ends_it_alone(
    payload: dict[str, Any], message: str, client: Socket, caplog: pytest.LogCaptureFixture
) -> None:
    await client.send({"type": "subscribe", "id": "1", "payload": payload})
    answer = await client.receive()
    [error] = answer.pop("payload")
    assert answer == {"type": "error", "id": "1"}
    assert error["message"].startswith(message)
    assert await client.works()
    assert errors_in(caplog) == []


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        ("{", "WebSocket message must be valid JSON"),
        ("[" * 100_000, "WebSocket message must be valid JSON"),
        ("1" * 5_000, "WebSocket message must be valid JSON"),
        ("null", "A message must be an object with a type"),
        ("1", "A message must be an object with a type"),
        ('"x"', "A message must be an object with a type"),
        ("[]", "A message must be an object with a type"),
        ("{}", "A message must be an object with a type"),
        ('{"type": ["subscribe"]}', "A message must be an object with a type"),
        ('{"type": "start"}', "Unknown message type: start"),
        ('{"type": "subscribe"}', "A message of type subscribe needs id"),
        ('{"type": "subscribe", "id": []}', "A message of type subscribe needs id"),
        ('{"type": "subscribe", "id": "1"}', "A message of type subscribe needs payload"),
        ('{"type": "subscribe", "id": "1", "payload": []}', "A message of type subscribe needs"),
        ('{"type": "complete", "id": {}}', "A message of type complete needs id"),
        (b"{}", "WebSocket message type must be text"),
    ],
)
async def test_what_is_no_message_closes_the_socket(
    message: str | bytes, reason: str, client: Socket, caplog: pytest.LogCaptureFixture
) -> None:
    await client.connection.send(message)
    code, told = await client.closed()
    assert (code, told.startswith(reason)) == (4400, True), told
    assert errors_in(caplog) == []


async def test_a_long_reason_is_cut(client: Socket) -> None:
    await client.send({"type": "ü" * 300})
    code, reason = await client.closed()
    assert (code, reason) == (4400, ("Unknown message type: " + "ü" * 300)[: 22 + 50])


async def test_a_message_may_have_a_mebibyte(client: Socket) -> None:
    await client.send({"type": "ping", "payload": {"x": "x" * (1024 * 1024 - 100)}})
    assert await client.receive() == {"type": "pong"}
    await client.send({"type": "ping", "payload": {"x": "x" * 1024 * 1024}})
    assert (await client.closed())[0] == 1009


def errors_in(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What was logged as an error."""
    return [each.getMessage() for each in caplog.records if each.levelno >= logging.ERROR]
