"""Settings > Account: name, language, modules and reveal policy."""

from dataclasses import dataclass
from typing import Final

from starlette.responses import Response

from server.domain.errors import DomainError, Invalid, NotFound, by_field
from server.domain.i18n.language import Language
from server.domain.i18n.messages import Message
from server.domain.tokens.secret_policy import RevealPolicy
from server.http.pages.i18n import ask_browser, use_language
from server.http.pages.i18n import gettext as _
from server.services.accounts.views import AccountView
from server.web.html import view_models
from server.web.html.confirmation import ConfirmedAction, Question, Typed
from server.web.html.request import Visit, attempt, signed_in

ACCOUNT: Final = "/settings/account"


@dataclass(frozen=True)
class _Words:
    """The texts of a reveal policy: its name, its meaning, and the dialog that chooses it."""

    label: str
    explained: str
    change: str
    changed: str


_WORDS: Final = {
    RevealPolicy.ALWAYS: _Words(
        Message("Always"),
        Message(
            "Values of API tokens are kept, sealed. Administrators can show them again after they"
            " have confirmed their password; each time is recorded in the audit trail."
        ),
        Message("Change to always"),
        Message("The reveal policy is always now."),
    ),
    RevealPolicy.ONCE: _Words(
        Message("Once"),
        Message(
            "A value is shown a single time, right after its API token was added or rotated. It is"
            " not kept, and nobody can show it again."
        ),
        Message("Change to once"),
        Message("The reveal policy is once now."),
    ),
}


@signed_in
async def show(visit: Visit) -> Response:
    """Show the current account."""
    return await _page(visit)


@signed_in
async def rename(visit: Visit) -> Response:
    """Rename the account."""
    form = await visit.form()
    name = str(form.get("name", ""))
    renamed = await attempt(visit.desk.accounts.rename(visit.actor, visit.actor.account_id, name))
    if isinstance(renamed, Invalid):
        return await _page(visit, name=name, refusal=renamed)
    if isinstance(renamed, DomainError):
        raise renamed
    return visit.done(_("The account is called %(name)s now.", name=renamed.name), ACCOUNT)


@signed_in
async def set_language(visit: Visit) -> Response:
    """Set the language of the account's pages; the response uses it already."""
    form = await visit.form()
    named = str(form.get("language", ""))
    language = next((each for each in Language if each.value == named), None)
    if language is None:
        wrong = Invalid.one("language", Message("Choose a language."))
        return await _page(visit, refusal=wrong)
    await visit.desk.accounts.set_language(visit.actor, visit.actor.account_id, language)
    ask_browser(visit.request.headers)
    use_language(language)
    return visit.done(_("The language was changed."), ACCOUNT)


async def _set_reveal(visit: Visit, account: AccountView) -> Response:
    policy = _policy(visit)
    await visit.desk.accounts.set_reveal(visit.actor, account.id, policy)
    return visit.done(_WORDS[policy].changed, ACCOUNT)


async def _account(visit: Visit) -> AccountView:
    return await visit.desk.accounts.get(visit.actor, visit.actor.account_id)


def _policy(visit: Visit) -> RevealPolicy:
    named = str(visit.request.path_params["policy"])
    policy = next((each for each in RevealPolicy if each.value == named), None)
    if policy is None:
        raise NotFound(
            Message("There is no reveal policy %(name)s. Choose always or once.", name=named[:40])
        )
    return policy


async def _page(
    visit: Visit, *, name: str | None = None, refusal: Invalid | None = None
) -> Response:
    account = await _account(visit)
    enabled = await visit.desk.modules.enabled(visit.actor)
    other = RevealPolicy.ONCE if account.reveal is RevealPolicy.ALWAYS else RevealPolicy.ALWAYS
    return visit.html(
        "settings/account.html",
        status=422 if refusal else 200,
        account=view_models.account(account),
        reveal={
            "label": _WORDS[account.reveal].label,
            "explained": _WORDS[account.reveal].explained,
            "change_url": f"{ACCOUNT}/reveal/{other.value}",
            "change_label": _WORDS[other].change,
        },
        languages=[
            {"value": each.value, "label": each.label, "chosen": each is account.language}
            for each in Language
        ],
        modules=[
            {"id": module.id, "name": module.name, "description": module.description}
            for module in enabled
        ],
        form={"name": account.name if name is None else name},
        errors=by_field(refusal) if refusal else {},
    )


def _ask_reveal(visit: Visit, account: AccountView) -> Question:
    return _ask_always() if _policy(visit) is RevealPolicy.ALWAYS else _ask_once(account)


def _ask_always() -> Question:
    return Question(
        title=_("Keep the values of API tokens?"),
        lines=(
            _(
                "From now on the values of new and rotated API tokens are kept, sealed, and"
                " administrators can show them again."
            ),
            _("Values that are not kept today stay that way."),
        ),
        button=_("Keep values"),
        cancel_url=ACCOUNT,
    )


def _ask_once(account: AccountView) -> Question:
    return Question(
        title=_("Show values only once?"),
        lines=(
            _(
                "All kept values of the API tokens of %(name)s are destroyed at once."
                " They cannot be brought back by anybody.",
                name=account.name,
            ),
            _(
                "The API tokens themselves go on working. From now on a value is shown a single"
                " time, right after its API token was added or rotated."
            ),
        ),
        button=_("Destroy the values"),
        cancel_url=ACCOUNT,
        tone="bad",
        typed=Typed(
            account.name,
            label=_("Type the account's name to go on"),
            missing=_("Type the name of the account to go on: %(name)s", name=account.name),
        ),
    )


ACTIONS: Final = (
    ConfirmedAction(ACCOUNT + "/reveal/{policy}", _account, _ask_reveal, _set_reveal),
)
"""What is asked before it is done."""
