"""View models of the grid: columns, rows, filters, pagination, and their URLs."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from server.domain.actor import Actor, ActorView
from server.domain.i18n.messages import JoinedMessage, Message
from server.domain.tokens.lifecycle import TokenStatus
from server.http.pages.i18n import gettext as _
from server.http.pages.i18n import ngettext
from server.services.accounts.views import AccountView, ModuleView
from server.services.pagination.pages import Page
from server.services.search.views import SavedViewView
from server.services.tokens.views import TokenView
from server.web.html.query_params import hidden_fields
from server.web.html.view_models import LIST, Shape
from server.web.tokens import list_rows
from server.web.tokens.list_state import COLUMNS, EXPIRING_DAYS, ORDERS, PAGE_SIZES, TokenListState

NAME_COLUMN: Final = "name"
"""The column that is always shown: the token, sorted by name."""

_LAST_ACCESS: Final = {
    "": Message("At any time"),
    "never": Message("Never used"),
    "unused": Message("Not used since"),
}
_SORTS: Final = {NAME_COLUMN: Message("API token"), **COLUMNS}


def grid(page: Page[TokenView], state: TokenListState, actor: Actor, now: datetime) -> Shape:
    """Build the view model of a page of tokens."""
    shown = [key for key in state.columns if key != "account" or actor.sees_every_account]
    here = state.query(page=page.number)
    return {
        **list_rows.rows(page.items, actor, now),
        "columns": [_column(key, state) for key in (NAME_COLUMN, *shown)],
        "labels": [(key, _SORTS[key]) for key in shown],
        "shown": shown,
        "said": _say(page, state),
        "total": page.total,
        "total_label": _rows(page.total),
        "pager": pager(page, state),
        "state": here,
        "url": f"{LIST}?{here}" if here else LIST,
        "search": state.search,
        "chips": chips(state),
        "is_filtered": state.is_filtered,
        "clear_url": _link(state.unfiltered()),
        "filter_url": f"{LIST}/filter?{here}",
        "views_url": f"{LIST}/views?{here}",
        "sorts": [_sort(key, state) for key in _SORTS if key in ORDERS],
        "column_choice": {
            "columns": [
                {"key": key, "label": label, "shown": key in state.columns}
                for key, label in COLUMNS.items()
                if key != "account" or actor.sees_every_account
            ],
            "kept": hidden_fields(here, without=("column",)),
        },
        "ignored": JoinedMessage(", ", state.ignored),
        "may_select": actor.may_manage_tokens,
    }


def pager(page: Page[TokenView], state: TokenListState) -> Shape:
    """Build the pagination: previous, next, page sizes and the jump to a page."""
    number, pages = page.number, page.pages
    return {
        "number": number,
        "pages": pages,
        "previous_url": _link(state.query(page=number - 1)) if number > 1 else None,
        "next_url": _link(state.query(page=number + 1)) if number < pages else None,
        "rows_label": _(
            "%(first)s-%(last)s of %(rows)s",
            first=page.first_row,
            last=page.last_row,
            rows=_rows(page.total),
        ),
        "sizes": [
            {"size": size, "url": _link(state.query(rows=size)), "current": size == state.rows}
            for size in PAGE_SIZES
        ],
        "jump": {"url": LIST, "kept": hidden_fields(state.query(), without=("page",))},
    }


def chips(state: TokenListState) -> list[Shape]:
    """Describe each active filter, with the URL that removes it."""
    found: list[tuple[str, str]] = []
    if state.search:
        found.append((_("Search: %(words)s", words=state.search), state.query(search="")))
    for status in state.statuses:
        rest = tuple(each for each in state.statuses if each is not status)
        found.append((_("Status: %(status)s", status=status.label), state.query(statuses=rest)))
    for module_id in state.module_ids:
        rest_ids = tuple(each for each in state.module_ids if each != module_id)
        all_of = state.all_modules and len(state.module_ids) > 1
        words = _("All of: %(module)s", module=module_id)
        words = words if all_of else _("Module: %(module)s", module=module_id)
        found.append((words, state.query(module_ids=rest_ids)))
    if state.created_by:
        found.append((_("Created by: %(id)s", id=state.created_by), state.query(created_by="")))
    if state.created_from:
        found.append(
            (_("Created from %(day)s", day=state.created_from), state.query(created_from=None))
        )
    if state.created_to:
        found.append(
            (_("Created until %(day)s", day=state.created_to), state.query(created_to=None))
        )
    if state.last_access == "never":
        found.append((_("Never used"), state.query(last_access="")))
    if state.last_access == "unused" and state.unused_since:
        without = state.query(last_access="", unused_since=None)
        found.append((_("Not used since %(day)s", day=state.unused_since), without))
    if state.expiring:
        found.append(
            (_("Expires within %(days)s days", days=state.expiring), state.query(expiring=0))
        )
    if state.account:
        found.append((_("Account: %(id)s", id=state.account), state.query(account="")))
    return [{"label": label, "url": _link(query)} for label, query in found]


def filters(
    state: TokenListState,
    modules: Sequence[ModuleView],
    creators: Sequence[ActorView],
    accounts: Sequence[AccountView],
) -> Shape:
    """Build the filter dialog's options, with the current choices marked."""
    return {
        "statuses": [
            {"value": each.value, "label": each.label, "chosen": each in state.statuses}
            for each in TokenStatus
        ],
        "modules": [
            {"value": each.id, "label": each.name, "chosen": each.id in state.module_ids}
            for each in modules
        ],
        "all_modules": state.all_modules,
        "creators": [
            {"value": each.id, "label": each.name, "chosen": each.id == state.created_by}
            for each in creators
        ],
        "created_from": state.created_from.isoformat() if state.created_from else "",
        "created_to": state.created_to.isoformat() if state.created_to else "",
        "last_access": [
            {"value": value, "label": label, "chosen": value == state.last_access}
            for value, label in _LAST_ACCESS.items()
        ],
        "unused_since": state.unused_since.isoformat() if state.unused_since else "",
        "expiring": [
            {
                "value": days,
                "label": _("Within %(days)s days", days=days),
                "chosen": days == state.expiring,
            }
            for days in EXPIRING_DAYS
        ],
        "accounts": [
            {"value": each.id, "label": each.name, "chosen": each.id == state.account}
            for each in accounts
        ],
    }


