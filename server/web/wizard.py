"""The wizard "Add API token": its four steps, each a URL, a partial and a plain form."""

from collections.abc import AsyncIterator
from typing import Any, Final

from starlette.datastructures import FormData, UploadFile
from starlette.responses import RedirectResponse, Response

from server.domain.errors import (
    Complaints,
    Expired,
    IllegalMove,
    Invalid,
    NotFound,
    Refusal,
    Stale,
)
from server.domain.ids import IdKind
from server.domain.token_rules import RevealPolicy, parse_expiry
from server.services.answers import DraftInfo
from server.services.draft_patch import DraftPatch
from server.services.drafts import UNSAVED
from server.web.refusals import STATUS
from server.web.tokens import LIST, list_context, logo_url
from server.web.visit import Visit, attempt, signed_in
from server.web.wizard_steps import GENERAL, MODULES, OVERVIEW, SUMMARY, Step, first_gap, frame

GONE: Final = (NotFound, Expired)


@signed_in
async def start(visit: Visit) -> Response:
    """A new draft's address. Nothing is stored before its first step is sent."""
    draft_id = visit.desk.drafts.draw_id(visit.actor)
    if visit.htmx.partial:
        return await _show_general(visit, draft_id, None, push=True)
    return RedirectResponse(GENERAL.url(draft_id), 303)


@signed_in
async def discard(visit: Visit) -> Response:
    """Throw the draft away and go back to the list."""
    await visit.desk.drafts.discard(visit.actor, visit.request.path_params["draft"])
    return RedirectResponse(LIST, 303)


@signed_in
async def show(visit: Visit) -> Response:
    """A step as its URL names it; a step that is not open yet leads to the first gap."""
    draft_id, step = _draft_id(visit), Step.named(visit.request.path_params["step"])
    draft = await attempt(visit.desk.drafts.get(visit.actor, draft_id))
    if isinstance(draft, NotFound) and IdKind.DRAFT.matches(draft_id):
        draft = None
    if isinstance(draft, Refusal):
        return await _over(visit, draft_id, draft)
    gap = first_gap(draft)
    if step is not gap and (gap.is_before(step) or gap is SUMMARY):
        return RedirectResponse(gap.url(draft_id), 303)
    return await _show(visit, step, draft_id, draft)


@signed_in
async def save_general(visit: Visit) -> Response:
    """Step 1: name, description, logo, expiry."""
    form, complaints = await visit.form(), Complaints()
    patch = _general_patch(form, complaints)
    upload = _upload(form)
    if form.get("action") == "remove_logo":
        patch, upload, complaints = DraftPatch(without_logo=True), None, Complaints()
    draft_id = _draft_id(visit)
    saved = await attempt(
        visit.desk.drafts.save(
            visit.actor, draft_id, _version(form), patch, upload=upload, complaints=complaints
        )
    )
    if isinstance(saved, (*GONE, IllegalMove)):
        return await _over(visit, draft_id, saved)
    if isinstance(saved, Refusal) or form.get("action") == "remove_logo":
        refusal = saved if isinstance(saved, Refusal) else None
        return await _general_again(visit, draft_id, form, refusal)
    return await _advance(visit, MODULES, saved)


@signed_in
async def save_modules(visit: Visit) -> Response:
    """Step 2: the modules; without scripts also the search among them."""
    form, draft_id = await visit.form(), _draft_id(visit)
    ticked = [str(value) for value in form.getlist("modules")]
    draft = await attempt(visit.desk.drafts.get(visit.actor, draft_id))
    if isinstance(draft, Refusal):
        return await _over(visit, draft_id, draft)
    if form.get("action") == "search":
        return await _show_modules(visit, draft, ticked=ticked, search=str(form.get("search", "")))
    patch = DraftPatch(module_ids=ticked)
    saved = await attempt(visit.desk.drafts.save(visit.actor, draft_id, _version(form), patch))
    if isinstance(saved, (*GONE, IllegalMove)):
        return await _over(visit, draft_id, saved)
    if isinstance(saved, Refusal):
        return await _show_modules(visit, draft, ticked=ticked, refusal=saved)
    return await _advance(visit, OVERVIEW, saved)


@signed_in
async def add(visit: Visit) -> Response:
    """Step 3: commit. Twice, or in two tabs, makes one token and shows the same Summary."""
    form, draft_id = await visit.form(), _draft_id(visit)
    minted = await attempt(visit.desk.drafts.commit(visit.actor, draft_id, _version(form)))
    if isinstance(minted, GONE):
        return await _over(visit, draft_id, minted)
    draft = await visit.desk.drafts.get(visit.actor, draft_id)
    if isinstance(minted, Refusal):
        return await _not_added(visit, draft, minted)
    return await _advance(visit, SUMMARY, draft)


async def _not_added(visit: Visit, draft: DraftInfo, refusal: Refusal) -> Response:
    if not isinstance(refusal, Invalid):
        return await _show_overview(visit, draft, refusal=refusal)
    if refusal.complaints[0].field == "modules":
        ticked = [module.id for module in draft.modules]
        return await _show_modules(visit, draft, ticked=ticked, refusal=refusal, push=True)
    return await _show_general(visit, draft.id, draft, refusal=refusal, push=True)


async def _advance(visit: Visit, step: Step, draft: DraftInfo) -> Response:
    if not visit.htmx.partial:
        return RedirectResponse(step.url(draft.id), 303)
    return await _show(visit, step, draft.id, draft, push=True)


async def _show(
    visit: Visit, step: Step, draft_id: str, draft: DraftInfo | None, *, push: bool = False
) -> Response:
    if step is GENERAL or draft is None:
        return await _show_general(visit, draft_id, draft, push=push)
    if step is MODULES:
        return await _show_modules(visit, draft, push=push)
    if step is OVERVIEW:
        return await _show_overview(visit, draft, push=push)
    return await _show_summary(visit, draft, push=push)


