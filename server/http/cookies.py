"""Cookies: the session, out of scripts' reach, and a notice for the page after a redirect."""

from typing import Final
from urllib.parse import quote, unquote

from starlette.requests import HTTPConnection
from starlette.responses import Response

from server.settings import Settings

NOTICE: Final = "tokendesk-notice"
LONGEST_NOTICE: Final = 500
_NOTICE_SECONDS: Final = 30
_LONGEST_SENT: Final = 12 * LONGEST_NOTICE
"""Characters of a notice as it is sent: a character may take four bytes, a byte `%F0`."""


def cookie_name(settings: Settings) -> str:
    """`__Host-` where https makes it possible: no other host or path can set it (RFC 6265bis)."""
    return "__Host-tokendesk" if settings.uses_https else "tokendesk"


def read_cookie(request: HTTPConnection, settings: Settings) -> str:
    """The session cookie's value; empty when there is none."""
    return _value(request, cookie_name(settings))


def set_cookie(answer: Response, value: str, settings: Settings) -> None:
    """Hand the browser a session."""
    answer.set_cookie(
        cookie_name(settings), value, httponly=True, samesite="lax", secure=settings.uses_https
    )


def clear_cookie(answer: Response, settings: Settings) -> None:
    """Take the session away."""
    answer.delete_cookie(
        cookie_name(settings), httponly=True, samesite="lax", secure=settings.uses_https
    )


def leave_notice(answer: Response, text: str) -> None:
    """Leave a message that the next page says once."""
    value = quote(text[:LONGEST_NOTICE])
    answer.set_cookie(NOTICE, value, max_age=_NOTICE_SECONDS, httponly=True, samesite="strict")


def read_notice(request: HTTPConnection) -> str | None:
    """The message that the page before this one left."""
    return unquote(_value(request, NOTICE)[:_LONGEST_SENT])[:LONGEST_NOTICE] or None


def clear_notice(answer: Response) -> None:
    """It was said."""
    answer.delete_cookie(NOTICE, httponly=True, samesite="strict")


def _value(request: HTTPConnection, name: str) -> str:
    """What the last cookie of this name holds; empty when there is none.

    Not by `request.cookies`: that undoes the quoting of every cookie, in a time that grows with
    the square of its length. What this module sets holds nothing that needs more than quotes.
    """
    found = ""
    for header in request.headers.getlist("cookie"):
        for pair in header.split(";"):
            key, _, value = pair.partition("=")
            if key.strip() == name:
                found = value.strip()
    is_quoted = len(found) > 1 and found[0] == found[-1] == '"'
    return found[1:-1] if is_quoted else found
