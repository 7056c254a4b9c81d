"""The wizard "Add API token": its four steps, each a URL, a partial and a plain form."""

from collections.abc import AsyncIterator
from typing import Final

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
from server.domain.text_rules import DESCRIPTION_CHARACTERS, NAME_CHARACTERS
from server.domain.token_rules import RevealPolicy, parse_expiry
from server.services.answers import DraftInfo
from server.services.draft_patch import DraftPatch
from server.services.logos import LARGEST_BYTES
from server.web import shapes
from server.web.refusals import STATUS
from server.web.shapes import LIST, Shape
from server.web.tokens import list_context, list_page
from server.web.visit import Visit, attempt, signed_in
from server.web.wizard_steps import GENERAL, MODULES, OVERVIEW, SUMMARY, Step, first_gap, frame

OVER: Final = (NotFound, Expired, IllegalMove)
LIMITS: Final = {
    "name": NAME_CHARACTERS,
    "description": DESCRIPTION_CHARACTERS,
    "description_label": f"{DESCRIPTION_CHARACTERS:,}",
    "logo_bytes": LARGEST_BYTES,
}


@signed_in
async def start(visit: Visit) -> Response:
    """A new draft's address. Nothing is stored before its first step is sent."""
    draft_id = visit.desk.drafts.draw_id(visit.actor)
    if visit.htmx.partial:
        return await _show_general(visit, draft_id, None, push=True)
    return RedirectResponse(GENERAL.url(draft_id), 303)


@signed_in
async def discard(visit: Visit) -> Response:
    """Throw the draft away and show the list."""
    await visit.desk.drafts.discard(visit.actor, _draft_id(visit))
    return await list_page(visit) if visit.htmx.partial else RedirectResponse(LIST, 303)


@signed_in
async def show(visit: Visit) -> Response:
    """A step as its URL names it; a step that is not open yet leads to the first gap."""
    draft_id, step = _draft_id(visit), Step.named(visit.request.path_params["step"])
    found = await attempt(visit.desk.drafts.get(visit.actor, draft_id))
    unsaved = isinstance(found, NotFound) and IdKind.DRAFT.matches(draft_id)
    if isinstance(found, Refusal) and not unsaved:
        return await _over(visit, draft_id, found)
    draft = None if isinstance(found, Refusal) else found
    gap = first_gap(draft)
    if step is not gap and (gap.is_before(step) or gap is SUMMARY):
        return RedirectResponse(gap.url(draft_id), 303)
    return await _show(visit, step, draft_id, draft)


@signed_in
async def save_general(visit: Visit) -> Response:
    """Step 1: name, description, logo, expiry."""
    form, draft_id, complaints = await visit.form(), _draft_id(visit), Complaints()
    patch = DraftPatch(
        name=str(form.get("name", "")),
        description=str(form.get("description", "")),
        expires_at=parse_expiry(str(form.get("expires_at", "")), complaints),
        without_logo=form.get("remove_logo") == "1",
    )
    saved = await attempt(
        visit.desk.drafts.save(
            visit.actor,
            draft_id,
            _version(form),
            patch,
            upload=_upload(form),
            complaints=complaints,
        )
    )
    if isinstance(saved, OVER):
        return await _over(visit, draft_id, saved)
    if isinstance(saved, Refusal):
        return await _general_again(visit, draft_id, form, saved)
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
    if isinstance(saved, OVER):
        return await _over(visit, draft_id, saved)
    if isinstance(saved, Refusal):
        return await _show_modules(visit, draft, ticked=ticked, refusal=saved)
    return await _advance(visit, OVERVIEW, saved)


@signed_in
async def add(visit: Visit) -> Response:
    """Step 3: commit. Twice, or in two tabs, makes one token and shows the same Summary."""
    form, draft_id = await visit.form(), _draft_id(visit)
    minted = await attempt(visit.desk.drafts.commit(visit.actor, draft_id, _version(form)))
    if isinstance(minted, OVER):
        return await _over(visit, draft_id, minted)
    draft = await visit.desk.drafts.get(visit.actor, draft_id)
    if isinstance(minted, Refusal):
        return await _not_added(visit, draft, minted)
    return await _advance(visit, SUMMARY, draft)


async def _not_added(visit: Visit, draft: DraftInfo, refusal: Refusal) -> Response:
    """The step where the problem can be put right, with the problem."""
    if not isinstance(refusal, Invalid):
        return await _show_overview(visit, draft, refusal=refusal)
    if refusal.complaints[0].field == "modules":
        return await _show_modules(visit, draft, refusal=refusal, push=True)
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


