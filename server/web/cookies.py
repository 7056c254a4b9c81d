"""Cookies: the session, out of scripts' reach, and a notice for the page after a redirect."""

from typing import Final
from urllib.parse import quote, unquote

from starlette.requests import HTTPConnection
from starlette.responses import Response

from server.settings import Settings

NOTICE: Final = "tokendesk-notice"
LONGEST_NOTICE: Final = 500
_NOTICE_SECONDS: Final = 30


def cookie_name(settings: Settings) -> str:
    """`__Host-` where https makes it possible: no other host or path can set it (RFC 6265bis)."""
    return "__Host-tokendesk" if settings.uses_https else "tokendesk"


def read_cookie(request: HTTPConnection, settings: Settings) -> str:
    """The session cookie's value; empty when there is none."""
    return request.cookies.get(cookie_name(settings), "")


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
    return unquote(request.cookies.get(NOTICE, ""))[:LONGEST_NOTICE] or None


def clear_notice(answer: Response) -> None:
    """It was said."""
    answer.delete_cookie(NOTICE, httponly=True, samesite="strict")
