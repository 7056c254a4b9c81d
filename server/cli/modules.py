"""`tokendesk module …`"""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from server.cli.base.desk import OPERATOR_HERE, AccountOption, with_desk
from server.cli.base.output import Json, show, show_all
from server.services.accounts.views import ModuleView

if TYPE_CHECKING:
    from server.desk import Desk

app = typer.Typer()

ModuleId = Annotated[str, typer.Argument(metavar="MODULE")]


@app.command("list")
def list_all(
    account: Annotated[str, typer.Option(help="Only those enabled for it.")] = "",
    json: Json = False,
) -> None:
    """List the modules."""

    async def work(desk: "Desk") -> list[ModuleView]:
        if account:
            return await desk.modules.enabled(OPERATOR_HERE, account_id=account)
        return await desk.modules.all(OPERATOR_HERE)

    show_all(map(_fields, with_desk(work)), as_json=json)


@app.command()
def create(
    module: ModuleId,
    name: str,
    description: Annotated[str, typer.Option(help="What it is for, in a line.")] = "",
    json: Json = False,
) -> None:
    """Create a module under a given id."""
    made = with_desk(lambda desk: desk.modules.create(OPERATOR_HERE, module, name, description))
    show(_fields(made), as_json=json)


@app.command()
def enable(module: ModuleId, account: AccountOption, json: Json = False) -> None:
    """Let an account's administrators grant a module."""
    enabled = with_desk(lambda desk: desk.modules.enable(OPERATOR_HERE, module, account))
    show(_fields(enabled) | {"account": account, "enabled": True}, as_json=json)


@app.command()
def disable(module: ModuleId, account: AccountOption, json: Json = False) -> None:
    """Withdraw a module from an account; its tokens lose it at once."""
    disabled = with_desk(lambda desk: desk.modules.disable(OPERATOR_HERE, module, account))
    show(_fields(disabled) | {"account": account, "enabled": False}, as_json=json)


@app.command("set")
def set_enabled(
    account: AccountOption,
    module: Annotated[list[str] | None, typer.Option(help="A module's id; repeatable.")] = None,
    none: Annotated[bool, typer.Option("--none", help="No module at all.")] = False,
    json: Json = False,
) -> None:
    """Enable exactly these modules for an account; its tokens lose the others at once."""
    if none is bool(module):
        raise typer.BadParameter("give --module for each module to enable, or --none")
    enabled = with_desk(lambda desk: desk.modules.set_enabled(OPERATOR_HERE, account, module or ()))
    show_all(map(_fields, enabled), as_json=json)


def _fields(module: ModuleView) -> dict[str, Any]:
    return {"id": module.id, "name": module.name, "description": module.description}
