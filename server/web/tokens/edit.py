"""The wizard "Edit API token": General and Modules in one form, saved together."""

from typing import Final

from starlette.datastructures import FormData
from starlette.responses import Response

from server.domain.errors import DomainError, FieldErrors, Invalid, Stale, by_field
from server.domain.tokens.fields import SPECS, TEXTS
from server.http.pages.i18n import gettext as _
from server.services.accounts.views import ModuleView
from server.services.tokens.patch import TokenPatch
from server.services.tokens.views import TokenView
from server.web.html import view_models
from server.web.html.error_pages import STATUS
from server.web.html.forms import LIMITS, count_label, fields_in, typed_in, typed_of, upload_of
from server.web.html.request import Visit, attempt, signed_in
from server.web.html.view_models import LIST, Shape

_NO_VERSION: Final = -1


@signed_in
async def show(visit: Visit) -> Response:
    """Show the form with the saved values; `?step=modules` opens that step."""
    visit.actor.require_token_management()
    return await _dialog(visit, await _token(visit))


@signed_in
async def save(visit: Visit) -> Response:
    """Save everything, or show the errors beside their fields with all that was typed."""
    form, field_errors, token_id = await visit.form(), FieldErrors(), _token_id(visit)
    patch = TokenPatch(
        module_ids=_ticked(form),
        without_logo=form.get("remove_logo") == "1",
        **fields_in(form, field_errors),
    )
    saved = await attempt(
        visit.desk.tokens.update(
            visit.actor,
            token_id,
            patch,
            version=_version(form),
            upload=upload_of(form),
            field_errors=field_errors,
        )
    )
    if isinstance(saved, DomainError):
        if not isinstance(saved, (Invalid, Stale)):
            raise saved
        return await _dialog(visit, await _token(visit), form=form, refusal=saved)
    back = visit.came_from if visit.htmx.partial else f"{LIST}/{token_id}"
    return visit.done(_("%(name)s is saved.", name=saved.name), back)


async def _dialog(
    visit: Visit,
    token: TokenView,
    *,
    form: FormData | None = None,
    refusal: DomainError | None = None,
) -> Response:
    enabled = await visit.desk.modules.enabled(visit.actor, account_id=token.account.id)
    granted = {module.id for module in (*token.modules, *token.withdrawn_modules)}
    ticked = granted if form is None else set(_ticked(form))
    rows = _module_rows(enabled, token, ticked)
    typed = typed_of(token) if form is None else typed_in(form)
    errors = dict(by_field(refusal)) if isinstance(refusal, Invalid) else {}
    return visit.dialog(
        "settings/api-tokens/edit.html",
        status=STATUS[type(refusal)] if refusal else 200,
        title=_("Edit API token"),
        edit={
            "post_url": f"{LIST}/{token.id}/edit",
            "close_url": f"{LIST}/{token.id}",
            "version": token.version,
            "step": _step(visit, errors),
        },
        stale=_compared(token, typed, ticked) if isinstance(refusal, Stale) else None,
        errors=errors,
        form=typed,
        logo=view_models.thing(token.id, token.name, token.logo),
        limits=LIMITS,
        modules=rows,
        any_modules=bool(rows),
        kept=[],
        search="",
        count_label=count_label(sum(row["ticked"] for row in rows), len(rows)),
    )


def _step(visit: Visit, errors: dict[str, str]) -> str:
    """Return the step that shows the errors, else the requested one."""
    wanted = visit.request.query_params.get("step") == "modules" and not errors
    return "modules" if wanted or set(errors) == {"modules"} else "general"


def _module_rows(enabled: list[ModuleView], token: TokenView, ticked: set[str]) -> list[Shape]:
    """Build a row per enabled module, and per granted module that was withdrawn."""
    return [
        {
            "id": module.id,
            "name": module.name,
            "description": module.description,
            "ticked": module.id in ticked,
            "withdrawn": module in token.withdrawn_modules,
        }
        for module in (*enabled, *token.withdrawn_modules)
    ]


def _compared(token: TokenView, typed: dict[str, str], ticked: set[str]) -> list[Shape]:
    """Return saved and entered values where they differ."""
    saved = typed_of(token)
    granted = {module.id for module in (*token.modules, *token.withdrawn_modules)}
    rows = [(SPECS[name].label, _spaced(name, saved), _spaced(name, typed)) for name in saved]
    rows.append((_("Modules"), ", ".join(sorted(granted)), ", ".join(sorted(ticked))))
    return [
        {"label": label, "saved": before or "—", "typed": after or "—"}
        for label, before, after in rows
        if before != after
    ]


def _spaced(name: str, texts: dict[str, str]) -> str:
    """Return a text unchanged; in any other value, replace the T of a date and time by a space."""
    return texts[name] if name in TEXTS else texts[name].replace("T", " ")


async def _token(visit: Visit) -> TokenView:
    return await visit.desk.tokens.get(visit.actor, _token_id(visit))


def _token_id(visit: Visit) -> str:
    return str(visit.request.path_params["token"])


def _ticked(form: FormData) -> list[str]:
    return [str(value) for value in form.getlist("modules")]


def _version(form: FormData) -> int:
    """Return the version that the form was loaded with; an invalid one counts as stale."""
    text = str(form.get("version", ""))
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else _NO_VERSION
