"""`tokendesk user …`"""

from typing import TYPE_CHECKING, Annotated

import typer

from server.cli.desk import OPERATOR_HERE, AccountOption, with_desk
from server.cli.output import Json, read_line, show
from server.domain.actor import Role

if TYPE_CHECKING:
    from server.desk import Desk

app = typer.Typer()


@app.command()
def create(
    email: str,
    name: Annotated[str, typer.Option(help="The person's name.")],
    account: AccountOption,
    role: Annotated[Role, typer.Option(help="What they may do in the account.")],
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read a password from standard input.")
    ] = False,
    json: Json = False,
) -> None:
    """Create a person in an account; a known e-mail joins a further account."""
    password = read_line() if password_stdin else None
    user = with_desk(
        lambda desk: desk.users.create(OPERATOR_HERE, email, name, account, role, password)
    )
    fields = {"id": user.id, "email": user.email, "name": user.name}
    show(fields | {"account": account, "role": role.value}, as_json=json)


@app.command("login-link")
def login_link(email: str, json: Json = False) -> None:
    """Make a one-time sign-in link, good for ten minutes."""

    async def work(desk: "Desk") -> str:
        link, _ = await desk.users.create_sign_in_link(OPERATOR_HERE, email)
        return f"{desk.settings.origin}/sign-in/link/{link}"

    show({"url": with_desk(work)}, as_json=json)
