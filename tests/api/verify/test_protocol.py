"""What the server's own protocol answers at once is what the application answers, on any wire."""

import socket
from collections.abc import Iterator
from typing import Final

import httpx
import pytest

from tests.support.live_tokens import Tokendesk, live_tokendesk

PROXY: Final = {"TOKENDESK_TRUSTED_PROXIES": "127.0.0.1"}


@pytest.fixture(scope="module")
def tokendesk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tokendesk]:
    with live_tokendesk(tmp_path_factory.mktemp("tokendesk") / "data", PROXY) as tokendesk:
        yield tokendesk


Reply = tuple[bytes, frozenset[bytes], bytes]
"""Status line, the lines of the head without the date, and the body."""


class Wire:
    """One connection; it reads exactly one answer for each request."""

    def __init__(self, tokendesk: Tokendesk) -> None:
        self._socket = socket.create_connection(("127.0.0.1", tokendesk.port), timeout=30)
        self._answers = self._socket.makefile("rb")

    def send(self, *requests: bytes) -> None:
        self._socket.sendall(b"".join(requests))

    def answer(self, *, body: bool = True) -> Reply:
        status, *lines = iter(lambda: self._answers.readline().rstrip(b"\r\n"), b"")
        lengths = [each.split()[1] for each in lines if each.startswith(b"content-length:")]
        content = self._answers.read(int(lengths[0])) if body else b""
        return status, frozenset(x for x in lines if not x.startswith(b"date:")), content

    def ask(self, request: bytes, *, body: bool = True) -> Reply:
        self.send(request)
        return self.answer(body=body)

    def is_closed(self) -> bool:
        return self._answers.read() == b""

    def close(self) -> None:
        self._answers.close()
        self._socket.close()


@pytest.fixture
def wire(tokendesk: Tokendesk) -> Iterator[Wire]:
    wire = Wire(tokendesk)
    yield wire
    wire.close()


def request(
    value: str, *lines: str, method: str = "GET", scheme: str = "Bearer", version: str = "1.1"
) -> bytes:
    head = [f"{method} /verify HTTP/{version}", "Host: desk.test", *lines]
    return "\r\n".join([*head, f"Authorization: {scheme} {value}", "", ""]).encode()


def test_both_ways_answer_alike(tokendesk: Tokendesk, wire: Wire) -> None:
    """A scheme in small letters is answered by the application alone."""
    tokens = tokendesk.tokens
    for value in (tokens.billing, tokens.expiring, tokens.billing[:-1] + "-", "x", "ä"):
        first, again = (wire.ask(request(value)) for _ in range(2))
        behind = wire.ask(request(value, scheme="bearer"))
        assert first == again == behind
        assert b"cache-control: no-store" in again[1]


def test_every_form_of_a_request_is_answered_and_leaves_the_connection_right(
    tokendesk: Tokendesk, wire: Wire
) -> None:
    value = tokendesk.tokens.billing
    expected = wire.ask(request(value))
    assert expected[0] == b"HTTP/1.1 200 OK"
    plain = request(value)
    with_body = request(value, "Content-Length: 5", method="POST") + b"hello"
    chunked = (
        request(value, "Transfer-Encoding: chunked", method="PUT") + b"5\r\nhello\r\n0\r\n\r\n"
    )
    slow = b"GET /healthz HTTP/1.1\r\nHost: desk.test\r\n\r\n"
    wire.send(plain, with_body, chunked, plain, slow, plain, plain)  # pipelined
    answers = [wire.answer() for _ in range(7)]
    assert [each == expected for each in answers] == [True, True, True, True, False, True, True]
    wire.send(plain[:30])  # in pieces
    wire.send(plain[30:-3])
    assert wire.ask(plain[-3:]) == expected
    head = wire.ask(request(value, method="HEAD"), body=False)
    assert head[:2] == expected[:2]
    waiting = request(value, "Content-Length: 5", "Expect: 100-continue", method="POST")
    assert wire.ask(waiting + b"hello") == expected
    last = wire.ask(request(value, "Connection: close"))
    assert last == (expected[0], expected[1] | {b"connection: close"}, expected[2])
    assert wire.is_closed()


def test_an_older_client_is_answered_and_let_go(tokendesk: Tokendesk, wire: Wire) -> None:
    status, lines, body = wire.ask(request(tokendesk.tokens.billing, version="1.0"))
    assert (status.split()[1], b"connection: close" in lines) == (b"200", True)
    assert tokendesk.tokens.billing_id.encode() in body
    assert wire.is_closed()


def test_a_use_through_a_trusted_proxy_bears_the_callers_address(
    tokendesk: Tokendesk, wire: Wire
) -> None:
    value, token_id = tokendesk.tokens.catalog, None
    for _ in range(3):  # the last ones are answered at once
        told = wire.ask(request(value, "X-Forwarded-For: 203.0.113.9", "User-Agent: first/1"))
        token_id = next(x for x in told[1] if x.startswith(b"x-token-id")).split()[1].decode()
    query = f'{{ tokenUsage(id: "{token_id}") {{ lastCalls {{ address userAgent }} }} }}'
    manager = {"Authorization": f"Bearer {tokendesk.tokens.manager}"}
    with httpx.Client(base_url=tokendesk.server.url, headers=manager) as client:
        while not (calls := asked(client, query)):
            pass  # it is written behind
    assert calls == [{"address": "203.0.113.9", "userAgent": "first/1"}]


def asked(client: httpx.Client, query: str) -> list[dict[str, str]]:
    answer = client.post("/graphql", json={"query": query}).json()
    calls: list[dict[str, str]] = answer["data"]["tokenUsage"]["lastCalls"]
    return calls