def view(info: SavedViewView, *, current: bool) -> Shape:
    """Build the view model of a saved view."""
    return {
        "name": info.name,
        "url": _link(info.query),
        "change_url": f"{LIST}/views/{info.id}",
        "is_default": info.is_default,
        "current": current,
    }


def summary(state: TokenListState) -> str:
    """Describe what a view contains."""
    parts = [chip["label"] for chip in chips(state)] or [_("All API tokens")]
    column = _SORTS[state.sort]
    downwards = _("sorted by %(column)s, descending", column=column)
    upwards = _("sorted by %(column)s, ascending", column=column)
    parts.append(downwards if state.descending else upwards)
    parts.append(_("%(rows)s rows per page", rows=state.rows))
    return "; ".join(parts)


def _column(key: str, state: TokenListState) -> Shape:
    label = _SORTS[key]
    if key not in ORDERS:
        return {"key": key, "label": label, "sort_url": None, "direction": None}
    direction = ("descending" if state.descending else "ascending") if key == state.sort else None
    return {
        "key": key,
        "label": label,
        "sort_url": _link(_sorted(key, state)),
        "direction": direction,
    }


def _sort(key: str, state: TokenListState) -> Shape:
    return _column(key, state) | {"current": key == state.sort}


def _sorted(key: str, state: TokenListState) -> str:
    """Return the query of a click on a column: it sorts, and a second click reverses the order.

    Past dates sort newest first at first, all other columns ascending.
    """
    if key == state.sort:
        return state.query(descending=not state.descending)
    dates = {"created_at", "last_access", "updated_at"}
    return state.query(sort=key, descending=key in dates)


def _say(page: Page[TokenView], state: TokenListState) -> str:
    words = {
        "rows": _rows(page.total),
        "column": _SORTS[state.sort],
        "page": page.number,
        "pages": page.pages,
    }
    if state.descending:
        return _("%(rows)s, sorted by %(column)s descending, page %(page)s of %(pages)s", **words)
    return _("%(rows)s, sorted by %(column)s ascending, page %(page)s of %(pages)s", **words)


def _rows(total: int) -> str:
    return ngettext("%(num)s row", "%(num)s rows", total)


def _link(query: str) -> str:
    """Return the page's URL; without a query, it asks for the standard view."""
    return f"{LIST}?{query}" if query else f"{LIST}?view=standard"
