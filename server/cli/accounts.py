"""`tokendesk account …`"""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from server.cli.base.desk import OPERATOR_HERE, with_desk
from server.cli.base.output import Json, show, show_all
from server.domain.actor import AccountType
from server.domain.i18n.language import Language
from server.domain.tokens.secret_policy import RevealPolicy
from server.services.accounts.views import AccountView

if TYPE_CHECKING:
    from server.desk import Desk

app = typer.Typer()

AccountId = Annotated[str, typer.Argument(metavar="ACCOUNT")]


@app.command()
def create(
    name: str,
    type: Annotated[AccountType, typer.Option("--type", help="What it is to the platform.")],
    json: Json = False,
) -> None:
    """Create an account."""
    account = with_desk(lambda desk: desk.accounts.create(OPERATOR_HERE, name, type))
    show(_fields(account), as_json=json)


@app.command("list")
def list_all(json: Json = False) -> None:
    """List the accounts."""
    accounts = with_desk(lambda desk: desk.accounts.all(OPERATOR_HERE))
    show_all(map(_fields, accounts), as_json=json)


@app.command("show")
def show_one(account: AccountId, json: Json = False) -> None:
    """Show an account."""
    show(_fields(with_desk(lambda desk: desk.accounts.get(OPERATOR_HERE, account))), as_json=json)


@app.command()
def enable(account: AccountId, json: Json = False) -> None:
    """Let a disabled account's people and tokens act again."""
    enabled = with_desk(lambda desk: desk.accounts.enable(OPERATOR_HERE, account))
    show(_fields(enabled), as_json=json)


@app.command()
def disable(account: AccountId, json: Json = False) -> None:
    """Shut an account's people out and have its tokens refused, until it is enabled."""
    disabled = with_desk(lambda desk: desk.accounts.disable(OPERATOR_HERE, account))
    show(_fields(disabled), as_json=json)


@app.command("set")
def set_some(
    account: AccountId,
    name: Annotated[str | None, typer.Option(help="Another name.")] = None,
    reveal: Annotated[
        RevealPolicy | None,
        typer.Option(help="Whether secrets can be shown again; `once` destroys all kept values."),
    ] = None,
    language: Annotated[
        Language | None,
        typer.Option(help="What its pages are in; `automatic` is what each browser asks for."),
    ] = None,
    json: Json = False,
) -> None:
    """Give an account another name, reveal policy or language."""
    if name is None and reveal is None and language is None:
        raise typer.BadParameter("give --name, --reveal or --language")

    async def work(desk: "Desk") -> AccountView:
        if name is not None:
            changed = await desk.accounts.rename(OPERATOR_HERE, account, name)
        if reveal is not None:
            changed = await desk.accounts.set_reveal(OPERATOR_HERE, account, reveal)
        if language is not None:
            changed = await desk.accounts.set_language(OPERATOR_HERE, account, language)
        return changed

    show(_fields(with_desk(work)), as_json=json)


def _fields(account: AccountView) -> dict[str, Any]:
    return {
        "id": account.id,
        "name": account.name,
        "type": account.type.value,
        "status": "active" if account.active else "disabled",
        "reveal": account.reveal.value,
        "language": account.language.value,
    }
