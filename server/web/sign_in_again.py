"""Signing in again in the middle of something, which then goes on."""

from starlette.requests import Request
from starlette.responses import Response

from server.domain.errors import Refusal, SignInNeeded
from server.http.forms import read_form
from server.web.again import MOST_FIELDS, Unsent, show_again
from server.web.device_cookie import begin_session, browser_of
from server.web.refusals import STATUS
from server.web.render import Htmx
from server.web.shapes import LIST
from server.web.visit import attempt, desk_of, origin_of, safe_path


async def sign_in_again(request: Request) -> Response:
    """Begin a session; the page presses again what it pressed, or a person without scripts does."""
    form, desk = await read_form(request, max_fields=MOST_FIELDS), desk_of(request)
    email, password = str(form.get("email", "")), str(form.get("password", ""))
    unsent = Unsent.carried(safe_path(str(form.get("url", "")), LIST), form)
    cookie = await attempt(
        desk.sessions.sign_in(email, password, origin_of(request), browser_of(request))
    )
    if isinstance(cookie, Refusal):
        status = 422 if isinstance(cookie, SignInNeeded) else STATUS[type(cookie)]
        return show_again(request, unsent, status=status, email=email, refusal=cookie)
    if Htmx.of(request).partial:
        answer = Response(status_code=204, headers={"HX-Trigger": "signed-in"})
    else:
        answer = show_again(request, unsent, signed_in=True)
    await begin_session(request, answer, cookie)
    return answer
