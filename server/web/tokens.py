"""The API tokens page, a token's details, and its secret on demand."""

from dataclasses import replace
from typing import Final

from starlette.responses import Response

from server.domain.errors import ConfirmPassword, IllegalMove, Refusal, SignInNeeded
from server.domain.token_rules import RevealPolicy
from server.services.answers import TokenInfo
from server.web import shapes
from server.web.refusals import STATUS
from server.web.shapes import LIST, Shape
from server.web.visit import Visit, attempt, signed_in

PAGE_SIZES: Final = (10, 25, 50, 100)


@signed_in
async def show_list(visit: Visit) -> Response:
    """The page of tokens; htmx asks for the grid alone."""
    return await list_page(visit)


async def list_page(visit: Visit) -> Response:
    """The whole page, or its grid."""
    context = await list_context(visit)
    if visit.htmx.partial:
        return visit.html("settings/api-tokens/grid.html", partial=True, **context)
    return visit.html("settings/api-tokens.html", dialog=None, partial=False, **context)


async def list_context(visit: Visit) -> Shape:
    """What the tokens page shows, also below an open wizard."""
    query = visit.request.query_params
    size = _number(query.get("rows"), PAGE_SIZES[0])
    size = size if size in PAGE_SIZES else PAGE_SIZES[0]
    number = _number(query.get("page"), 1)
    page = await visit.desk.token_grid.page(visit.actor, number=number, size=size)
    drafts = await visit.desk.drafts.all(visit.actor) if visit.actor.may_manage_tokens else []
    return {
        "grid": shapes.grid(page, show_account=visit.actor.sees_every_account),
        "drafts": [shapes.open_draft(draft) for draft in drafts],
    }


@signed_in
async def show_details(visit: Visit) -> Response:
    """A token's page, tab General, with its value hidden."""
    return _details(visit, await _token(visit))


@signed_in
async def show_secret(visit: Visit) -> Response:
    """The value on demand: after the password where the sign-in is old; else why not."""
    token, form = await _token(visit), await visit.form()
    action = "copy" if form.get("action") == "copy" else "show"
    if password := str(form.get("password", "")):
        sessions = visit.desk.sessions
        refusal = await attempt(sessions.confirm_password(visit.cookie, visit.signed_in, password))
        if isinstance(refusal, Refusal):
            asked = {"asks_password": True, "action": action, "error": refusal.message}
            status = 422 if isinstance(refusal, SignInNeeded) else STATUS[type(refusal)]
            return _secret(visit, token, asked, status=status)
        visit = await _resumed(visit)
    secret = await attempt(visit.desk.secrets.reveal(visit.actor, token.id))
    if isinstance(secret, ConfirmPassword):
        return _secret(visit, token, {"asks_password": True, "action": action}, status=422)
    if isinstance(secret, IllegalMove):
        return _secret(visit, token, {"kept": False}, status=409)
    if isinstance(secret, Refusal):
        raise secret
    return _secret(visit, token, {"value": secret.reveal(), "action": action})


async def _token(visit: Visit) -> TokenInfo:
    return await visit.desk.tokens.get(visit.actor, visit.request.path_params["token"])


async def _resumed(visit: Visit) -> Visit:
    """The visit with the sign-in that was confirmed a moment ago."""
    session = await visit.desk.sessions.resume(visit.cookie, visit.actor.origin)
    if session is None:
        raise SignInNeeded("Your session has ended. Sign in again.")
    return replace(visit, signed_in=session)


def _secret(visit: Visit, token: TokenInfo, state: Shape, *, status: int = 200) -> Response:
    if visit.htmx.partial:
        secret = _secret_shape(visit, token) | state
        return visit.html("settings/api-tokens/secret.html", status=status, secret=secret)
    return _details(visit, token, state, status=status)


def _details(
    visit: Visit, token: TokenInfo, state: Shape | None = None, *, status: int = 200
) -> Response:
    return visit.html(
        "settings/api-tokens/token.html",
        status=status,
        token=shapes.token(token),
        tabs=[{"label": "General", "url": f"{LIST}/{token.id}", "current": True}],
        endpoint=f"{visit.desk.settings.origin}/graphql",
        secret=_secret_shape(visit, token) | (state or {}),
    )


def _secret_shape(visit: Visit, token: TokenInfo) -> Shape:
    return {
        "url": f"{LIST}/{token.id}/secret",
        "page_url": f"{LIST}/{token.id}",
        "kept": token.account.reveal is RevealPolicy.ALWAYS,
        "may_show": visit.actor.may_manage_tokens and token.account.id == visit.actor.account_id,
        "value": None,
        "asks_password": False,
        "action": "show",
        "error": None,
    }


def _number(text: str | None, default: int) -> int:
    """A positive number from a query string; anything else is the default."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 8 else default
