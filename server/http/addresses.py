"""Addresses: those that headers name, and the one that a request is for.

Whatever a client puts there, reading it is no error.
"""

from typing import Final
from urllib.parse import SplitResult, quote, urlsplit

from starlette.requests import HTTPConnection

LONGEST: Final = 8_192
"""Characters; no page of ours has an address as long."""
_PLAIN: Final = "/:@!$&'()*+,;="
_NONE: Final = SplitResult("", "", "", "", "")


def read_address(text: str) -> SplitResult:
    """The parts of an address; empty ones where it is none, or far too long."""
    try:
        return urlsplit(text) if len(text) <= LONGEST else _NONE
    except ValueError:
        return _NONE


def path_of(connection: HTTPConnection) -> str:
    """The path that was asked for, as it can stand in an address."""
    path: str = connection.scope["path"]
    return quote(path, safe=_PLAIN, errors="replace")


def query_of(connection: HTTPConnection) -> str:
    """The query as it was sent, without its question mark; each byte is a character."""
    query: bytes = connection.scope["query_string"]
    return query.decode("latin-1")


def safe_path(target: str, otherwise: str) -> str:
    """A path on this origin, never another site: `//host` and `/\\host` lead away."""
    away = not target.startswith("/") or target[1:2] in {"/", "\\"}
    return otherwise if away or not target.isprintable() else target
