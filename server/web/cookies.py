"""The session cookie: out of scripts' reach, and sent to this origin alone."""

from starlette.requests import Request
from starlette.responses import Response

from server.settings import Settings


def cookie_name(settings: Settings) -> str:
    """`__Host-` where https makes it possible: no other host or path can set it (RFC 6265bis)."""
    return "__Host-tokendesk" if settings.uses_https else "tokendesk"


def read_cookie(request: Request, settings: Settings) -> str:
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
