"""`tokendesk user …`"""

import sys
from typing import Annotated

import typer

from server.cli.output import OPERATOR_HERE, AccountOption, Json, show, with_desk
from server.desk import Desk
from server.domain.actor import Role

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
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else None
    user = with_desk(
        lambda desk: desk.users.create(OPERATOR_HERE, email, name, account, role, password)
    )
    fields = {"id": user.id, "email": user.email, "name": user.name}
    show(fields | {"account": account, "role": role.value}, as_json=json)


@app.command("login-link")
def login_link(email: str, json: Json = False) -> None:
    """Make a one-time sign-in link, good for ten minutes."""

    async def work(desk: Desk) -> str:
        link, _ = await desk.users.create_sign_in_link(OPERATOR_HERE, email)
        return f"{desk.settings.origin}/sign-in/link/{link}"

    show({"url": with_desk(work)}, as_json=json)
