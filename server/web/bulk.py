"""Enabling, disabling and deleting many tokens: asks first, then tells what became of each."""

from dataclasses import dataclass
from typing import Any, Final

from starlette.datastructures import FormData
from starlette.responses import Response

from server.domain.errors import Invalid, Refusal
from server.services.answers import BulkOutcome
from server.services.tokens import MOST_AT_ONCE
from server.web.confirm import Question, ask
from server.web.grid import address
from server.web.grid_state import GridState
from server.web.shapes import LIST
from server.web.visit import Visit, attempt, signed_in

BULK: Final = f"{LIST}/bulk"


@dataclass(frozen=True)
class _Wish:
    verb: str
    done: str
    effect: str


WISHES: Final = {
    "enable": _Wish("Enable", "enabled", "Programs that send them are accepted again at once."),
    "disable": _Wish("Disable", "disabled", "Programs that send them are refused at once."),
    "delete": _Wish(
        "Delete", "deleted", "Programs that send them are refused at once. This cannot be undone."
    ),
}


@signed_in
async def bulk(visit: Visit) -> Response:
    """What was selected, in one form: first the question, then, confirmed, the deed."""
    form = await visit.form()
    action = str(form.get("action", ""))
    state = GridState.of_query(str(form.get("state", "")))
    ids = await _selected(visit, form, state)
    if action not in WISHES:
        return _nothing(visit, state, "Choose whether to enable, disable or delete.")
    if not ids:
        return _nothing(visit, state, "Select at least one API token first.")
    if len(ids) > MOST_AT_ONCE:
        most = f"Select at most {MOST_AT_ONCE:,} API tokens at once. Filter the list first."
        return _nothing(visit, state, most)
    question = _question(action, ids, state)
    if form.get("confirmed") != "1":
        return ask(visit, question)
    if not question.typed_right(str(form.get("typed", ""))):
        wrong = Invalid.one("typed", f"Type {question.must_type} to go on.")
        return ask(visit, question, refusal=wrong, form=form)
    outcome = await attempt(_do(visit, action, ids))
    if isinstance(outcome, Refusal):
        return ask(visit, question, refusal=outcome, form=form)
    return _tell(visit, action, outcome, state)


async def _selected(visit: Visit, form: FormData, state: GridState) -> list[str]:
    if form.get("scope") == "all":
        return await visit.desk.token_grid.ids(visit.actor, state.wanted())
    return list(dict.fromkeys(str(value) for value in form.getlist("ids")))


async def _do(visit: Visit, action: str, ids: list[str]) -> BulkOutcome[Any]:
    tokens = visit.desk.tokens
    if action == "enable":
        return await tokens.enable_all(visit.actor, ids)
    if action == "disable":
        return await tokens.disable_all(visit.actor, ids)
    return await tokens.delete_all(visit.actor, ids)


def _question(action: str, ids: list[str], state: GridState) -> Question:
    wish = WISHES[action]
    deletes = action == "delete"
    return Question(
        title=f"{wish.verb} {_count(len(ids))}?",
        lines=[wish.effect],
        items=ids,
        button=wish.verb,
        post_url=BULK,
        cancel_url=address(state),
        tone="bad" if deletes else "primary",
        fields={"action": [action], "confirmed": ["1"], "state": [state.here], "ids": ids},
        must_type=f"delete {len(ids)}" if deletes else None,
        type_label="Type this to delete them",
    )


def _tell(visit: Visit, action: str, outcome: BulkOutcome[Any], state: GridState) -> Response:
    wish, changed, refused = WISHES[action], len(outcome.changed), outcome.refused
    said = f"{_count(changed)} {wish.done}."
    if not refused:
        return visit.done(said, address(state))
    return visit.dialog(
        "settings/api-tokens/outcome.html",
        title=f"{changed} of {changed + len(refused)} {wish.done}",
        close_url=address(state),
        said=said if changed else f"No API token was {wish.done}.",
        refused=[{"id": each.token_id, "message": each.refusal.message} for each in refused],
    )


def _nothing(visit: Visit, state: GridState, message: str) -> Response:
    return visit.dialog(
        "settings/api-tokens/outcome.html",
        status=422,
        title="Nothing was changed",
        close_url=address(state),
        said=message,
        refused=[],
    )


def _count(number: int) -> str:
    return f"{number:,} API token{'' if number == 1 else 's'}"
