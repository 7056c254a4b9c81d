"""Where a request ends is beyond doubt, or it is refused before anything is done (RFC 9112, 6)."""

import socket
from collections.abc import Iterator

import pytest

from tests.api.protocol.raw import connected, exchange, statuses
from tests.support.live_tokens import Tokendesk, live_tokendesk


@pytest.fixture(scope="module")
def tokendesk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tokendesk]:
    with live_tokendesk(tmp_path_factory.mktemp("tokendesk") / "data") as tokendesk:
        yield tokendesk


def request(
    *lines: bytes, path: bytes = b"/verify", method: bytes = b"POST", version: bytes = b"1.1"
) -> bytes:
    top = method + b" " + path + b" HTTP/" + version
    return b"\r\n".join([top, b"Host: desk.test", *lines, b"", b""])


CHUNKED = b"Transfer-Encoding: chunked"
SMUGGLED = b"GET /healthz HTTP/1.1\r\nHost: desk.test\r\n\r\n"

UNCLEAR = {
    "coding and length": (400, [CHUNKED, b"Content-Length: 5"]),
    "length and coding": (400, [b"Content-Length: 5", CHUNKED]),
    "two lengths": (400, [b"Content-Length: 5", b"Content-Length: 5"]),
    "two different lengths": (400, [b"Content-Length: 5", b"Content-Length: 6"]),
    "a list of lengths": (400, [b"Content-Length: 5, 5"]),
    "a length with a sign": (400, [b"Content-Length: +5"]),
    "a negative length": (400, [b"Content-Length: -5"]),
    "a hexadecimal length": (400, [b"Content-Length: 0x5"]),
    "an empty length": (400, [b"Content-Length:"]),
    "a length beyond all numbers": (400, [b"Content-Length: 99999999999999999999"]),
    "a blank before the colon": (400, [b"Content-Length : 5"]),
    "a coding with a blank before the colon": (400, [b"Transfer-Encoding : chunked"]),
    "an unknown coding": (501, [b"Transfer-Encoding: xchunked"]),
    "a quoted coding": (501, [b'Transfer-Encoding: "chunked"']),
    "another coding before": (501, [b"Transfer-Encoding: gzip, chunked"]),
    "identity": (501, [b"Transfer-Encoding: identity"]),
    "chunked twice": (400, [b"Transfer-Encoding: chunked, chunked"]),
    "chunked in two headers": (400, [CHUNKED, CHUNKED]),
    "chunked, then another": (400, [CHUNKED, b"Transfer-Encoding: identity"]),
    "another, then chunked": (501, [b"Transfer-Encoding: gzip", CHUNKED]),
    "an empty coding": (400, [b"Transfer-Encoding:"]),
    "a folded coding": (400, [b"Transfer-Encoding:\r\n chunked"]),
    "a coding with a control character": (400, [b"Transfer-Encoding: \x0bchunked"]),
    "a bare line feed": (400, [b"X-A: b\nContent-Length: 5"]),
    "a bare carriage return": (400, [b"X-A: b\rContent-Length: 5"]),
    "another protocol with a body": (
        400,
        [b"Connection: upgrade", b"Upgrade: h2c", b"Content-Length: 5"],
    ),
    "another protocol with chunks": (400, [b"Connection: upgrade", b"Upgrade: h2c", CHUNKED]),
    "two hosts": (400, [b"Host: other.test", b"Transfer-Encoding: chunked"]),
}


@pytest.mark.parametrize("path", [b"/verify", b"/verify?module=MOD-2001", b"/healthz"])
@pytest.mark.parametrize("case", UNCLEAR)
def test_an_unclear_request_is_refused_alone(tokendesk: Tokendesk, case: str, path: bytes) -> None:
    """One answer: neither is it answered before it is refused, nor is its body a request."""
    status, lines = UNCLEAR[case]
    right = b"Authorization: Bearer " + tokendesk.tokens.billing.encode()
    for method in (b"POST", b"GET"):
        sent = request(right, *lines, path=path, method=method)
        answers = exchange(tokendesk.port, sent + b"0\r\n\r\n" + SMUGGLED)
        assert statuses(answers) == [status], answers
        assert b"connection: close" in answers
        assert tokendesk.tokens.billing_id.encode() not in answers


