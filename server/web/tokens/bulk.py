"""Enabling, disabling and deleting many tokens: asks first, then tells what became of each."""

from dataclasses import dataclass
from typing import Any, Final

from starlette.datastructures import FormData
from starlette.responses import Response

from server.domain.errors import DomainError, Invalid
from server.domain.i18n.messages import Message
from server.http.pages.i18n import gettext as _
from server.http.pages.i18n import ngettext
from server.services.tokens.lifecycle import MOST_AT_ONCE
from server.services.tokens.views import BulkOutcome
from server.web.html.confirmation import Question, ask
from server.web.html.request import Visit, attempt, signed_in
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


BULK_ACTIONS: Final = {
    "enable": _BulkAction(
        Message("Enable"),
        Message("Enable %(name)s?"),
        Message("enabled"),
        Message("Programs that send them are accepted again at once."),
    ),
    "disable": _BulkAction(
        Message("Disable"),
        Message("Disable %(name)s?"),
        Message("disabled"),
        Message("Programs that send them are refused at once."),
    ),
    "delete": _BulkAction(
        Message("Delete"),
        Message("Delete %(name)s?"),
        Message("deleted"),
        Message("Programs that send them are refused at once. This cannot be undone."),
    ),
}


@signed_in
async def bulk(visit: Visit) -> Response:
    """What was selected, in one form: first the question, then, confirmed, the deed."""
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
    if not question.typed_right(str(form.get("typed", ""))):
        wrong = Invalid.one("typed", _("Type %(words)s to go on.", words=question.must_type))
        return ask(visit, question, refusal=wrong, form=form)
    outcome = await attempt(_do(visit, action, ids))
    if isinstance(outcome, DomainError):
        return ask(visit, question, refusal=outcome, form=form)
    return _tell(visit, action, outcome, state)


async def _selected(visit: Visit, form: FormData, state: TokenListState) -> list[str]:
    if form.get("scope") == "all":
        return await visit.desk.token_list.ids(visit.actor, state.wanted())
    return list(dict.fromkeys(str(value) for value in form.getlist("ids")))


async def _do(visit: Visit, action: str, ids: list[str]) -> BulkOutcome[Any]:
    tokens = visit.desk.tokens
    if action == "enable":
        return await tokens.enable_all(visit.actor, ids)
    if action == "disable":
        return await tokens.disable_all(visit.actor, ids)
    return await tokens.delete_all(visit.actor, ids)


def _question(action: str, ids: list[str], state: TokenListState) -> Question:
    chosen = BULK_ACTIONS[action]
    deletes = action == "delete"
    return Question(
        title=_(chosen.title, name=_count(len(ids))),
        lines=[chosen.effect],
        items=ids,
        button=chosen.verb,
        post_url=BULK,
        cancel_url=address(state),
        tone="bad" if deletes else "primary",
        fields={"action": [action], "confirmed": ["1"], "state": [state.here], "ids": ids},
        must_type=_("delete %(number)s", number=str(len(ids))) if deletes else None,
        type_label=_("Type this to delete them"),
    )


def _tell(visit: Visit, action: str, outcome: BulkOutcome[Any], state: TokenListState) -> Response:
    chosen, changed, refused = BULK_ACTIONS[action], len(outcome.changed), outcome.refused
    said = _("%(tokens)s %(done)s.", tokens=_count(changed), done=chosen.done)
    if not refused:
        return visit.done(said, address(state))
    return visit.dialog(
        "settings/api-tokens/outcome.html",
        title=_(
            "%(changed)s of %(all)s %(done)s",
            changed=changed,
            all=changed + len(refused),
            done=chosen.done,
        ),
        close_url=address(state),
        said=said if changed else _("No API token was %(done)s.", done=chosen.done),
        refused=[{"id": each.token_id, "message": each.refusal.message} for each in refused],
    )


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
