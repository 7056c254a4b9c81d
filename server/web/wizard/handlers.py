"""Handlers of the wizard "Add API token": four steps, each with its own URL."""

from typing import Final

from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from server.domain.errors import (
    DomainError,
    Expired,
    FieldErrors,
    IllegalTransition,
    Invalid,
    NotFound,
    Stale,
)
from server.domain.ids import IdKind
from server.http.pages.i18n import gettext as _
from server.services.tokens.drafts import UNSAVED
from server.services.tokens.patch import TokenPatch
from server.services.tokens.views import DraftView
from server.web.html.forms import fields_in, typed_in, upload_of
from server.web.html.request import Visit, attempt, signed_in
from server.web.html.view_models import LIST
from server.web.tokens.list import show_list
from server.web.wizard.rendering import (
    advance,
    show_general,
    show_modules,
    show_overview,
    show_step,
    tell_end,
)
from server.web.wizard.steps import GENERAL, MODULES, SUMMARY, Step, Way, draft_id_of, first_gap

OVER: Final = (NotFound, Expired, IllegalTransition)


@signed_in
async def start(visit: Visit) -> Response:
    """Open step 1 with the id of a new draft; nothing is stored before step 1 is submitted."""
    draft_id = visit.desk.drafts.new_id(visit.actor)
    if visit.htmx.partial:
        return await show_general(visit, draft_id, None, push=True)
    return RedirectResponse(GENERAL.url(draft_id), 303)


@signed_in
async def discard(visit: Visit) -> Response:
    """Delete the draft and show the list."""
    await visit.desk.drafts.discard(visit.actor, draft_id_of(visit))
    return await show_list(visit) if visit.htmx.partial else RedirectResponse(LIST, 303)


@signed_in
async def keep(visit: Visit) -> Response:
    """Close the wizard from a step without input: the draft is stored already."""
    draft = await attempt(visit.desk.drafts.get(visit.actor, draft_id_of(visit)))
    return await tell_end(visit, draft) if isinstance(draft, DomainError) else _closed(visit)


@signed_in
async def show(visit: Visit) -> Response:
    """Show the step in the URL; redirect to an earlier incomplete one, or to the Summary."""
    draft_id, step = draft_id_of(visit), Step.named(visit.request.path_params["step"])
    found = await attempt(visit.desk.drafts.get(visit.actor, draft_id))
    unsaved = isinstance(found, NotFound) and IdKind.DRAFT.matches(draft_id)
    if isinstance(found, DomainError) and not unsaved:
        return await tell_end(visit, found)
    draft = None if isinstance(found, DomainError) else found
    gap = first_gap(draft)
    if step is not gap and (gap.is_before(step) or gap is SUMMARY):
        return RedirectResponse(gap.url(draft_id), 303)
    return await show_step(visit, step, draft_id, draft)


@signed_in
async def save_general(visit: Visit) -> Response:
    """Save step 1, all but the modules; it may be incomplete on the way back or out."""
    form, draft_id, field_errors = await visit.form(), draft_id_of(visit), FieldErrors()
    go, upload = Way.of(form, GENERAL), upload_of(form)
    if go.closes and not upload and _version(form) == UNSAVED and _is_blank(form):
        return visit.done("", LIST)
    patch = TokenPatch(
        without_logo=form.get("remove_logo") == "1",
        unfinished=go.leaves,
        **fields_in(form, field_errors),
    )
    saved = await attempt(
        visit.desk.drafts.save(
            visit.actor,
            draft_id,
            _version(form),
            patch,
            upload=upload,
            field_errors=field_errors,
        )
    )
    if isinstance(saved, OVER):
        return await tell_end(visit, saved)
    if isinstance(saved, DomainError):
        return await _general_again(visit, draft_id, form, saved)
    return await _onward(visit, saved, go)


@signed_in
async def save_modules(visit: Visit) -> Response:
    """Save step 2, the modules, like step 1. Without scripts it also searches them."""
    form, draft_id = await visit.form(), draft_id_of(visit)
    go = Way.of(form, MODULES)
    ticked = [str(value) for value in form.getlist("modules")]
    draft = await attempt(visit.desk.drafts.get(visit.actor, draft_id))
    if isinstance(draft, DomainError):
        return await tell_end(visit, draft)
    if form.get("action") == "search":
        return await show_modules(visit, draft, ticked=ticked, search=str(form.get("search", "")))
    patch = TokenPatch(module_ids=ticked, unfinished=go.leaves)
    saved = await attempt(visit.desk.drafts.save(visit.actor, draft_id, _version(form), patch))
    if isinstance(saved, OVER):
        return await tell_end(visit, saved)
    if isinstance(saved, DomainError):
        return await show_modules(visit, draft, ticked=ticked, refusal=saved, closing=go.closes)
    return await _onward(visit, saved, go)


@signed_in
async def add(visit: Visit) -> Response:
    """Commit the draft; a repeat, also from another tab, shows the Summary of the same token."""
    form, draft_id = await visit.form(), draft_id_of(visit)
    minted = await attempt(visit.desk.drafts.commit(visit.actor, draft_id, _version(form)))
    if isinstance(minted, OVER):
        return await tell_end(visit, minted)
    draft = await visit.desk.drafts.get(visit.actor, draft_id)
    if isinstance(minted, DomainError):
        return await _not_added(visit, draft, minted)
    return await advance(visit, SUMMARY, draft)


async def _not_added(visit: Visit, draft: DraftView, refusal: DomainError) -> Response:
    """Show the step where the problem can be fixed, with the error."""
    if not isinstance(refusal, Invalid):
        return await show_overview(visit, draft, refusal=refusal)
    if refusal.field_errors[0].field == "modules":
        return await show_modules(visit, draft, refusal=refusal, push=True)
    return await show_general(visit, draft.id, draft, refusal=refusal, push=True)


async def _general_again(
    visit: Visit, draft_id: str, form: FormData, refusal: DomainError
) -> Response:
    """Show step 1 again with everything that was typed; a valid logo is already stored."""
    draft = await attempt(visit.desk.drafts.get(visit.actor, draft_id))
    stored = None if isinstance(draft, DomainError) else draft
    closing = Way.of(form, GENERAL).closes
    return await show_general(
        visit, draft_id, stored, typed=typed_in(form), refusal=refusal, closing=closing
    )


async def _onward(visit: Visit, draft: DraftView, go: Way) -> Response:
    """Show the requested step, or an earlier incomplete one, or close the wizard."""
    if go.closes:
        return _closed(visit)
    gap = first_gap(draft)
    return await advance(visit, gap if gap.is_before(go.step) else go.step, draft)


def _closed(visit: Visit) -> Response:
    return visit.done(_("Your draft is kept for 24 hours. Continue it on this page."), LIST)


def _is_blank(form: FormData) -> bool:
    return not any(text.strip() for text in typed_in(form).values())


def _version(form: FormData) -> int:
    text = str(form.get("version", ""))
    if text.isascii() and text.isdigit() and len(text) < 9:
        return int(text)
    raise Stale("The form came without its version. Load the page again.", current_version=0)
