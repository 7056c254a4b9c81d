"""Rendering of the wizard: each step as an htmx partial, or over the tokens page."""

from starlette.responses import RedirectResponse, Response

from server.domain.errors import DomainError, IllegalTransition
from server.domain.i18n.messages import Message
from server.domain.tokens.fields import TokenFields, typed_values_of
from server.domain.tokens.secret_policy import RevealPolicy
from server.http.pages.i18n import gettext as _
from server.services.tokens.views import DraftView
from server.web.html import view_models
from server.web.html.error_pages import STATUS
from server.web.html.forms import LIMITS, count_label, typed_of
from server.web.html.request import Visit
from server.web.html.view_models import LIST, Shape
from server.web.tokens.code_samples import endpoint_of, examples
from server.web.tokens.list import list_context
from server.web.wizard.steps import GENERAL, MODULES, OVERVIEW, SUMMARY, Step, draft_id_of, frame


async def advance(visit: Visit, step: Step, draft: DraftView) -> Response:
    """Show a step: directly for htmx, else by a redirect to its URL."""
    if not visit.htmx.partial:
        return RedirectResponse(step.url(draft.id), 303)
    return await show_step(visit, step, draft.id, draft, push=True)


async def show_step(
    visit: Visit, step: Step, draft_id: str, draft: DraftView | None, *, push: bool = False
) -> Response:
    """Render any step; `push` adds its URL to the browser's history."""
    if step is GENERAL or draft is None:
        return await show_general(visit, draft_id, draft, push=push)
    if step is MODULES:
        return await show_modules(visit, draft, push=push)
    if step is OVERVIEW:
        return await show_overview(visit, draft, push=push)
    return await show_summary(visit, draft, push=push)


async def show_general(
    visit: Visit,
    draft_id: str,
    draft: DraftView | None,
    *,
    typed: dict[str, str] | None = None,
    refusal: DomainError | None = None,
    push: bool = False,
    closing: bool = False,
) -> Response:
    """Render step 1 with the stored values, or with what was typed."""
    form = typed or typed_of(draft or TokenFields())
    values = {
        "form": form,
        "logo": view_models.thing(draft_id, form["name"], draft.logo if draft else None),
        "limits": LIMITS,
    }
    return await _step(
        visit, GENERAL, draft_id, draft, values, refusal=refusal, push=push, closing=closing
    )


async def show_modules(
    visit: Visit,
    draft: DraftView,
    *,
    ticked: list[str] | None = None,
    search: str = "",
    refusal: DomainError | None = None,
    push: bool = False,
    closing: bool = False,
) -> Response:
    """Render step 2 with the draft's modules ticked, or with those that were just submitted."""
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
                "withdrawn": False,
            }
            for module in found
        ],
        "kept": [module_id for module_id in still_chosen if module_id not in shown],
        "search": search,
        "count_label": count_label(len(still_chosen), len(enabled)),
        "any_enabled": bool(enabled),
    }
    return await _step(
        visit, MODULES, draft.id, draft, values, refusal=refusal, push=push, closing=closing
    )


async def show_overview(
    visit: Visit, draft: DraftView, *, refusal: DomainError | None = None, push: bool = False
) -> Response:
    """Render step 3: everything the token will have."""
    values = {
        "draft": view_models.thing(draft.id, draft.name, draft.logo)
        | typed_values_of(draft)
        | {"modules": view_models.modules(draft.modules)},
        "general_url": GENERAL.url(draft.id),
        "modules_url": MODULES.url(draft.id),
        "shown_once": visit.signed_in.current.account.reveal is RevealPolicy.ONCE,
    }
    return await _step(visit, OVERVIEW, draft.id, draft, values, refusal=refusal, push=push)


async def show_summary(
    visit: Visit,
    draft: DraftView,
    *,
    refusal: DomainError | None = None,
    tried: Shape | None = None,
    push: bool = False,
) -> Response:
    """Render step 4: the token with its value, and the response of `/verify` if it was tried."""
    minted = await visit.desk.drafts.committed(visit.actor, draft.id)
    value = minted.secret.reveal() if minted.secret else None
    values = {
        "token": view_models.token(minted.token, visit.desk.clock()),
        "secret": value,
        "secret_until": minted.secret_shown_until,
        "shown_once": minted.token.account.reveal is RevealPolicy.ONCE,
        "examples": examples(endpoint_of(visit), value) if value else [],
        "try_url": f"{LIST}/new/{draft.id}/try",
        "tried": tried,
    }
    return await _step(visit, SUMMARY, draft.id, draft, values, refusal=refusal, push=push)


async def tell_end(visit: Visit, refusal: DomainError) -> Response:
    """Render the end of a draft: the Summary if it was committed, otherwise an error dialog."""
    if isinstance(refusal, IllegalTransition):
        draft = await visit.desk.drafts.get(visit.actor, draft_id_of(visit))
        return await advance(visit, SUMMARY, draft)
    said = Message("%(why)s Start again to add an API token.", why=refusal.message)
    error = {
        "code": None,
        "title": _("This draft is gone"),
        "message": said,
        "close_url": LIST,
        "ways": [{"label": _("Start again"), "url": f"{LIST}/new"}],
    }
    status = STATUS[type(refusal)]
    return await _dialog(visit, "parts/error-dialog.html", {"error": error}, status=status)


async def _step(
    visit: Visit,
    step: Step,
    draft_id: str,
    draft: DraftView | None,
    values: Shape,
    *,
    refusal: DomainError | None = None,
    push: bool = False,
    closing: bool = False,
) -> Response:
    return await _dialog(
        visit,
        f"settings/api-tokens/new/{step.name}.html",
        values | frame(step, draft_id, draft, refusal, closing=closing),
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
