"""64 KiB of head, of whatever it consists: more is refused, and never kept."""

import socket
from collections.abc import Iterator
from contextlib import suppress

import pytest

from tests.api.protocol.raw import connected, exchange, read_all, statuses
from tests.benchmarks.processes import memory
from tests.support.live_tokens import Tokendesk, live_tokendesk

KIB = 1024
PATHS = [b"/verify", b"/verify?module=MOD-2001", b"/sign-in", b"/graphql"]


@pytest.fixture(scope="module")
def tokendesk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tokendesk]:
    with live_tokendesk(tmp_path_factory.mktemp("tokendesk") / "data") as tokendesk:
        yield tokendesk


def head(path: bytes, *lines: bytes) -> bytes:
    return b"\r\n".join([b"GET " + path + b" HTTP/1.1", b"Host: desk.test", *lines])


END = b"\r\n\r\n"


def large(kind: str, path: bytes, size: int) -> bytes:
    """A head of about so many bytes."""
    match kind:
        case "one header":
            return head(path, b"X-A: " + b"a" * size)
        case "a header's name":
            return head(path, b"X" * size + b": a")
        case "many headers":
            return head(path, *[b"X-%06d: 1" % number for number in range(size // 13)])
        case "a cookie":
            return head(path, b"Cookie: " + b"a=b;" * (size // 4))
        case _:
            return head(path + (b"&" if b"?" in path else b"?") + b"a" * size)


KINDS = ["one header", "a header's name", "many headers", "a cookie", "the URL"]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_head_of_60_kib_is_read_and_one_of_90_is_refused(
    tokendesk: Tokendesk, kind: str, path: bytes
) -> None:
    fine = large(kind, path, 60 * KIB) + b"\r\nConnection: close" + END
    [status] = statuses(exchange(tokendesk.port, fine))
    assert status not in {414, 431}
    for end in (END, b""):
        [status] = statuses(exchange(tokendesk.port, large(kind, path, 90 * KIB) + end))
        assert status == (414 if kind == "the URL" else 431)


@pytest.mark.parametrize("kind", KINDS)
def test_a_handshake_is_bounded_alike(tokendesk: Tokendesk, kind: str) -> None:
    wish = b"\r\nConnection: upgrade\r\nUpgrade: websocket" + END
    [status] = statuses(exchange(tokendesk.port, large(kind, b"/graphql", 90 * KIB) + wish))
    assert status == (414 if kind == "the URL" else 431)


@pytest.mark.parametrize("path", [b"/verify", b"/oauth/introspect"])
@pytest.mark.parametrize("kind", ["trailers", "one trailer", "an extension", "extensions"])
def test_what_is_around_chunks_is_bounded(tokendesk: Tokendesk, kind: str, path: bytes) -> None:
    """The connection ends, answered before or not, while the client still sends."""
    begin = b"POST " + path + b" HTTP/1.1\r\nHost: desk.test\r\nTransfer-Encoding: chunked" + END
    piece = {
        "trailers": b"X-A: b\r\n" * 2_000,
        "one trailer": b"a" * 16 * KIB,
        "an extension": b"a" * 16 * KIB,
        "extensions": (b"1;" + b"a" * 1_000 + b"\r\nx\r\n") * 16,
    }[kind]
    first = {"trailers": b"0\r\n", "one trailer": b"0\r\nX-A: ", "an extension": b"1;a="}
    with connected(tokendesk.port) as connection:
        connection.sendall(begin + first.get(kind, b""))
        sent = 0
        # A refused client's bytes are dropped for a while, then it is cut off.
        with suppress(BrokenPipeError, ConnectionResetError):
            while sent < 64 * KIB * KIB:
                connection.sendall(piece)
                sent += len(piece)
    assert sent < 16 * KIB * KIB


ENDLESS = {
    "a URL": (b"GET /", b"a" * 64 * KIB),
    "a header's name": (head(b"/sign-in") + b"\r\n", b"X" * 64 * KIB),
    "a header": (head(b"/sign-in", b"X-A: "), b"a" * 64 * KIB),
    "headers": (head(b"/sign-in"), b"\r\nX-Name: a" * 6_000),
    "empty lines": (b"", b"\r\n" * 32 * KIB),
}


@pytest.mark.parametrize("kind", ENDLESS)
def test_an_endless_head_leaves_no_trace_in_memory(tokendesk: Tokendesk, kind: str) -> None:
    pid = tokendesk.server.process.pid
    exchange(tokendesk.port, large("many headers", b"/sign-in", 90 * KIB))
    before = memory(pid)
    begin, piece = ENDLESS[kind]
    with connected(tokendesk.port) as connection, suppress(BrokenPipeError, ConnectionResetError):
        connection.sendall(begin)
        for _ in range(512):
            connection.sendall(piece)
    assert memory(pid) - before < 8 * KIB * KIB


def test_headers_in_small_pieces_are_counted(tokendesk: Tokendesk) -> None:
    with connected(tokendesk.port) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.sendall(head(b"/verify"))
        with suppress(BrokenPipeError, ConnectionResetError):
            for number in range(200):
                connection.sendall(b"\r\nX-%d: " % number + b"a" * 1_000)
        assert statuses(read_all(connection)) == [431]
