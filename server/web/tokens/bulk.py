"""Enable, disable or delete many tokens: ask first, then report each token's outcome."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

from starlette.datastructures import FormData
from starlette.responses import Response

from server.domain.i18n.messages import Message
from server.http.pages.i18n import gettext as _
from server.http.pages.i18n import ngettext
from server.services.tokens.lifecycle import MOST_AT_ONCE
from server.services.tokens.views import BulkOutcome
from server.web.html.confirmation import Question, Typed, ask, confirmed
from server.web.html.request import Visit, signed_in
from server.web.html.view_models import LIST
from server.web.tokens.list import address
from server.web.tokens.list_state import TokenListState

BULK: Final = f"{LIST}/bulk"


@dataclass(frozen=True)
class _BulkAction:
    verb: str
    title: str
    done: str
    effect: str
    do: Callable[[Visit, list[str]], Awaitable[BulkOutcome[Any]]]
    final: bool = False


BULK_ACTIONS: Final = {
    "enable": _BulkAction(
        Message("Enable"),
        Message("Enable %(name)s?"),
        Message("enabled"),
        Message("Programs that send them are accepted again at once."),
        lambda visit, ids: visit.desk.tokens.enable_all(visit.actor, ids),
    ),
    "disable": _BulkAction(
        Message("Disable"),
        Message("Disable %(name)s?"),
        Message("disabled"),
        Message("Programs that send them are refused at once."),
        lambda visit, ids: visit.desk.tokens.disable_all(visit.actor, ids),
    ),
    "delete": _BulkAction(
        Message("Delete"),
        Message("Delete %(name)s?"),
        Message("deleted"),
        Message("Programs that send them are refused at once. This cannot be undone."),
        lambda visit, ids: visit.desk.tokens.delete_all(visit.actor, ids),
        final=True,
    ),
}


@signed_in
async def bulk(visit: Visit) -> Response:
    """Handle the form of selected tokens: ask, and act once it is confirmed."""
    form = await visit.form()
    action = str(form.get("action", ""))
    state = TokenListState.of_query(str(form.get("state", "")))
    ids = await _selected(visit, form, state)
    if action not in BULK_ACTIONS:
        return _nothing(visit, state, _("Choose whether to enable, disable or delete."))
    if not ids:
        return _nothing(visit, state, _("Select at least one API token first."))
    if len(ids) > MOST_AT_ONCE:
        most = _(
            "Select at most %(most)s API tokens at once. Filter the list first.", most=MOST_AT_ONCE
        )
        return _nothing(visit, state, most)
    question = _question(action, ids, state)
    if form.get("confirmed") != "1":
        return ask(visit, question)
    return await confirmed(visit, question, lambda: _do(visit, BULK_ACTIONS[action], ids, state))


async def _selected(visit: Visit, form: FormData, state: TokenListState) -> list[str]:
    if form.get("scope") == "all":
        return await visit.desk.token_list.ids(visit.actor, state.wanted())
    return list(dict.fromkeys(str(value) for value in form.getlist("ids")))


async def _do(visit: Visit, action: _BulkAction, ids: list[str], state: TokenListState) -> Response:
    outcome = await action.do(visit, ids)
    changed, refused = len(outcome.changed), outcome.refused
    said = _("%(tokens)s %(done)s.", tokens=_count(changed), done=action.done)
    if not refused:
        return visit.done(said, address(state))
    return visit.dialog(
        "settings/api-tokens/outcome.html",
        title=_(
            "%(changed)s of %(all)s %(done)s",
            changed=changed,
            all=changed + len(refused),
            done=action.done,
        ),
        close_url=address(state),
        said=said if changed else _("No API token was %(done)s.", done=action.done),
        refused=[{"id": each.token_id, "message": each.refusal.message} for each in refused],
    )


def _question(name: str, ids: list[str], state: TokenListState) -> Question:
    action = BULK_ACTIONS[name]
    return Question(
        title=_(action.title, name=_count(len(ids))),
        lines=[action.effect],
        items=ids,
        button=action.verb,
        cancel_url=address(state),
        tone="bad" if action.final else "primary",
        fields={"action": [name], "confirmed": ["1"], "state": [state.here], "ids": ids},
        typed=_typed(len(ids)) if action.final else None,
    )


def _typed(number: int) -> Typed:
    words = _("delete %(number)s", number=str(number))
    missing = _("Type %(words)s to go on.", words=words)
    return Typed(words, label=_("Type this to delete them"), missing=missing)


def _nothing(visit: Visit, state: TokenListState, message: str) -> Response:
    return visit.dialog(
        "settings/api-tokens/outcome.html",
        status=422,
        title=_("Nothing was changed"),
        close_url=address(state),
        said=message,
        refused=[],
    )


def _count(number: int) -> str:
    return ngettext("%(num)s API token", "%(num)s API tokens", number)