async def _general_again(
    visit: Visit, draft_id: str, form: FormData, refusal: Refusal | None
) -> Response:
    """Step 1 with all that was typed; a logo that arrived whole is in the draft by now."""
    draft = await attempt(visit.desk.drafts.get(visit.actor, draft_id))
    if isinstance(draft, Refusal):
        draft = None
    typed = {name: str(form.get(name, "")) for name in ("name", "description", "expires_at")}
    return await _show_general(visit, draft_id, draft, typed=typed, refusal=refusal)


async def _show_general(
    visit: Visit,
    draft_id: str,
    draft: DraftInfo | None,
    *,
    typed: dict[str, str] | None = None,
    refusal: Refusal | None = None,
    push: bool = False,
) -> Response:
    stored = {
        "name": draft.name if draft else "",
        "description": draft.description if draft else "",
        "expires_at": f"{draft.expires_at:%Y-%m-%dT%H:%M}" if draft and draft.expires_at else "",
    }
    values = {
        "values": typed or stored,
        "stored": stored,
        "logo": logo_url(draft.logo if draft else None),
        "unsaved_name": (typed or stored)["name"] or "New token",
    }
    return await _render(visit, GENERAL, draft_id, draft, values, refusal=refusal, push=push)


async def _show_modules(
    visit: Visit,
    draft: DraftInfo,
    *,
    ticked: list[str] | None = None,
    search: str = "",
    refusal: Refusal | None = None,
    push: bool = False,
) -> Response:
    chosen = set(draft.module_ids if ticked is None else ticked)
    enabled = await visit.desk.modules.enabled(visit.actor)
    found = await visit.desk.modules.enabled(visit.actor, search) if search else enabled
    shown = {module.id for module in found}
    values = {
        "choices": [(module, module.id in chosen) for module in found],
        "hidden_choices": [m.id for m in enabled if m.id in chosen and m.id not in shown],
        "chosen_count": len([module for module in enabled if module.id in chosen]),
        "enabled_count": len(enabled),
        "search": search,
    }
    return await _render(visit, MODULES, draft.id, draft, values, refusal=refusal, push=push)


async def _show_overview(
    visit: Visit, draft: DraftInfo, *, refusal: Refusal | None = None, push: bool = False
) -> Response:
    once = visit.signed_in.current.account.reveal is RevealPolicy.ONCE
    values = {"draft": draft, "logo": logo_url(draft.logo), "shown_once": once}
    return await _render(visit, OVERVIEW, draft.id, draft, values, refusal=refusal, push=push)


async def _show_summary(visit: Visit, draft: DraftInfo, *, push: bool = False) -> Response:
    minted = await visit.desk.drafts.committed(visit.actor, draft.id)
    values = {
        "token": minted.token,
        "token_url": f"{LIST}/{minted.token.id}",
        "secret": minted.secret.reveal() if minted.secret else "",
        "shown_until": minted.secret_shown_until,
        "shown_once": minted.token.account.reveal is RevealPolicy.ONCE,
    }
    return await _render(visit, SUMMARY, draft.id, draft, values, push=push)


async def _over(visit: Visit, draft_id: str, refusal: Refusal) -> Response:
    """A draft that was added leads to its Summary; of any other end the dialog tells."""
    if isinstance(refusal, IllegalMove):
        return await _advance(visit, SUMMARY, await visit.desk.drafts.get(visit.actor, draft_id))
    values = {"message": refusal.message, "title": "Draft not available - Tokendesk"}
    return await _dialog(visit, "gone", values, status=STATUS[type(refusal)])


async def _render(
    visit: Visit,
    step: Step,
    draft_id: str,
    draft: DraftInfo | None,
    values: dict[str, Any],
    *,
    refusal: Refusal | None = None,
    push: bool = False,
) -> Response:
    version = draft.version if draft else UNSAVED
    page = frame(step, draft_id, draft, refusal) | {"version": version}
    return await _dialog(
        visit,
        step.name,
        values | page,
        status=STATUS[type(refusal)] if refusal else 200,
        push=step.url(draft_id) if push else None,
    )


async def _dialog(
    visit: Visit, template: str, values: dict[str, Any], *, status: int = 200, push: str | None = None
) -> Response:
    path = f"settings/api-tokens/new/{template}.html"
    if visit.htmx.partial:
        headers = {"HX-Push-Url": push} if push else {}
        return visit.html(path, status=status, headers=headers, partial=True, **values)
    values |= await list_context(visit)
    return visit.html(
        "settings/api-tokens.html", status=status, wizard=path, partial=False, **values
    )


def _draft_id(visit: Visit) -> str:
    return str(visit.request.path_params["draft"])


def _version(form: FormData) -> int:
    text = str(form.get("version", ""))
    if text.isascii() and text.isdigit() and len(text) < 9:
        return int(text)
    raise Stale("The form came without its version. Load the page again.", current_version=0)


def _general_patch(form: FormData, complaints: Complaints) -> DraftPatch:
    return DraftPatch(
        name=str(form.get("name", "")),
        description=str(form.get("description", "")),
        expires_at=parse_expiry(str(form.get("expires_at", "")), complaints),
    )


def _upload(form: FormData) -> AsyncIterator[bytes] | None:
    logo = form.get("logo")
    return _chunks(logo) if isinstance(logo, UploadFile) and logo.filename else None


async def _chunks(file: UploadFile) -> AsyncIterator[bytes]:
    while chunk := await file.read(64 * 1024):
        yield chunk
