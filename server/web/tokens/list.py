"""The API tokens page: grid, search, filters, columns and saved views."""

from typing import Final

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from server.domain.errors import DomainError
from server.http.addresses import query_of
from server.http.pages.i18n import gettext as _
from server.services.pagination.pages import Page
from server.services.search.views import SavedViewView
from server.services.tokens.views import TokenView
from server.web.html import view_models
from server.web.html.error_pages import STATUS
from server.web.html.query_params import hidden_fields
from server.web.html.request import Visit, attempt, signed_in
from server.web.html.view_models import LIST, Shape
from server.web.tokens import list_view
from server.web.tokens.list_state import STANDARD_VIEW, TokenListState

FILTER_FIELDS: Final = (
    "status",
    "module",
    "module_match",
    "created_by",
    "created_from",
    "created_to",
    "last_access",
    "unused_since",
    "expiring",
    "account",
)


@signed_in
async def show(visit: Visit) -> Response:
    """Show the tokens; htmx requests only the grid."""
    state = _state(visit.request)
    page = await _page(visit, state)
    if page.total and not query_of(visit.request):
        preferred = await _preferred(visit)
        if preferred is not None:
            return RedirectResponse(f"{LIST}?{preferred.query}", 303)
    return await _list(visit, await _context(visit, state, page), state)


async def show_list(visit: Visit, *, replaced: TokenListState | None = None) -> Response:
    """Render the page or its grid; `replaced` is a state that differs from the URL."""
    state = replaced or _state(visit.request)
    context = await _context(visit, state, await _page(visit, state))
    return await _list(visit, context, state, replaced=replaced)


async def _list(
    visit: Visit, context: Shape, state: TokenListState, *, replaced: TokenListState | None = None
) -> Response:
    if not visit.htmx.partial:
        page = "settings/api-tokens.html"
        return visit.html(page, dialog=None, partial=False, **context)
    headers = {}
    if replaced is not None:
        headers["HX-Replace-Url"] = address(state)
    elif query_of(visit.request) and state.query():
        headers["HX-Push-Url"] = address(state)  # without empty fields of the filter form
    return visit.html("settings/api-tokens/grid.html", partial=True, headers=headers, **context)


async def list_context(visit: Visit) -> Shape:
    """Build the tokens page under an open wizard, which reloads the list when it closes.

    So it needs no drafts, and no check whether a token could be added.
    """
    state = TokenListState()
    grid = list_view.grid(await _page(visit, state), state, visit.actor, visit.desk.clock())
    return {"grid": grid, "drafts": [], "modules_missing": False}


async def _page(visit: Visit, state: TokenListState) -> Page[TokenView]:
    return await visit.desk.token_list.page(
        visit.actor,
        number=state.page,
        size=state.rows,
        wanted=state.wanted(),
        order=state.order,
        descending=state.descending,
    )


async def _context(visit: Visit, state: TokenListState, page: Page[TokenView]) -> Shape:
    may_begin = visit.actor.may_manage_tokens
    drafts = await visit.desk.drafts.all(visit.actor) if may_begin else []
    starts = may_begin and not page.total and not state.is_filtered
    return {
        "grid": list_view.grid(page, state, visit.actor, visit.desk.clock()),
        "modules_missing": starts and not await visit.desk.modules.enabled(visit.actor),
        "drafts": [view_models.open_draft(draft) for draft in drafts],
    }


@signed_in
async def search(visit: Visit) -> Response:
    """Search; the words are posted, so that a pasted secret appears in no URL and no log."""
    form = await visit.form()
    state = TokenListState.of_query(str(form.get("state", "")))
    words = TokenListState.read(QueryParams({"search": str(form.get("search", ""))})).search
    found = TokenListState.of_query(state.query(search=words))
    if visit.htmx.partial:
        return await show_list(visit, replaced=found)
    return RedirectResponse(address(found), 303)


@signed_in
async def show_filter(visit: Visit) -> Response:
    """Show the filter dialog; its form leads back to the page."""
    state = _state(visit.request)
    accounts = await visit.desk.accounts.all(visit.actor) if visit.actor.sees_every_account else []
    modules = (
        await visit.desk.modules.all(visit.actor)
        if visit.actor.may_operate
        else await visit.desk.modules.enabled(visit.actor)
    )
    creators = await visit.desk.token_list.creators(visit.actor)
    return visit.dialog(
        "settings/api-tokens/filter.html",
        title=_("Filter API tokens"),
        close_url=address(state),
        filter=list_view.filters(state, modules, creators, accounts),
        kept=hidden_fields(state.query(), without=FILTER_FIELDS),
        action=LIST,
    )


@signed_in
async def show_views(visit: Visit) -> Response:
    """Show the dialog of saved views."""
    return await _views(visit, query_of(visit.request))


@signed_in
async def save_view(visit: Visit) -> Response:
    """Save the current view under a name; it may become the person's default."""
    form = await visit.form()
    query = TokenListState.of_query(str(form.get("state", ""))).query()
    name, is_default = str(form.get("name", "")), form.get("is_default") == "1"
    saved = await attempt(visit.desk.views.save(visit.actor, name, query, is_default=is_default))
    if isinstance(saved, DomainError):
        return await _views(visit, query, name=name, refusal=saved)
    return visit.done(_("The view %(name)s is saved.", name=saved.name), _shown(query))


@signed_in
async def change_view(visit: Visit) -> Response:
    """Delete a view, or set or reset the default view."""
    form = await visit.form()
    query = TokenListState.of_query(str(form.get("state", ""))).query()
    view_id = int(visit.request.path_params["view"])
    match form.get("action"):
        case "delete":
            await visit.desk.views.delete(visit.actor, view_id)
        case "default":
            await visit.desk.views.set_default(visit.actor, view_id)
        case _:
            await visit.desk.views.set_default(visit.actor, None)
    return await _views(visit, query)


def address(state: TokenListState) -> str:
    """Return the URL of the page in this state."""
    return _shown(state.here)


def _shown(query: str) -> str:
    return f"{LIST}?{query or f'view={STANDARD_VIEW}'}"


def _state(request: Request) -> TokenListState:
    return TokenListState.read(request.query_params)


async def _preferred(visit: Visit) -> SavedViewView | None:
    views = await visit.desk.views.all(visit.actor)
    return next((view for view in views if view.is_default and view.query), None)


async def _views(
    visit: Visit, query: str, *, name: str = "", refusal: DomainError | None = None
) -> Response:
    state = TokenListState.of_query(query)
    views = await visit.desk.views.all(visit.actor)
    return visit.dialog(
        "settings/api-tokens/views.html",
        status=STATUS[type(refusal)] if refusal else 200,
        title=_("Views"),
        close_url=address(state),
        views=[list_view.view(each, current=each.query == state.query()) for each in views],
        standard={"url": _shown(""), "is_default": not any(each.is_default for each in views)},
        state=state.query(),
        says=list_view.summary(state),
        form={"name": name},
        errors={"name": refusal.message} if refusal else {},
    )
