"""What the matrices ask about people: sessions and invitations, of whom, made fresh."""

from dataclasses import replace

from server.desk import Desk
from server.domain.actor import OPERATOR, AccountType, ActorKind, Role
from server.models.accounts import Session
from server.services.sign_in.session_rows import session_id
from tests.services.permission_things import NUMBERS
from tests.support.cast import Cast, Cell, Tenant
from tests.support.world import ORIGIN, PASSWORD


def emails(tenant: Tenant) -> tuple[str, str]:
    """Of its administrator and its viewer."""
    return tenant.administrator_email, tenant.viewer_email


def owner(cell: Cell) -> str:
    """Whose things a cell is about: the actor's own in its own place, else of its like there.

    For programs, and nobody, those of the administrator.
    """
    administrator, viewer = emails(cell.tenant)
    return viewer if cell.who == "viewer" else administrator


def colleague(cell: Cell) -> str:
    """The other person of that account."""
    administrator, viewer = emails(cell.tenant)
    return administrator if cell.who == "viewer" else viewer


async def newest_session(desk: Desk, email: str) -> str:
    """The id of a session that somebody begins in another browser."""
    await desk.sessions.sign_in(email, PASSWORD, ORIGIN)
    newest = await Session.all().order_by("-id").first()
    assert newest is not None
    return session_id(newest.digest)


async def sign_in_again(desk: Desk, cell: Cell) -> None:
    """Another session of the actor; a program has none."""
    if cell.home is not None and cell.actor.kind is ActorKind.USER:
        at_home = replace(cell, tenant=cell.home)
        await newest_session(desk, owner(at_home))


async def guest(desk: Desk, cell: Cell) -> str:
    """The address of a person of the tenant who is nobody's actor, and is signed in."""
    email = f"guest{next(NUMBERS)}@desk.example"
    await desk.users.create(OPERATOR, email, "Guest", cell.tenant.id, Role.VIEWER, PASSWORD)
    await newest_session(desk, email)
    return email


def inviting(email: str) -> str:
    """The name of the accounts that invite somebody."""
    return f"Invites {email}"


async def open_invitation(desk: Desk, email: str) -> str:
    """The id of an invitation to somebody, of a further account's administrator."""
    account = await desk.accounts.create(OPERATOR, inviting(email), AccountType.CLIENT)
    inviter_email = f"inviter{next(NUMBERS)}@desk.example"
    administrator = Role.ADMINISTRATOR
    person = await desk.users.create(OPERATOR, inviter_email, "Ines", account.id, administrator)
    inviter = replace(
        OPERATOR,
        kind=ActorKind.USER,
        id=person.id,
        name=person.name,
        account_id=account.id,
        account_type=account.type,
        role=administrator,
    )
    return (await desk.members.invite(inviter, email, "You", Role.VIEWER)).member.user.id


async def invite_everybody(desk: Desk, everybody: Cast) -> None:
    """One open invitation for each person who acts."""
    for tenant in (everybody.client, everybody.vendor, everybody.operations):
        for email in emails(tenant):
            await open_invitation(desk, email)
