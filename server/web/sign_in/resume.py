"""Signing in again during an action, which then continues."""

from starlette.requests import Request
from starlette.responses import Response

from server.domain.errors import DomainError, SignInNeeded
from server.http.addresses import safe_path
from server.http.forms import read_form
from server.http.pages.templates import Htmx
from server.web.html.error_pages import STATUS
from server.web.html.request import attempt, desk_from, request_origin
from server.web.html.resume import MOST_FIELDS, Unsent, show_again
from server.web.html.view_models import LIST
from server.web.sign_in.device_cookie import begin_session, browser_of


async def sign_in_again(request: Request) -> Response:
    """Start a session; htmx then repeats the action, and without scripts the person confirms it."""
    form, desk = await read_form(request, max_fields=MOST_FIELDS), desk_from(request)
    email, password = str(form.get("email", "")), str(form.get("password", ""))
    unsent = Unsent.carried(safe_path(str(form.get("url", "")), LIST), form)
    cookie = await attempt(
        desk.sessions.sign_in(email, password, request_origin(request), browser_of(request))
    )
    if isinstance(cookie, DomainError):
        status = 422 if isinstance(cookie, SignInNeeded) else STATUS[type(cookie)]
        return show_again(request, unsent, status=status, email=email, refusal=cookie)
    if Htmx.of(request).partial:
        answer = Response(status_code=204, headers={"HX-Trigger": "signed-in"})
    else:
        answer = show_again(request, unsent, signed_in=True)
    await begin_session(request, answer, cookie)
    return answer