@pytest.mark.parametrize("path", [b"/verify", b"/healthz"])
@pytest.mark.parametrize(
    ("version", "status"), [(b"0.9", 505), (b"1.2", 400), (b"2.0", 505), (b"9.9", 400)]
)
def test_another_version_is_not_spoken(
    tokendesk: Tokendesk, version: bytes, status: int, path: bytes
) -> None:
    answers = exchange(tokendesk.port, request(path=path, method=b"GET", version=version))
    assert statuses(answers) == [status]


def test_an_older_client_sends_no_chunks(tokendesk: Tokendesk) -> None:
    sent = request(CHUNKED, version=b"1.0") + b"0\r\n\r\n" + SMUGGLED
    assert statuses(exchange(tokendesk.port, sent)) == [400]


@pytest.mark.parametrize("hosts", [[], [b"Host: a.test", b"Host: b.test"]])
def test_the_application_gets_one_host(tokendesk: Tokendesk, hosts: list[bytes]) -> None:
    sent = b"\r\n".join([b"GET /sign-in HTTP/1.1", *hosts, b"", b""])
    assert statuses(exchange(tokendesk.port, sent)) == [400]


BROKEN_CHUNKS = {
    "a size with 0x": b"0x1\r\nx\r\n0\r\n\r\n",
    "a size beyond all numbers": b"fffffffffffffffffffff\r\nx\r\n0\r\n\r\n",
    "a negative size": b"-1\r\nx\r\n0\r\n\r\n",
    "a blank after the size": b"1 \r\nx\r\n0\r\n\r\n",
    "bare line feeds": b"1\nx\n0\n\n",
    "a bare line feed in an extension": b"1;a=b\nx\r\n0\r\n\r\n",
    "a bare carriage return in an extension": b"1;a\rb\r\nx\r\n0\r\n\r\n",
    "more data than the size": b"1\r\nxyz\r\n0\r\n\r\n",
}


@pytest.mark.parametrize("case", BROKEN_CHUNKS)
@pytest.mark.parametrize("path", [b"/verify", b"/oauth/introspect"])
def test_nothing_is_heard_after_a_broken_chunk(
    tokendesk: Tokendesk, case: str, path: bytes
) -> None:
    sent = request(CHUNKED, path=path) + BROKEN_CHUNKS[case] + SMUGGLED
    assert len(statuses(exchange(tokendesk.port, sent))) == 1


@pytest.mark.parametrize("path", [b"/verify", b"/verify?module=MOD-2001", b"/oauth/introspect"])
@pytest.mark.parametrize("at_once", [True, False])
def test_a_trailer_is_no_header(tokendesk: Tokendesk, path: bytes, at_once: bool) -> None:
    right = b"Authorization: Bearer " + tokendesk.tokens.billing.encode()
    head = request(CHUNKED, b"Trailer: Authorization", b"Connection: close", path=path)
    rest = b"1;a=b\r\nx\r\n0\r\n" + right + b"\r\n\r\n"
    answers = exchange(tokendesk.port, *([head + rest] if at_once else [head, rest]))
    assert statuses(answers) == [401]
    assert tokendesk.tokens.billing_id.encode() not in answers


def test_a_fault_behind_fine_requests_is_no_answer_to_them(tokendesk: Tokendesk) -> None:
    """Where one is still being answered, the refusal does not come in its place."""
    right = b"Authorization: Bearer " + tokendesk.tokens.billing.encode()
    fine = request(right, path=b"/verify?module=MOD-2001", method=b"GET")
    answers = exchange(tokendesk.port, fine + b"\x00nonsense\r\n\r\n" + SMUGGLED)
    assert statuses(answers) == [200]
    assert tokendesk.tokens.billing_id.encode() in answers


def test_no_more_than_a_hundred_requests_wait(tokendesk: Tokendesk) -> None:
    with connected(tokendesk.port) as connection:
        connection.sendall(SMUGGLED * 1_000)
        connection.shutdown(socket.SHUT_WR)
        received = bytearray()
        while piece := connection.recv(65536):
            received += piece
    assert 1 <= len(statuses(bytes(received))) <= 102


def test_another_protocol_is_a_mere_wish(tokendesk: Tokendesk) -> None:
    """It is answered as if it were not wished for, and what follows is not taken for a request."""
    right = b"Authorization: Bearer " + tokendesk.tokens.billing.encode()
    sent = request(right, b"Connection: upgrade", b"Upgrade: h2c", method=b"GET")
    assert statuses(exchange(tokendesk.port, sent + SMUGGLED)) == [200]
