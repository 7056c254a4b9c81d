"""Showing or copying a token's value, after the password if the sign-in is too old."""

from dataclasses import replace

from starlette.responses import Response

from server.domain.errors import ConfirmPassword, DomainError, IllegalTransition, SignInNeeded
from server.http.pages.i18n import gettext as _
from server.services.tokens.views import TokenView
from server.web.html.error_pages import STATUS
from server.web.html.request import Visit, attempt, signed_in
from server.web.html.view_models import Shape
from server.web.tokens.details import general, secret_shape


@signed_in
async def show(visit: Visit) -> Response:
    """Show the value, or ask for the password, or say why the value is not shown."""
    token_id, form = visit.request.path_params["token"], await visit.form()
    token = await visit.desk.tokens.get(visit.actor, token_id)
    action = "copy" if form.get("action") == "copy" else "show"
    if password := str(form.get("password", "")):
        sessions = visit.desk.sessions
        refusal = await attempt(sessions.confirm_password(visit.cookie, visit.signed_in, password))
        if isinstance(refusal, DomainError):
            asked = {"asks_password": True, "action": action, "error": refusal.message}
            status = 422 if isinstance(refusal, SignInNeeded) else STATUS[type(refusal)]
            return await _secret(visit, token, asked, status=status)
        visit = await _resumed(visit)
    secret = await attempt(visit.desk.secrets.reveal(visit.actor, token.id))
    if isinstance(secret, ConfirmPassword):
        return await _secret(visit, token, {"asks_password": True, "action": action}, status=422)
    if isinstance(secret, IllegalTransition):
        return await _secret(visit, token, {"kept": False}, status=409)
    if isinstance(secret, DomainError):
        raise secret
    return await _secret(visit, token, {"value": secret.reveal(), "action": action})


async def _resumed(visit: Visit) -> Visit:
    """Return the visit with the session whose password was just confirmed."""
    session = await visit.desk.sessions.resume(visit.cookie, visit.actor.origin)
    if session is None:
        raise SignInNeeded(_("Your session has ended. Sign in again."))
    return replace(visit, signed_in=session)


async def _secret(visit: Visit, token: TokenView, state: Shape, *, status: int = 200) -> Response:
    if visit.htmx.partial:
        secret = secret_shape(visit, token) | state
        return visit.html("settings/api-tokens/secret.html", status=status, secret=secret)
    return await general(visit, token, state, status=status)
