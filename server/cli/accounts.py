"""`tokendesk account …`"""

from typing import Annotated, Any

import typer

from server.cli.desk import OPERATOR_HERE, with_desk
from server.cli.output import Json, show, show_all
from server.domain.actor import AccountType
from server.domain.token_rules import RevealPolicy
from server.services.answers import AccountInfo

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


@app.command("set")
def set_policy(
    account: AccountId,
    reveal: Annotated[RevealPolicy, typer.Option(help="`once` destroys all kept values.")],
    json: Json = False,
) -> None:
    """Set whether secrets can be shown again."""
    changed = with_desk(lambda desk: desk.accounts.set_reveal(OPERATOR_HERE, account, reveal))
    show(_fields(changed), as_json=json)


def _fields(account: AccountInfo) -> dict[str, Any]:
    return {
        "id": account.id,
        "name": account.name,
        "type": account.type.value,
        "status": "active" if account.active else "disabled",
        "reveal": account.reveal.value,
    }
