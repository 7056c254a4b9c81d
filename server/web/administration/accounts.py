"""Administration > Accounts: all accounts, their status and modules, for Operations."""

from typing import Final

from starlette.responses import Response

from server.domain.actor import AccountType
from server.domain.errors import DomainError, Invalid, by_field
from server.http.pages.i18n import gettext as _
from server.http.pages.i18n import ngettext
from server.services.accounts.views import AccountView
from server.web.html import view_models
from server.web.html.confirmation import ConfirmedAction, Endpoint, Question, View
from server.web.html.error_pages import STATUS
from server.web.html.request import Visit, attempt, signed_in
from server.web.html.view_models import Shape
from server.web.settings import members_view
from server.web.settings.members_view import ADMINISTRATION

ONE_ACCOUNT: Final = ADMINISTRATION + "/{account}"


def for_operations(view: View) -> Endpoint:
    """Make an endpoint for Operations. Others are refused before anything is looked up."""

    async def endpoint(visit: Visit) -> Response:
        visit.actor.require_operations()
        return await view(visit)

    return signed_in(endpoint)


@for_operations
async def show_accounts(visit: Visit) -> Response:
    """Show all accounts."""
    found = await visit.desk.accounts.overview(visit.actor)
    return visit.html(
        "administration/accounts.html",
        accounts=[_account(each.account) | {"modules": each.modules} for each in found],
        total_label=ngettext("%(num)s account", "%(num)s accounts", len(found)),
        create_url=f"{ADMINISTRATION}/new",
    )


@for_operations
async def show_create(visit: Visit) -> Response:
    """Show the dialog that asks for a new account's name and type."""
    return _create(visit, {"name": "", "type": AccountType.CLIENT.value})


@for_operations
async def create(visit: Visit) -> Response:
    """Create an account, without members and modules."""
    form = await visit.form()
    typed = {name: str(form.get(name, "")) for name in ("name", "type")}
    kind = next((each for each in AccountType if each.value == typed["type"]), None)
    if kind is None:
        return _create(visit, typed, Invalid.one("type", _("Choose the type of the account.")))
    made = await attempt(visit.desk.accounts.create(visit.actor, typed["name"], kind))
    if isinstance(made, DomainError):
        return _create(visit, typed, made)
    said = _(
        "The account %(name)s is created. Enable its modules and invite its people.",
        name=made.name,
    )
    return visit.done(said, f"{ADMINISTRATION}/{made.id}")


@for_operations
async def show_account(visit: Visit) -> Response:
    """Show one account with its modules and members."""
    return await _page(visit)


@for_operations
async def set_modules(visit: Visit) -> Response:
    """Enable exactly the checked modules for the account."""
    form, account_id = await visit.form(), visit.request.path_params["account"]
    wanted = [str(each) for each in form.getlist("module")]
    enabled = await attempt(visit.desk.modules.set_enabled(visit.actor, account_id, wanted))
    if isinstance(enabled, Invalid):
        return await _page(visit, wanted=wanted, refusal=enabled)
    if isinstance(enabled, DomainError):
        raise enabled
    said = ngettext(
        "Saved: %(num)s module is enabled.", "Saved: %(num)s modules are enabled.", len(enabled)
    )
    return visit.done(said, f"{ADMINISTRATION}/{account_id}")


async def _enable(visit: Visit, account: AccountView) -> Response:
    await visit.desk.accounts.enable(visit.actor, account.id)
    said = _("%(name)s is enabled.", name=account.name)
    return visit.done(said, f"{ADMINISTRATION}/{account.id}")


async def _disable(visit: Visit, account: AccountView) -> Response:
    await visit.desk.accounts.disable(visit.actor, account.id)
    said = _("%(name)s is disabled. Its API tokens are refused from now on.", name=account.name)
    return visit.done(said, f"{ADMINISTRATION}/{account.id}")


async def _get(visit: Visit) -> AccountView:
    return await visit.desk.accounts.get(visit.actor, visit.request.path_params["account"])


async def _page(
    visit: Visit, *, wanted: list[str] | None = None, refusal: Invalid | None = None
) -> Response:
    account = await _get(visit)
    every = await visit.desk.modules.offered(visit.actor, account)
    people = await visit.desk.members.all(visit.actor, account)
    enabled = {each.module.id for each in every if each.enabled}
    ticked = enabled if wanted is None else set(wanted)
    return visit.html(
        "administration/account.html",
        status=422 if refusal else 200,
        account=_account(account),
        members=members_view.members(people, visit.actor, account_id=account.id),
        modules=[
            {
                "id": each.module.id,
                "name": each.module.name,
                "description": each.module.description,
                "ticked": each.module.id in ticked,
            }
            for each in every
        ],
        modules_label=_("%(some)s of %(all)s enabled", some=len(enabled), all=len(every)),
        errors=by_field(refusal) if refusal else {},
    )


def _account(info: AccountView) -> Shape:
    url = f"{ADMINISTRATION}/{info.id}"
    disable, enable = (_("Disable"), "disable", "bad"), (_("Enable"), "enable", "")
    move = disable if info.active else enable
    return view_models.account(info) | {
        "url": url,
        "modules_url": f"{url}/modules",
        "reveal": info.reveal.label,
        "move": {"label": move[0], "url": f"{url}/{move[1]}", "look": move[2]},
        "tokens_url": f"{view_models.LIST}?account={info.id}",
        "trail_url": f"/settings/audit-trail?account={info.id}",
    }


def _create(visit: Visit, typed: dict[str, str], refusal: DomainError | None = None) -> Response:
    return visit.dialog(
        "administration/create.html",
        status=STATUS[type(refusal)] if refusal else 200,
        title=_("Create an account"),
        close_url=ADMINISTRATION,
        section="accounts",
        post_url=f"{ADMINISTRATION}/new",
        form=typed,
        types=[{"value": each.value, "label": each.label} for each in AccountType],
        errors=dict(by_field(refusal)) if isinstance(refusal, Invalid) else {},
    )


def _ask_enable(_visit: Visit, account: AccountView) -> Question:
    return Question(
        title=_("Enable %(name)s?", name=account.name),
        lines=[
            _("Its people can sign in again, and its active API tokens are accepted again at once.")
        ],
        button=_("Enable"),
        cancel_url=f"{ADMINISTRATION}/{account.id}",
    )


def _ask_disable(_visit: Visit, account: AccountView) -> Question:
    return Question(
        title=_("Disable %(name)s?", name=account.name),
        lines=[
            _(
                "All its API tokens are refused at once, everywhere, and its people cannot act"
                " for it."
            ),
            _("Nothing is deleted. You can enable it again at any time."),
        ],
        button=_("Disable"),
        cancel_url=f"{ADMINISTRATION}/{account.id}",
        tone="bad",
    )


ACTIONS: Final = (
    ConfirmedAction(f"{ONE_ACCOUNT}/enable", _get, _ask_enable, _enable, for_operations),
    ConfirmedAction(f"{ONE_ACCOUNT}/disable", _get, _ask_disable, _disable, for_operations),
)
"""What can be done with an account."""
