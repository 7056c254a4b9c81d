"""URLs: parsing those in headers, and reading the one that was requested.

Client input never makes these functions raise.
"""

from typing import Final
from urllib.parse import SplitResult, quote, urlsplit

from starlette.requests import HTTPConnection

LONGEST: Final = 8_192
"""Characters; no URL of Tokendesk is as long."""
_PLAIN: Final = "/:@!$&'()*+,;="
_NONE: Final = SplitResult("", "", "", "", "")


def read_address(text: str) -> SplitResult:
    """Split a URL into its parts; all are empty if it is malformed or longer than `LONGEST`."""
    try:
        return urlsplit(text) if len(text) <= LONGEST else _NONE
    except ValueError:
        return _NONE


def path_of(connection: HTTPConnection) -> str:
    """Return the requested path, percent-encoded for use in a URL."""
    path: str = connection.scope["path"]
    return quote(path, safe=_PLAIN, errors="replace")


def query_of(connection: HTTPConnection) -> str:
    """Return the raw query string without its question mark, decoded as Latin-1."""
    query: bytes = connection.scope["query_string"]
    return query.decode("latin-1")


def safe_path(target: str, otherwise: str) -> str:
    """Return `target` if it is a printable path on this origin, else `otherwise`.

    `//host` and `/\\host` are not: browsers follow them to another site.
    """
    away = not target.startswith("/") or target[1:2] in {"/", "\\"}
    return otherwise if away or not target.isprintable() else target
