"""The session cookie, which scripts cannot read, and the notice shown after a redirect."""

from typing import Final
from urllib.parse import quote, unquote

from starlette.requests import HTTPConnection
from starlette.responses import Response

from server.settings import Settings

NOTICE: Final = "tokendesk-notice"
LONGEST_NOTICE: Final = 500
_NOTICE_SECONDS: Final = 30
_LONGEST_SENT: Final = 12 * LONGEST_NOTICE
"""Characters of an encoded notice: a character takes up to four bytes, a byte three (`%F0`)."""


def cookie_name(settings: Settings) -> str:
    """Return the session cookie's name, with the prefix `__Host-` if the desk is served over https.

    With the prefix, no other host or path can set the cookie (RFC 6265bis).
    """
    return "__Host-tokendesk" if settings.uses_https else "tokendesk"


def read_cookie(request: HTTPConnection, settings: Settings) -> str:
    """Return the session cookie's value; empty if there is none."""
    return cookie_value(request, cookie_name(settings))


def set_cookie(answer: Response, value: str, settings: Settings) -> None:
    """Set the session cookie."""
    answer.set_cookie(
        cookie_name(settings), value, httponly=True, samesite="lax", secure=settings.uses_https
    )


def clear_cookie(answer: Response, settings: Settings) -> None:
    """Delete the session cookie."""
    answer.delete_cookie(
        cookie_name(settings), httponly=True, samesite="lax", secure=settings.uses_https
    )


def leave_notice(answer: Response, text: str) -> None:
    """Set a notice, at most 500 characters long, that the next page shows once."""
    value = quote(text[:LONGEST_NOTICE])
    answer.set_cookie(NOTICE, value, max_age=_NOTICE_SECONDS, httponly=True, samesite="strict")


def read_notice(request: HTTPConnection) -> str | None:
    """Return the notice that the previous response set; None if there is none."""
    return unquote(cookie_value(request, NOTICE)[:_LONGEST_SENT])[:LONGEST_NOTICE] or None


def clear_notice(answer: Response) -> None:
    """Delete the notice after it was shown."""
    answer.delete_cookie(NOTICE, httponly=True, samesite="strict")


def cookie_value(request: HTTPConnection, name: str) -> str:
    """Return the value of the last cookie of this name; empty if there is none.

    `request.cookies` is not used: it unquotes every cookie in time quadratic in the cookie's
    length. Values that the desk sets need no unquoting beyond the outer quotes.
    """
    found = ""
    for header in request.headers.getlist("cookie"):
        for pair in header.split(";"):
            key, _, value = pair.partition("=")
            if key.strip() == name:
                found = value.strip()
    is_quoted = len(found) > 1 and found[0] == found[-1] == '"'
    return found[1:-1] if is_quoted else found
