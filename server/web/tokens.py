"""The API tokens page, a token's details, and its secret on demand."""

from collections.abc import Mapping
from typing import Any, Final

from starlette.responses import RedirectResponse, Response

from server.domain.errors import ConfirmPassword, Refusal, SignInNeeded
from server.domain.token_rules import RevealPolicy, TokenStatus
from server.services.answers import Page, TokenInfo
from server.web.refusals import STATUS
from server.web.visit import Visit, attempt, signed_in

LIST: Final = "/settings/api-tokens"
PAGE_SIZES: Final = (10, 25, 50, 100)
TONES: Final = {
    TokenStatus.ACTIVE: "good",
    TokenStatus.DISABLED: "quiet",
    TokenStatus.EXPIRED: "warn",
}


@signed_in
async def show_list(visit: Visit) -> Response:
    """The page of tokens; htmx asks for the grid alone after the wizard was closed."""
    context = await list_context(visit)
    if visit.htmx.partial and visit.htmx.target == "grid":
        return visit.html("settings/api-tokens/grid.html", **context)
    return visit.html("settings/api-tokens.html", wizard=None, **context)


async def list_context(visit: Visit) -> dict[str, Any]:
    """What the tokens page shows, also below an open wizard."""
    query = visit.request.query_params
    size = _number(query.get("rows"), PAGE_SIZES[0])
    size = size if size in PAGE_SIZES else PAGE_SIZES[0]
    page = await visit.desk.tokens.page(visit.actor, number=_number(query.get("page"), 1), size=size)
    drafts = await visit.desk.drafts.all(visit.actor) if visit.actor.may_manage_tokens else []
    return {
        "rows": [row(token) for token in page.items],
        "pager": pager(page),
        "page_sizes": [(each, f"{LIST}?rows={each}", each == size) for each in PAGE_SIZES],
        "drafts": drafts,
        "shows_account": visit.actor.sees_every_account,
    }


def row(token: TokenInfo) -> dict[str, Any]:
    """One line of the grid."""
    return {
        "token": token,
        "url": f"{LIST}/{token.id}",
        "logo": logo_url(token.logo),
        "tone": TONES[token.status],
        "modules_label": token.modules[0].name
        if len(token.modules) == 1
        else f"{len(token.modules)} modules",
    }


def logo_url(logo: str | None) -> str | None:
    """Where a logo is served."""
    return f"/logos/{logo}" if logo else None


def pager(page: Page[TokenInfo]) -> dict[str, Any]:
    """The numbers below the grid and the ways to its neighbours."""
    url = f"{LIST}?rows={page.size}&page="
    return {
        "page": page,
        "previous": f"{url}{page.number - 1}" if page.number > 1 else None,
        "next": f"{url}{page.number + 1}" if page.number < page.pages else None,
    }


@signed_in
async def show_details(visit: Visit) -> Response:
    """A token's page, tab General, with its value hidden."""
    token = await visit.desk.tokens.get(visit.actor, visit.request.path_params["token"])
    return _details(visit, token, _secret_state(visit, token))


@signed_in
async def show_secret(visit: Visit) -> Response:
    """The value on demand: after the password where the sign-in is old; else why not."""
    desk, token_id = visit.desk, visit.request.path_params["token"]
    form = await visit.form()
    if (password := str(form.get("password", ""))) != "":
        wrong = await attempt(desk.sessions.confirm_password(visit.cookie, visit.signed_in, password))
        if isinstance(wrong, Refusal):
            token = await desk.tokens.get(visit.actor, token_id)
            return _secret(visit, token, "password", problem=wrong.message, status=_status(wrong))
        return await _confirmed(visit, token_id)
    return await _reveal(visit, token_id)


@signed_in
async def hide_secret(visit: Visit) -> Response:
    """The masked value again."""
    token = await visit.desk.tokens.get(visit.actor, visit.request.path_params["token"])
    if not visit.htmx.partial:
        return RedirectResponse(f"{LIST}/{token.id}", 303)
    return _secret(visit, token, "masked")


async def _confirmed(visit: Visit, token_id: str) -> Response:
    session = await visit.desk.sessions.resume(visit.cookie, visit.actor.origin)
    if session is None:
        raise SignInNeeded("Your session has ended. Sign in again.")
    return await _reveal(
        Visit(visit.request, visit.desk, visit.cookie, session, visit.htmx), token_id
    )


async def _reveal(visit: Visit, token_id: str) -> Response:
    token = await visit.desk.tokens.get(visit.actor, token_id)
    secret = await attempt(visit.desk.tokens.reveal(visit.actor, token_id))
    if isinstance(secret, ConfirmPassword):
        return _secret(visit, token, "password")
    if isinstance(secret, Refusal):
        return _secret(visit, token, "refused", problem=secret.message, status=_status(secret))
    return _secret(visit, token, "shown", value=secret.reveal())


def _status(refusal: Refusal) -> int:
    return 422 if isinstance(refusal, SignInNeeded) else STATUS[type(refusal)]


def _secret_state(visit: Visit, token: TokenInfo) -> str:
    if not visit.actor.may_manage_tokens or token.account.id != visit.actor.account_id:
        return "viewer"
    return "once" if token.account.reveal is RevealPolicy.ONCE else "masked"


def _secret(
    visit: Visit,
    token: TokenInfo,
    state: str,
    *,
    value: str = "",
    problem: str = "",
    status: int = 200,
) -> Response:
    secret = {"state": state, "value": value, "problem": problem}
    if visit.htmx.partial:
        context = {"secret": secret, "url": f"{LIST}/{token.id}"}
        return visit.html("settings/api-tokens/secret.html", status=status, **context)
    return _details(visit, token, state, secret=secret, status=status)


def _details(
    visit: Visit,
    token: TokenInfo,
    state: str,
    *,
    secret: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response:
    return visit.html(
        "settings/api-tokens/token.html",
        status=status,
        **row(token),
        endpoint=f"{visit.desk.settings.origin}/graphql",
        secret=secret or {"state": state, "value": "", "problem": ""},
        tabs=[("General", f"{LIST}/{token.id}", True)],
    )


def _number(text: str | None, default: int) -> int:
    """A positive number from a query string; anything else is the default."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 8 else default
