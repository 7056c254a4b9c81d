"""`tokendesk user …`"""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from server.cli.base.desk import OPERATOR_HERE, AccountOption, with_desk
from server.cli.base.output import Json, read_line, show, show_all
from server.domain.actor import Role
from server.services.people.views import InvitationView, MemberView

if TYPE_CHECKING:
    from server.desk import Desk

app = typer.Typer()

NameOption = Annotated[str, typer.Option("--name", help="The person's name.")]
RoleOption = Annotated[Role, typer.Option("--role", help="What they may do in the account.")]
UserId = Annotated[str, typer.Argument(metavar="USER", help="The person's id.")]


@app.command()
def create(
    email: str,
    name: NameOption,
    account: AccountOption,
    role: RoleOption,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read a password from standard input.")
    ] = False,
    json: Json = False,
) -> None:
    """Create a person in an account, and vouch for their e-mail; a proved one joins it."""
    password = read_line() if password_stdin else None
    user = with_desk(
        lambda desk: desk.users.create(OPERATOR_HERE, email, name, account, role, password)
    )
    fields = {"id": user.id, "email": user.email, "name": user.name}
    show(fields | {"account": account, "role": role.value}, as_json=json)


@app.command()
def invite(
    email: str,
    name: NameOption,
    account: AccountOption,
    role: RoleOption,
    json: Json = False,
) -> None:
    """Add a person to an account, and vouch for them; who is new gets a link for three days."""

    async def work(desk: "Desk") -> dict[str, Any]:
        invited = await desk.members.invite(OPERATOR_HERE, email, name, role, account)
        return _invitation(desk, invited)

    show(with_desk(work), as_json=json)


@app.command("renew-link")
def renew_link(user: UserId, account: AccountOption, json: Json = False) -> None:
    """Make a new link for a person whom the account invited, or who has not signed in yet."""

    async def work(desk: "Desk") -> dict[str, Any]:
        renewed = await desk.members.renew_link(OPERATOR_HERE, user, account)
        return _invitation(desk, renewed)

    show(with_desk(work), as_json=json)


@app.command("login-link")
def login_link(email: str, json: Json = False) -> None:
    """Make a one-time sign-in link, good for ten minutes; its use vouches for the e-mail."""

    async def work(desk: "Desk") -> str:
        link, _ = await desk.users.create_sign_in_link(OPERATOR_HERE, email)
        return _url(desk, link)

    show({"url": with_desk(work)}, as_json=json)


@app.command("reset-password")
def reset_password(
    email: str,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the new password from standard input.")
    ] = False,
    json: Json = False,
) -> None:
    """Make a one-time link, good for an hour, with which a person chooses a new password.

    The old password works until then. With --password-stdin the new one replaces it at once.
    """
    password = read_line() if password_stdin else None

    async def work(desk: "Desk") -> dict[str, Any]:
        reset = await desk.profile.reset_password(OPERATOR_HERE, email, password)
        person = {"id": reset.user.id, "email": reset.user.email, "name": reset.user.name}
        if reset.link is None:
            return person | {"endedSessions": reset.ended_sessions}
        return person | {"url": _url(desk, reset.link), "expiresAt": reset.expires_at}

    show(with_desk(work), as_json=json)


@app.command("end-sessions")
def end_sessions(email: str, json: Json = False) -> None:
    """Sign a person out everywhere, and void the links that nobody has used."""
    ended = with_desk(lambda desk: desk.profile.end_sessions_of(OPERATOR_HERE, email))
    show({"email": email, "endedSessions": ended}, as_json=json)


@app.command("list")
def list_all(account: AccountOption, json: Json = False) -> None:
    """List the people of an account, active or not."""
    members = with_desk(lambda desk: desk.members.all(OPERATOR_HERE, account))
    show_all(map(_member, members), as_json=json)


@app.command("set-role")
def set_role(user: UserId, account: AccountOption, role: RoleOption, json: Json = False) -> None:
    """Make a member an administrator or a viewer; the last administrator stays one."""
    changed = with_desk(lambda desk: desk.members.set_role(OPERATOR_HERE, user, role, account))
    show(_member(changed), as_json=json)


@app.command()
def deactivate(user: UserId, account: AccountOption, json: Json = False) -> None:
    """Shut a member out of an account, and end their sessions in it."""
    changed = with_desk(lambda desk: desk.members.deactivate(OPERATOR_HERE, user, account))
    show(_member(changed), as_json=json)


@app.command()
def reactivate(user: UserId, account: AccountOption, json: Json = False) -> None:
    """Let a deactivated member in again, in the role they had."""
    changed = with_desk(lambda desk: desk.members.reactivate(OPERATOR_HERE, user, account))
    show(_member(changed), as_json=json)


def _member(member: MemberView) -> dict[str, Any]:
    return {
        "id": member.user.id,
        "email": member.user.email,
        "name": member.user.name,
        "role": member.role.value,
        "status": member.status.value,
        "lastSignInAt": member.last_sign_in_at,
    }


def _invitation(desk: "Desk", invited: InvitationView) -> dict[str, Any]:
    url = None if invited.link is None else _url(desk, invited.link)
    return _member(invited.member) | {"url": url, "expiresAt": invited.expires_at}


def _url(desk: "Desk", link: str) -> str:
    return f"{desk.settings.origin}/sign-in/link/{link}"
