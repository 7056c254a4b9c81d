"""What the permission matrix of the pages asks about beside the services' own, fresh each time."""

from itertools import count
from typing import Final

from server.desk import Desk
from server.domain.actor import OPERATOR, AccountType, Actor, ActorKind, Role
from server.services.people.users import digest_of
from server.services.people.views import InvitationView
from server.services.sign_in.session_rows import session_id
from server.services.tokens.patch import TokenPatch
from tests.services import permission_things as things
from tests.support.cast import HELD, Cell
from tests.support.world import ORIGIN, PASSWORD

NUMBERS: Final = count(1)


async def draft(desk: Desk, cell: Cell) -> str:
    """A draft that can be committed, in its second version."""
    found, patch = await things.draft(desk, cell), TokenPatch(module_ids=[HELD], name="Robot")
    await desk.drafts.save(cell.tenant.administrator, found, 1, patch)
    return found


async def record(desk: Desk, cell: Cell) -> str:
    """A record of the account's audit trail."""
    return cell.tenant.record_id


async def session(desk: Desk, cell: Cell) -> str:
    """A session in another browser: the actor's own, or that of somebody else."""
    cookie = await desk.sessions.sign_in(_address(cell), PASSWORD, ORIGIN)
    return session_id(digest_of(cookie))


async def invitation(desk: Desk, cell: Cell) -> str:
    """What an account offers to the actor's own address, or to that of somebody else."""
    return (await _offer(desk, cell)).member.user.id


async def link(desk: Desk, cell: Cell) -> str:
    """The way to such an offer."""
    found = (await _offer(desk, cell)).link
    assert found is not None
    return found


def email_of(cell: Cell) -> str | None:
    """With what the actor signs in; None for a program and for nobody."""
    found: str | None = getattr(cell.home, f"{cell.who}_email", None)
    return found


def _address(cell: Cell) -> str:
    own = email_of(cell) if cell.place == "own" else None
    return own or cell.tenant.administrator_email


async def _offer(desk: Desk, cell: Cell) -> InvitationView:
    """Of an account that is made for it, by its administrator, who may vouch for nobody."""
    number = next(NUMBERS)
    account = await desk.accounts.create(OPERATOR, f"Host {number}", AccountType.CLIENT)
    email = f"host{number}@host.example"
    host = await desk.users.create(OPERATOR, email, "Host", account.id, Role.ADMINISTRATOR)
    actor = Actor(
        ActorKind.USER,
        host.id,
        host.name,
        account_id=account.id,
        account_type=account.type,
        role=Role.ADMINISTRATOR,
        signed_in_at=desk.clock(),
        origin=ORIGIN,
    )
    return await desk.members.invite(actor, _address(cell), "Guest", Role.VIEWER)
