"""Actions on one token: enable, disable, rotate, end the grace period, delete."""

from datetime import datetime
from typing import Final

from starlette.responses import Response

from server.domain.errors import Invalid
from server.domain.tokens.secret_policy import Grace
from server.http.pages.i18n import gettext as _
from server.services.tokens.views import MintedToken, TokenView
from server.web.html import view_models
from server.web.html.confirmation import Choice, ConfirmedAction, Question, Typed
from server.web.html.request import Visit
from server.web.html.view_models import LIST

TOKEN: Final = LIST + "/{token}"
GRACES: Final = [(grace.value, grace.label) for grace in Grace]


async def _enable(visit: Visit, token: TokenView) -> Response:
    await visit.desk.tokens.enable(visit.actor, token.id)
    return visit.done(_("%(name)s is enabled.", name=token.name), _back(visit, token))


async def _disable(visit: Visit, token: TokenView) -> Response:
    await visit.desk.tokens.disable(visit.actor, token.id)
    said = _("%(name)s is disabled. It is refused from now on.", name=token.name)
    return visit.done(said, _back(visit, token))


async def _delete(visit: Visit, token: TokenView) -> Response:
    await visit.desk.tokens.delete(visit.actor, token.id)
    back = _back(visit, token)
    said = _("%(name)s is deleted.", name=token.name)
    return visit.done(said, LIST if token.id in back else back)


async def _rotate(visit: Visit, token: TokenView) -> Response:
    form = await visit.form()
    try:
        grace = Grace(str(form.get("grace", "")))
    except ValueError:
        said = _("Choose how long the old secret shall still work.")
        raise Invalid.one("grace", said) from None
    return await _show_new(visit, await visit.desk.secrets.rotate(visit.actor, token.id, grace))


async def _end_grace(visit: Visit, token: TokenView) -> Response:
    await visit.desk.secrets.end_grace(visit.actor, token.id)
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
    """Return the URL of the current page; without scripts, of the token's page."""
    return visit.came_from if visit.htmx.partial else f"{LIST}/{token.id}"


def _cancel_url(visit: Visit, token: TokenView) -> str:
    return visit.came_from or f"{LIST}/{token.id}"


def _ask_enable(visit: Visit, token: TokenView) -> Question:
    return Question(
        title=_("Enable %(name)s?", name=token.name),
        lines=[
            _("Programs that send %(id)s are accepted again at once, for its modules.", id=token.id)
        ],
        button=_("Enable"),
        cancel_url=_cancel_url(visit, token),
    )


def _ask_disable(visit: Visit, token: TokenView) -> Question:
    return Question(
        title=_("Disable %(name)s?", name=token.name),
        lines=[
            _("Programs that send %(id)s are refused at once, everywhere.", id=token.id),
            _("You can enable it again at any time; its value stays the same."),
        ],
        button=_("Disable"),
        cancel_url=_cancel_url(visit, token),
    )


def _ask_delete(visit: Visit, token: TokenView) -> Question:
    return Question(
        title=_("Delete %(name)s?", name=token.name),
        lines=[
            _(
                "Programs that send %(id)s are refused at once, everywhere. This cannot be undone.",
                id=token.id,
            ),
            _(
                "The audit trail keeps what was done with it."
                " To stop it for a while, disable it instead."
            ),
        ],
        button=_("Delete"),
        cancel_url=_cancel_url(visit, token),
        tone="bad",
        typed=Typed(
            token.name,
            label=_("Type its name to delete it"),
            missing=_("Type the name of the API token to delete it: %(name)s", name=token.name),
        ),
    )


def _ask_rotate(visit: Visit, token: TokenView) -> Question:
    legend = _("How long shall the old secret still work?")
    return Question(
        title=_("Rotate %(name)s?", name=token.name),
        lines=[
            _(
                "It gets a new secret, which you hand to its programs."
                " Name, modules and expiry stay."
            )
        ],
        button=_("Rotate"),
        cancel_url=_cancel_url(visit, token),
        choice=Choice("grace", legend, GRACES, chosen=Grace.ONE_DAY.value),
    )


def _ask_end_grace(visit: Visit, token: TokenView) -> Question:
    return Question(
        title=_("End the old secret of %(name)s now?", name=token.name),
        lines=[
            _(
                "Programs that still send the old secret are refused at once."
                " The new one goes on working."
            )
        ],
        button=_("End it now"),
        cancel_url=_cancel_url(visit, token),
        tone="bad",
    )


ACTIONS: Final = (
    ConfirmedAction(f"{TOKEN}/enable", _token, _ask_enable, _enable),
    ConfirmedAction(f"{TOKEN}/disable", _token, _ask_disable, _disable),
    ConfirmedAction(f"{TOKEN}/delete", _token, _ask_delete, _delete),
    ConfirmedAction(f"{TOKEN}/rotate", _token, _ask_rotate, _rotate),
    ConfirmedAction(f"{TOKEN}/end-grace", _token, _ask_end_grace, _end_grace),
)
"""What can be done with a token."""
