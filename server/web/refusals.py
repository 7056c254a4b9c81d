"""How the HTML face says no: a status, and a page or dialog with a way on."""

from typing import Any, Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from schema.negotiation import Refused, refuse
from server.domain.errors import (
    ChangesMissed,
    ConfirmPassword,
    Expired,
    IllegalMove,
    Invalid,
    NotAllowed,
    NotFound,
    Refusal,
    SignInNeeded,
    Stale,
    Taken,
    TooMany,
    TooSlow,
    Unavailable,
)
from server.web.render import Htmx, html

STATUS: Final[dict[type[Refusal], int]] = {
    Invalid: 422,
    NotFound: 404,
    NotAllowed: 403,
    SignInNeeded: 401,
    ConfirmPassword: 422,
    IllegalMove: 409,
    Stale: 409,
    Taken: 409,
    Expired: 410,
    TooMany: 429,
    Unavailable: 503,
    ChangesMissed: 503,
    TooSlow: 503,
}

TELL: Final = {
    400: ("Bad request", "The request could not be understood."),
    401: ("Sign in", "Sign in to go on."),
    403: ("Not allowed", "You may not do this."),
    404: ("Not found", "There is nothing at this address, or it is not yours to see."),
    405: ("Not possible", "This address does not take that kind of request."),
    409: ("Not possible now", "The state of things does not allow this."),
    410: ("Gone", "This was here, but its time is over."),
    413: ("Too large", "What was sent is too large. A logo can have at most 5 MB."),
    422: ("There is a problem", "Something in the form is wrong."),
    429: ("Too many attempts", "Wait a while and try again."),
    500: ("Something went wrong", "This is our fault. Nothing was changed by halves. Try again."),
    503: ("Not available", "Tokendesk cannot reach its storage right now. Try again in a moment."),
}
HOME: Final = "/settings/api-tokens"


def refusal_page(request: Request, refusal: Refusal) -> Response:
    """A refusal that no form caught."""
    return error_page(request, STATUS[type(refusal)], refusal.message, retry_after(refusal))


def retry_after(refusal: Refusal | None) -> dict[str, str]:
    """The header that says when to come again, where that is known."""
    if isinstance(refusal, TooMany):
        return {"Retry-After": str(int(refusal.retry_after.total_seconds()))}
    return {}


def http_error_page(request: Request, error: HTTPException) -> Response:
    """What Starlette itself refuses: unknown paths, wrong methods, too large or broken bodies."""
    return error_page(request, error.status_code, "", dict(error.headers or {}))


def unavailable_page(request: Request) -> Response:
    """Storage failed; nothing of it is told but that."""
    return error_page(request, 503, "", {"Retry-After": "5"})


def error_page(
    request: Request, status: int, message: str = "", headers: dict[str, str] | None = None
) -> Response:
    """The error in the face's own form: JSON for programs, the dialog's partial, else a page."""
    title, usual = TELL.get(status, TELL[500 if status >= 500 else 400])
    if request.url.path == "/graphql":
        return refuse(request, Refused(status, message or usual, headers or {}))
    # Only where the draft is of no more use does the message take the place of what was typed.
    in_dialog = status in {403, 404} and Htmx.of(request).target in {"wizard", "wizard-slot"}
    if status == 401:
        way = {"label": "Sign in", "url": "/sign-in"}
    elif in_dialog:
        way = {"label": "Start again", "url": f"{HOME}/new"}
    else:
        way = {"label": "To the API tokens", "url": HOME}
    context: dict[str, Any] = {
        "error": {
            "code": str(status),
            "title": title,
            "message": message or usual,
            "close_url": HOME,
            "ways": [way],
        },
        "viewer": None,
        "partial": in_dialog,
    }
    template = "parts/error-dialog.html" if in_dialog else "error.html"
    return html(template, context, status=status, headers=headers)
