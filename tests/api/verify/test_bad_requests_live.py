"""Bytes that only a socket can send: refused, and the server lives on."""

import socket
from collections.abc import Iterator

import pytest

from tests.support.live_tokens import Tokendesk, live_tokendesk

REFUSED = {
    "/verify": b'{"active":false,"error":"The token is invalid."}',
    "/graphql": (
        b'{"errors":[{"message":"The token is invalid.","extensions":{"code":"SIGN_IN_NEEDED"}}]}'
    ),
    "/oauth/introspect": (b'{"error":"invalid_token","error_description":"The token is invalid."}'),
}
BODIES = {
    "/verify": b"",
    "/graphql": b'{"query": "{ enabledModules { id } }"}',
    "/oauth/introspect": b"token=x",
}
TYPES = {
    "/verify": b"text/plain",
    "/graphql": b"application/json",
    "/oauth/introspect": b"application/x-www-form-urlencoded",
}


@pytest.fixture(scope="module")
def tokendesk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tokendesk]:
    with live_tokendesk(tmp_path_factory.mktemp("tokendesk") / "data") as tokendesk:
        yield tokendesk


def send(tokendesk: Tokendesk, path: str, *lines: bytes) -> tuple[int, list[bytes], bytes]:
    """The status, the head without its date, and the body that the bytes are answered with."""
    body = BODIES[path]
    head = [
        b"POST " + path.encode() + b" HTTP/1.1",
        b"Host: desk.test",
        b"Connection: close",
        b"Content-Type: " + TYPES[path],
        b"Content-Length: " + str(len(body)).encode(),
        *lines,
    ]
    with socket.create_connection(("127.0.0.1", tokendesk.port), timeout=30) as connection:
        connection.sendall(b"\r\n".join(head) + b"\r\n\r\n" + body)
        with connection.makefile("rb") as answer:
            top, _, rest = answer.read().partition(b"\r\n\r\n")
    status, *headers = top.split(b"\r\n")
    kept = [line for line in headers if not line.lower().startswith(b"date:")]
    return int(status.split()[1]), kept, rest


@pytest.mark.parametrize("path", REFUSED)
def test_every_kind_of_bytes_is_refused_alike_and_the_server_lives(
    tokendesk: Tokendesk, path: str
) -> None:
    mine = tokendesk.tokens.billing.encode()
    right = b"Authorization: Bearer " + mine
    assert send(tokendesk, path, right)[0] == 200
    answers = [
        send(tokendesk, path, *lines)
        for lines in (
            [b"Authorization: Bearer x"],
            [b"Authorization: Bearer " + b"x" * 50_000],
            [b"Authorization: Bearer " + mine + b"0" * 50_000],
            [b"Authorization: " + b"Bearer " * 7_000],
            [b"Authorization: Bearer \xff\xfe"],
            [b"Authorization: Bearer " + "é".encode()],
            [b"Authorization: Bearer " + mine + b"\xff"],
            [b"Authorization: Basic " + mine],
            [b"Authorization:"],
            [right, right],
            [right, b"authorization: Bearer x"],
            [right[:-1]],
        )
    ]
    assert {(status, body) for status, _, body in answers} == {(401, REFUSED[path])}
    assert len({tuple(head) for _, head, _ in answers}) == 1
    assert send(tokendesk, path, b"aUTHORIZATION:bearer   " + mine + b"  ")[0] == 200


@pytest.mark.parametrize("path", REFUSED)
def test_what_is_no_http_is_answered_without_a_word_about_the_token(
    tokendesk: Tokendesk, path: str
) -> None:
    mine = tokendesk.tokens.billing.encode()
    right = b"Authorization: Bearer " + mine
    for lines in (
        [b"Authorization: Bearer \x00"],
        [right + b"\x00"],
        [right[:40] + b"\x00" + right[40:]],
        [right, b"X-Other: \x00"],
        [b"Author\x00ization: Bearer " + mine],
        [right + b"\x01"],
    ):
        status, _, body = send(tokendesk, path, *lines)
        assert status in {400, 401}
        assert mine not in body
        assert send(tokendesk, path, right)[0] == 200
