"""Enabling, disabling, rotating and deleting a token: each asks first, then does it."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, Final

from starlette.responses import Response

from server.domain.errors import DomainError, Invalid
from server.domain.tokens.secret_policy import Grace
from server.http.pages.i18n import gettext as _
from server.services.tokens.views import MintedToken, TokenView
from server.web.html import view_models
from server.web.html.confirmation import Choice, Question, ask
from server.web.html.request import Visit, attempt, signed_in
from server.web.html.view_models import LIST

Act = Callable[[Visit, TokenView, Any], Awaitable[Response]]
GRACES: Final = [(grace.value, grace.label) for grace in Grace]


@signed_in
async def ask_enable(visit: Visit) -> Response:
    """Whether it shall be accepted again."""
    return ask(visit, _enable(visit, await _token(visit)))


@signed_in
async def enable(visit: Visit) -> Response:
    """It is accepted again."""
    token, form = await _token(visit), await visit.form()
    done = await attempt(visit.desk.tokens.enable(visit.actor, token.id))
    if isinstance(done, DomainError):
        return ask(visit, _enable(visit, token), refusal=done, form=form)
    return visit.done(_("%(name)s is enabled.", name=token.name), _back(visit, token))


@signed_in
async def ask_disable(visit: Visit) -> Response:
    """Whether it shall be refused from now on."""
    return ask(visit, _disable(visit, await _token(visit)))


@signed_in
async def disable(visit: Visit) -> Response:
    """It is refused from now on."""
    token, form = await _token(visit), await visit.form()
    done = await attempt(visit.desk.tokens.disable(visit.actor, token.id))
    if isinstance(done, DomainError):
        return ask(visit, _disable(visit, token), refusal=done, form=form)
    said = _("%(name)s is disabled. It is refused from now on.", name=token.name)
    return visit.done(said, _back(visit, token))


@signed_in
async def ask_delete(visit: Visit) -> Response:
    """Whether it shall end for good; its name must be typed."""
    return ask(visit, _delete(visit, await _token(visit)))


@signed_in
async def delete(visit: Visit) -> Response:
    """It ends for good."""
    token, form = await _token(visit), await visit.form()
    question = _delete(visit, token)
    if not question.typed_right(str(form.get("typed", ""))):
        said = _("Type the name of the API token to delete it: %(name)s", name=token.name)
        wrong = Invalid.one("typed", said)
        return ask(visit, question, refusal=wrong, form=form)
    done = await attempt(visit.desk.tokens.delete(visit.actor, token.id))
    if isinstance(done, DomainError):
        return ask(visit, question, refusal=done, form=form)
    back = _back(visit, token)
    said = _("%(name)s is deleted.", name=token.name)
    return visit.done(said, LIST if token.id in back else back)


@signed_in
async def ask_rotate(visit: Visit) -> Response:
    """How long the old secret shall work beside the new one."""
    return ask(visit, _rotate(visit, await _token(visit)))


@signed_in
async def rotate(visit: Visit) -> Response:
    """A new secret, shown here and now."""
    token, form = await _token(visit), await visit.form()
    question = _rotate(visit, token)
    try:
        grace = Grace(str(form.get("grace", "")))
    except ValueError:
        wrong = Invalid.one("grace", _("Choose how long the old secret shall still work."))
        return ask(visit, question, refusal=wrong, form=form)
    minted = await attempt(visit.desk.secrets.rotate(visit.actor, token.id, grace))
    if isinstance(minted, DomainError):
        return ask(visit, question, refusal=minted, form=form)
    return await _show_new(visit, minted)


@signed_in
async def ask_end_grace(visit: Visit) -> Response:
    """Whether the old secret shall end before its time."""
    return ask(visit, _end_grace(visit, await _token(visit)))


@signed_in
async def end_grace(visit: Visit) -> Response:
    """The old secret is refused from now on."""
    token, form = await _token(visit), await visit.form()
    done = await attempt(visit.desk.secrets.end_grace(visit.actor, token.id))
    if isinstance(done, DomainError):
        return ask(visit, _end_grace(visit, token), refusal=done, form=form)
    said = _("The old secret of %(name)s is refused from now on.", name=token.name)
    return visit.done(said, _back(visit, token))


async def _show_new(visit: Visit, minted: MintedToken) -> Response:
    assert minted.secret is not None, "a new secret has its value"
    old = await visit.desk.secrets.old(visit.actor, minted.token.id)
    until: datetime | None = max((each.accepted_until for each in old if each.works), default=None)
    return visit.dialog(
        "settings/api-tokens/token/rotated.html",
        title=_("%(name)s has a new secret", name=minted.token.name),
        close_url=f"{LIST}/{minted.token.id}",
        token=view_models.token(minted.token, visit.desk.clock()),
        secret=minted.secret.reveal(),
        old_until=until,
        shown_once=minted.token.account.reveal.value == "once",
    )


async def _token(visit: Visit) -> TokenView:
    return await visit.desk.tokens.get(visit.actor, visit.request.path_params["token"])


def _back(visit: Visit, token: TokenView) -> str:
    """The page the person is on; without scripts the token's own."""
    return visit.came_from if visit.htmx.partial else f"{LIST}/{token.id}"


def _question(
    visit: Visit, token: TokenView, path: str, title: str, button: str, *lines: str, **more: Any
) -> Question:
    return Question(
        title=title,
        lines=lines,
        button=button,
        post_url=f"{LIST}/{token.id}/{path}",
        cancel_url=visit.came_from or f"{LIST}/{token.id}",
        **more,
    )


def _enable(visit: Visit, token: TokenView) -> Question:
    return _question(
        visit,
        token,
        "enable",
        _("Enable %(name)s?", name=token.name),
        _("Enable"),
        _("Programs that send %(id)s are accepted again at once, for its modules.", id=token.id),
    )


def _disable(visit: Visit, token: TokenView) -> Question:
    return _question(
        visit,
        token,
        "disable",
        _("Disable %(name)s?", name=token.name),
        _("Disable"),
        _("Programs that send %(id)s are refused at once, everywhere.", id=token.id),
        _("You can enable it again at any time; its value stays the same."),
    )


def _delete(visit: Visit, token: TokenView) -> Question:
    return _question(
        visit,
        token,
        "delete",
        _("Delete %(name)s?", name=token.name),
        _("Delete"),
        _(
            "Programs that send %(id)s are refused at once, everywhere. This cannot be undone.",
            id=token.id,
        ),
        _(
            "The audit trail keeps what was done with it."
            " To stop it for a while, disable it instead."
        ),
        tone="bad",
        must_type=token.name,
        type_label=_("Type its name to delete it"),
    )


def _rotate(visit: Visit, token: TokenView) -> Question:
    return _question(
        visit,
        token,
        "rotate",
        _("Rotate %(name)s?", name=token.name),
        _("Rotate"),
        _("It gets a new secret, which you hand to its programs. Name, modules and expiry stay."),
        choice=Choice(
            "grace",
            _("How long shall the old secret still work?"),
            GRACES,
            chosen=Grace.ONE_DAY.value,
        ),
    )


def _end_grace(visit: Visit, token: TokenView) -> Question:
    return _question(
        visit,
        token,
        "end-grace",
        _("End the old secret of %(name)s now?", name=token.name),
        _("End it now"),
        _(
            "Programs that still send the old secret are refused at once."
            " The new one goes on working."
        ),
        tone="bad",
    )
