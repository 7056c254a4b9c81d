"""The audit trail: its list, its filters and single records."""

from dataclasses import replace
from typing import Final

from starlette.responses import Response

from server.domain.ids import IdKind
from server.http.pages.i18n import gettext as _
from server.web.audit import list_view
from server.web.audit.list_state import AuditListState
from server.web.audit.list_view import TRAIL
from server.web.html.query_params import hidden_fields
from server.web.html.request import Visit, signed_in
from server.web.html.view_models import LIST, Shape

FILTER_FIELDS: Final = ("object", "actor", "event", "from", "to", "account", "page")


@signed_in
async def show(visit: Visit) -> Response:
    """Show the list of records; htmx requests only the table."""
    context = await records_context(visit, base_url=TRAIL)
    if visit.htmx.partial:
        return visit.html("settings/audit-trail/records.html", **context)
    return visit.html("settings/audit-trail.html", **context)


async def records_context(visit: Visit, *, base_url: str, object_id: str | None = None) -> Shape:
    """Build the context of `settings/audit-trail/records.html` from the URL's filters.

    With `object_id`, only records of that object are listed, without the columns for it.
    """
    state = AuditListState.read(visit.request.query_params)
    wanted = state.wanted()
    if object_id is not None:
        state, wanted = replace(state, object=""), replace(wanted, object_id=object_id)
    page = await visit.desk.audit_trail.page(
        visit.actor, number=state.page, size=state.rows, wanted=wanted
    )
    return {
        "records": list_view.records(
            page,
            state,
            base_url=base_url,
            fixed=object_id,
            accounts=visit.actor.sees_every_account,
        )
    }


@signed_in
async def show_filter(visit: Visit) -> Response:
    """Show the filter dialog; its form leads back to the page that opened it."""
    params = visit.request.query_params
    state, token_id = AuditListState.read(params), params.get("of", "")
    of_token = IdKind.TOKEN.matches(token_id)
    action = f"{LIST}/{token_id}/audit-trail" if of_token else TRAIL
    query = state.query(page=state.page)
    return visit.dialog(
        "settings/audit-trail/filter.html",
        title=_("Filter audit trail"),
        close_url=f"{action}?{query}" if query else action,
        action=action,
        kept=hidden_fields(state.query(), without=FILTER_FIELDS),
        filter=list_view.filters(
            state,
            with_object=not of_token,
            with_account=visit.actor.sees_every_account and not of_token,
        ),
    )


@signed_in
async def show_record(visit: Visit) -> Response:
    """Show one record in a dialog over the page, or on its own page."""
    info = await visit.desk.audit_trail.get(visit.actor, visit.request.path_params["record"])
    return visit.dialog(
        "settings/audit-trail/record.html",
        title=_("Record details"),
        close_url=visit.came_from or TRAIL,
        section="audit-trail",
        record=list_view.record(info),
    )