async def _general_again(visit: Visit, draft_id: str, form: FormData, refusal: Refusal) -> Response:
    """Step 1 with all that was typed; a logo that arrived whole is in the draft by now."""
    draft = await attempt(visit.desk.drafts.get(visit.actor, draft_id))
    stored = None if isinstance(draft, Refusal) else draft
    typed = {name: str(form.get(name, "")) for name in ("name", "description", "expires_at")}
    return await _show_general(visit, draft_id, stored, typed=typed, refusal=refusal)


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
    form = typed or stored
    values = {
        "form": form,
        "logo": shapes.thing(draft_id, form["name"], draft.logo if draft else None),
        "limits": LIMITS,
    }
    return await _step(visit, GENERAL, draft_id, draft, values, refusal=refusal, push=push)


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
    still_chosen = [module.id for module in enabled if module.id in chosen]
    values = {
        "modules": [
            {
                "id": module.id,
                "name": module.name,
                "description": module.description,
                "ticked": module.id in chosen,
            }
            for module in found
        ],
        "kept": [module_id for module_id in still_chosen if module_id not in shown],
        "search": search,
        "count_label": f"{len(still_chosen)} of {len(enabled)} selected",
        "any_enabled": bool(enabled),
    }
    return await _step(visit, MODULES, draft.id, draft, values, refusal=refusal, push=push)


async def _show_overview(
    visit: Visit, draft: DraftInfo, *, refusal: Refusal | None = None, push: bool = False
) -> Response:
    values = {
        "draft": shapes.thing(draft.id, draft.name, draft.logo)
        | {
            "description": draft.description,
            "expires_at": draft.expires_at,
            "modules": shapes.modules(draft.modules),
        },
        "general_url": GENERAL.url(draft.id),
        "modules_url": MODULES.url(draft.id),
        "shown_once": visit.signed_in.current.account.reveal is RevealPolicy.ONCE,
    }
    return await _step(visit, OVERVIEW, draft.id, draft, values, refusal=refusal, push=push)


async def _show_summary(visit: Visit, draft: DraftInfo, *, push: bool = False) -> Response:
    minted = await visit.desk.drafts.committed(visit.actor, draft.id)
    values = {
        "token": shapes.token(minted.token),
        "secret": minted.secret.reveal() if minted.secret else None,
        "secret_until": minted.secret_shown_until,
        "shown_once": minted.token.account.reveal is RevealPolicy.ONCE,
    }
    return await _step(visit, SUMMARY, draft.id, draft, values, push=push)


async def _over(visit: Visit, draft_id: str, refusal: Refusal) -> Response:
    """A draft that was added leads to its Summary; of any other end the dialog tells."""
    if isinstance(refusal, IllegalMove):
        return await _advance(visit, SUMMARY, await visit.desk.drafts.get(visit.actor, draft_id))
    error = {
        "code": None,
        "title": "Draft not available",
        "message": refusal.message,
        "close_url": LIST,
        "ways": [{"label": "Start again", "url": f"{LIST}/new"}],
    }
    status = STATUS[type(refusal)]
    return await _dialog(visit, "parts/error-dialog.html", {"error": error}, status=status)


async def _step(
    visit: Visit,
    step: Step,
    draft_id: str,
    draft: DraftInfo | None,
    values: Shape,
    *,
    refusal: Refusal | None = None,
    push: bool = False,
) -> Response:
    return await _dialog(
        visit,
        f"settings/api-tokens/new/{step.name}.html",
        values | frame(step, draft_id, draft, refusal),
        status=STATUS[type(refusal)] if refusal else 200,
        push=step.url(draft_id) if push else None,
    )


async def _dialog(
    visit: Visit, template: str, values: Shape, *, status: int = 200, push: str | None = None
) -> Response:
    if visit.htmx.partial:
        headers = {"HX-Push-Url": push} if push else {}
        return visit.html(template, status=status, headers=headers, partial=True, **values)
    values |= await list_context(visit)
    page = "settings/api-tokens.html"
    return visit.html(page, status=status, dialog=template, partial=False, **values)


def _draft_id(visit: Visit) -> str:
    return str(visit.request.path_params["draft"])


def _version(form: FormData) -> int:
    text = str(form.get("version", ""))
    if text.isascii() and text.isdigit() and len(text) < 9:
        return int(text)
    raise Stale("The form came without its version. Load the page again.", current_version=0)


def _upload(form: FormData) -> AsyncIterator[bytes] | None:
    logo = form.get("logo")
    return _chunks(logo) if isinstance(logo, UploadFile) and logo.filename else None


async def _chunks(file: UploadFile) -> AsyncIterator[bytes]:
    while chunk := await file.read(64 * 1024):
        yield chunk
