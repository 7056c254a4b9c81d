"""Checks that a request's head leaves no doubt where its body ends (RFC 9112, sections 3.2 and 6).

llhttp itself refuses these, so they are not checked here: a Content-Length that is repeated, not
made of digits, or beside a Transfer-Encoding; folded lines, bare LF or CR, whitespace before a
colon; a chunk size that is not hexadecimal.
"""

from collections.abc import Iterable
from typing import Final, NamedTuple

from uvicorn.protocols.http.httptools_impl import STATUS_LINE

UNUSUAL: Final = frozenset({b"transfer-encoding", b"expect"})
"""Headers that keep a request from a fast path, which answers without an ASGI call."""

_TRANSFER_ENCODING: Final = b"transfer-encoding"
_BODILY: Final = frozenset({_TRANSFER_ENCODING, b"content-length"})
_VERSIONS: Final = frozenset({"1.0", "1.1"})


class Fault(NamedTuple):
    """A refusal of a request before routing; the connection closes after it."""

    status: int
    text: str


MALFORMED: Final = Fault(400, "This is no well-formed HTTP request.")
NO_ONE_HOST: Final = Fault(400, "A request names one Host.")
UNCLEAR_LENGTH: Final = Fault(400, "It is not clear where the request's body ends.")
URL_TOO_LONG: Final = Fault(414, "The URL is too long.")
HEAD_TOO_LARGE: Final = Fault(431, "The request's headers are too large.")
TOO_SLOW: Final = Fault(408, "The request came too slowly.")
UNKNOWN_CODING: Final = Fault(501, "The only transfer coding known here is chunked.")
TOO_MANY_WAITING: Final = Fault(503, "Too many requests wait for an answer.")
ENDING: Final = Fault(503, "The server is about to end. Try again.")
UNKNOWN_VERSION: Final = Fault(505, "HTTP/1.1 is spoken here.")


def find_fault(
    headers: Iterable[tuple[bytes, bytes]], version: str, *, upgrades: bool
) -> Fault | None:
    """Return the first fault of a request's head, or None; header names must be in lower case.

    If the client asks to upgrade, the parser reads no body, so an announced body would be parsed as
    the next request.
    """
    hosts, bodily, codings = 0, False, []
    for name, value in headers:
        if name == b"host":
            hosts += 1
        elif name in _BODILY:
            bodily = True
            if name == _TRANSFER_ENCODING:
                codings.append(value.strip().lower())
    if version not in _VERSIONS:
        return UNKNOWN_VERSION
    if hosts > 1 or (hosts == 0 and version == "1.1"):
        return NO_ONE_HOST
    if codings and version == "1.0":
        return UNCLEAR_LENGTH
    if codings and codings != [b"chunked"]:
        return UNKNOWN_CODING
    if bodily and upgrades:
        return UNCLEAR_LENGTH
    return None


def answer_to(fault: Fault, headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    """Return the refusal as the bytes of an HTTP response; `headers` precede its own."""
    body = fault.text.encode()
    lines = [
        *headers,
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
    ]
    head = b"".join(name + b": " + value + b"\r\n" for name, value in lines)
    return STATUS_LINE[fault.status] + head + b"\r\n" + body
