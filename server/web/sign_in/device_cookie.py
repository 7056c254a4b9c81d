"""The cookie that marks a browser from which somebody has signed in before."""

from typing import Final

from starlette.requests import HTTPConnection, Request
from starlette.responses import Response

from server.http.cookies import cookie_value, read_cookie, set_cookie
from server.services.sign_in.known_devices import KNOWN_FOR, Browser
from server.settings import Settings
from server.web.html.request import desk_from, request_origin

_SECONDS: Final = int(KNOWN_FOR.total_seconds())


def device_cookie_name(settings: Settings) -> str:
    """Return the cookie's name, with the prefix `__Host-` under https, as for the session."""
    return "__Host-tokendesk-device" if settings.uses_https else "tokendesk-device"


def browser_of(request: HTTPConnection) -> Browser:
    """Return what identifies a browser at sign-in: its session and its device cookie."""
    settings = request.app.state.desk.settings
    note = cookie_value(request, device_cookie_name(settings))
    return Browser(read_cookie(request, settings), note)


async def begin_session(request: Request, answer: Response, cookie: str) -> None:
    """Set a new session cookie, and a device cookie for the person who signed in."""
    desk = desk_from(request)
    set_cookie(answer, cookie, desk.settings)
    session = await desk.sessions.resume(cookie, request_origin(request))
    if session is None:
        return
    note = desk.known_devices.remember(browser_of(request).device, session.user.email)
    answer.set_cookie(
        device_cookie_name(desk.settings),
        note,
        max_age=_SECONDS,
        httponly=True,
        samesite="strict",
        secure=desk.settings.uses_https,
    )
