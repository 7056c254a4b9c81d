"""Errors of the HTML face: a status, and a page or dialog with links to go on."""

import logging
import math
from collections.abc import Callable, Mapping
from typing import Any, Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from server.domain.errors import (
    ChangesMissed,
    ConfirmPassword,
    DomainError,
    Expired,
    IllegalTransition,
    Invalid,
    NotAllowed,
    NotFound,
    SignInNeeded,
    Stale,
    Taken,
    TooMany,
    TooSlow,
    Unavailable,
)
from server.domain.i18n.messages import Message
from server.http.addresses import path_of, query_of, read_address, safe_path
from server.http.pages.i18n import gettext as _
from server.http.pages.templates import Htmx, html
from server.services.sign_in.sessions import SignedIn
from server.web.html.request import desk_from, resume, viewer

log = logging.getLogger("tokendesk")

STATUS: Final[dict[type[DomainError], int]] = {
    Invalid: 422,
    NotFound: 404,
    NotAllowed: 403,
    SignInNeeded: 401,
    ConfirmPassword: 422,
    IllegalTransition: 409,
    Stale: 409,
    Taken: 409,
    Expired: 410,
    TooMany: 429,
    Unavailable: 503,
    ChangesMissed: 503,
    TooSlow: 503,
}

TELL: Final = {
    400: (Message("Bad request"), Message("The request could not be understood.")),
    401: (Message("Sign in"), Message("Sign in to go on.")),
    403: (Message("Not allowed"), Message("You may not do this.")),
    404: (
        Message("Not found"),
        Message("There is nothing at this address, or it is not yours to see."),
    ),
    405: (Message("Not possible"), Message("This address does not take that kind of request.")),
    409: (Message("Not possible now"), Message("The state of things does not allow this.")),
    410: (Message("Gone"), Message("This was here, but its time is over.")),
    413: (
        Message("Too large"),
        Message("What was sent is too large. A logo can have at most 5 MB."),
    ),
    422: (Message("There is a problem"), Message("Something in the form is wrong.")),
    429: (Message("Too many attempts"), Message("Wait a while and try again.")),
    500: (
        Message("Something went wrong"),
        Message("This is our fault. Nothing was changed by halves. Try again."),
    ),
    503: (
        Message("Not available"),
        Message("Tokendesk cannot reach its storage right now. Try again in a moment."),
    ),
}
HOME: Final = "/settings/api-tokens"
LATER: Final = frozenset({429, 500, 503})
"""Statuses with which the same request may succeed later."""

Way = dict[str, str]

ErrorWriter = Callable[[Request, int, str, Mapping[str, str]], Response]
"""Writes an error in another face's format, from the request, status, message and headers."""


async def refusal_page(request: Request, refusal: DomainError) -> Response:
    """Render a refusal that no view handled."""
    status = STATUS[type(refusal)]
    return await framed_error_page(request, status, refusal.message, retry_after(refusal))


def retry_after(refusal: DomainError | None) -> dict[str, str]:
    """Return the Retry-After header if the refusal knows when to retry."""
    if isinstance(refusal, TooMany):
        return {"Retry-After": str(math.ceil(refusal.retry_after.total_seconds()))}
    return {}


async def http_error_page(request: Request, error: HTTPException) -> Response:
    """Render Starlette's errors: unknown paths, wrong methods, too large or malformed bodies."""
    headers = dict(error.headers or {})
    return await framed_error_page(request, error.status_code, headers=headers)


def unavailable_page(request: Request) -> Response:
    """Render a storage failure without any detail."""
    return error_page(request, 503, "", {"Retry-After": "5"})


async def framed_error_page(
    request: Request, status: int, message: str = "", headers: Mapping[str, str] | None = None
) -> Response:
    """Render `error_page` with the navigation, if somebody is signed in."""
    session = None
    if _writer(request) is None and status not in {401, 503}:
        try:
            session = await resume(request)
        except Exception:
            # The original error matters more and can be shown without the navigation.
            log.exception("an error page cannot tell who is signed in")
    return error_page(request, status, message, headers, session)


def error_page(
    request: Request,
    status: int,
    message: str = "",
    headers: Mapping[str, str] | None = None,
    session: SignedIn | None = None,
) -> Response:
    """Render an error in the format of its URL: another face's, the wizard's dialog, or a page."""
    title, usual = TELL.get(status, TELL[500 if status >= 500 else 400])
    write = _writer(request)
    if write is not None:
        answer: Response = write(request, status, message or usual, headers or {})
        return answer
    # Only if the draft is unusable may the message replace what was typed.
    in_dialog = status in {403, 404} and Htmx.of(request).target in {"wizard", "wizard-slot"}
    context: dict[str, Any] = {
        "error": {
            "code": str(status),
            "title": title,
            "message": message or usual,
            "close_url": HOME,
            "ways": _new_draft() if in_dialog else _ways_on(request, status),
        },
        "viewer": viewer(session) if session else None,
        "explorer": desk_from(request).settings.graphiql,
        "demo": desk_from(request).settings.demo,
        "partial": in_dialog,
    }
    template = "parts/error-dialog.html" if in_dialog else "error.html"
    return html(template, context, status=status, headers=headers)


def _writer(request: Request) -> ErrorWriter | None:
    """Return the writer of another face for this path; None for pages."""
    writers: Mapping[str, ErrorWriter] = request.app.state.error_writers
    return writers.get(request.scope["path"])


def _new_draft() -> list[Way]:
    return [{"label": _("Start again"), "url": f"{HOME}/new"}]


def _ways_on(request: Request, status: int) -> list[Way]:
    if status == 401:
        return [{"label": _("Sign in"), "url": "/sign-in"}]
    ways, back = [], _came_from(request)
    here = _address(path_of(request), query_of(request)) if request.method == "GET" else ""
    if here and status in LATER:
        ways.append({"label": _("Try again"), "url": here})
    if back not in {"", here, HOME}:
        ways.append({"label": _("Back to where you were"), "url": back})
    if here != HOME or not ways:
        ways.append({"label": _("To the API tokens"), "url": HOME})
    return ways


def _came_from(request: Request) -> str:
    """Return the page of ours in the Referer header; empty if there is none."""
    referer = read_address(request.headers.get("referer", ""))
    own = read_address(desk_from(request).settings.origin).netloc
    ours = referer.netloc in {request.headers.get("host", ""), own}
    return safe_path(_address(referer.path, referer.query), "") if ours else ""


def _address(path: str, query: str) -> str:
    return path + (f"?{query}" if query else "")
