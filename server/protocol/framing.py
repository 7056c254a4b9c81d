"""Whether a request's head leaves no doubt where its body ends (RFC 9112, sections 3.2 and 6).

What llhttp refuses by itself is not repeated here: a length given twice, in any other form than
digits, or beside a transfer coding; folded lines, bare LF or CR, blanks before a colon; a chunk's
size that is no hexadecimal number.
"""

from collections.abc import Iterable
from typing import Final, NamedTuple

from uvicorn.protocols.http.httptools_impl import STATUS_LINE

UNUSUAL: Final = frozenset({b"transfer-encoding", b"expect"})
"""Headers of a request that is not answered before it has been looked at as a whole."""

_TRANSFER_ENCODING: Final = b"transfer-encoding"
_BODILY: Final = frozenset({_TRANSFER_ENCODING, b"content-length"})
_VERSIONS: Final = frozenset({"1.0", "1.1"})


class Fault(NamedTuple):
    """Why a request is refused without a look at what it wants; the connection ends with it."""

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
    """What is wrong with a head; names are in small letters.

    Where the sender asks for another protocol, the parser takes no body: one that is announced
    would be read as the next request.
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
    """The refusal as it is written."""
    body = fault.text.encode()
    lines = [
        *headers,
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
    ]
    head = b"".join(name + b": " + value + b"\r\n" for name, value in lines)
    return STATUS_LINE[fault.status] + head + b"\r\n" + body
