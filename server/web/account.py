"""Settings > Account: its name, its modules, and whether its secrets can be shown again."""

from typing import Final

from starlette.responses import Response

from server.domain.errors import Invalid, NotFound, Refusal, by_field
from server.domain.token_rules import RevealPolicy
from server.services.answers import AccountInfo
from server.web import shapes
from server.web.confirm import Question, ask
from server.web.visit import Visit, attempt, signed_in

ACCOUNT: Final = "/settings/account"

_EXPLAINED: Final = {
    RevealPolicy.ALWAYS: (
        "Always",
        "Values of API tokens are kept, sealed. Administrators can show them again after they"
        " have confirmed their password; each time is recorded in the audit trail.",
    ),
    RevealPolicy.ONCE: (
        "Once",
        "A value is shown a single time, right after its API token was added or rotated. It is"
        " not kept, and nobody can show it again.",
    ),
}


@signed_in
async def show(visit: Visit) -> Response:
    """The page of the account that the person acts for."""
    return await _page(visit)


@signed_in
async def rename(visit: Visit) -> Response:
    """Give the account another name."""
    form = await visit.form()
    name = str(form.get("name", ""))
    renamed = await attempt(visit.desk.accounts.rename(visit.actor, visit.actor.account_id, name))
    if isinstance(renamed, Invalid):
        return await _page(visit, name=name, refusal=renamed)
    if isinstance(renamed, Refusal):
        raise renamed
    return visit.done(f"The account is called {renamed.name} now.", ACCOUNT)


@signed_in
async def ask_reveal(visit: Visit) -> Response:
    """Whether secrets shall be shown again, or never."""
    return ask(visit, _question(await _account(visit), _policy(visit)))


@signed_in
async def set_reveal(visit: Visit) -> Response:
    """The policy is changed; with `once` all kept values are gone."""
    account, policy, form = await _account(visit), _policy(visit), await visit.form()
    question = _question(account, policy)
    if not question.typed_right(str(form.get("typed", ""))):
        wrong = Invalid.one("typed", f"Type the name of the account to go on: {account.name}")
        return ask(visit, question, refusal=wrong, form=form)
    done = await attempt(visit.desk.accounts.set_reveal(visit.actor, account.id, policy))
    if isinstance(done, Refusal):
        return ask(visit, question, refusal=done, form=form)
    return visit.done(f"The reveal policy is {policy.value} now.", ACCOUNT)


async def _account(visit: Visit) -> AccountInfo:
    return await visit.desk.accounts.get(visit.actor, visit.actor.account_id)


def _policy(visit: Visit) -> RevealPolicy:
    named = str(visit.request.path_params["policy"])
    policy = next((each for each in RevealPolicy if each.value == named), None)
    if policy is None:
        raise NotFound(f"There is no reveal policy {named[:40]}. Choose always or once.")
    return policy


async def _page(
    visit: Visit, *, name: str | None = None, refusal: Invalid | None = None
) -> Response:
    account = await _account(visit)
    enabled = await visit.desk.modules.enabled(visit.actor)
    label, explained = _EXPLAINED[account.reveal]
    other = RevealPolicy.ONCE if account.reveal is RevealPolicy.ALWAYS else RevealPolicy.ALWAYS
    return visit.html(
        "settings/account.html",
        status=422 if refusal else 200,
        account=shapes.account(account),
        reveal={
            "label": label,
            "explained": explained,
            "change_url": f"{ACCOUNT}/reveal/{other.value}",
            "change_label": f"Change to {other.value}",
        },
        modules=[
            {"id": module.id, "name": module.name, "description": module.description}
            for module in enabled
        ],
        form={"name": account.name if name is None else name},
        errors=by_field(refusal) if refusal else {},
    )


def _question(account: AccountInfo, policy: RevealPolicy) -> Question:
    if policy is RevealPolicy.ALWAYS:
        return Question(
            title="Keep the values of API tokens?",
            lines=(
                "From now on the values of new and rotated API tokens are kept, sealed, and"
                " administrators can show them again.",
                "Values that are not kept today stay that way.",
            ),
            button="Keep values",
            post_url=f"{ACCOUNT}/reveal/always",
            cancel_url=ACCOUNT,
        )
    return Question(
        title="Show values only once?",
        lines=(
            f"All kept values of the API tokens of {account.name} are destroyed at once."
            " They cannot be brought back by anybody.",
            "The API tokens themselves go on working. From now on a value is shown a single time,"
            " right after its API token was added or rotated.",
        ),
        button="Destroy the values",
        post_url=f"{ACCOUNT}/reveal/once",
        cancel_url=ACCOUNT,
        tone="bad",
        must_type=account.name,
        type_label="Type the account's name to go on",
    )
