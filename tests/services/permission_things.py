"""What the permission matrix of the services asks about, made fresh for each cell."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import Any, Final

from server.desk import Desk
from server.domain.actor import OPERATOR, AccountType, Actor, ActorKind, Role
from server.domain.tokens.secret_policy import Grace
from server.services.people.views import InvitationView
from server.services.subscriptions.stream import Authorization
from server.services.tokens.patch import TokenPatch
from tests.support.cast import HELD, LACKED, Cell, Outcomes
from tests.support.world import ORIGIN

# A done, S sign in first, N not allowed, U not seen, E answered without it, I invalid,
# M no such move, W storage is away.
# Who: nobody | administrator viewer manager reader | the same of Operations.
ALL: Final = Outcomes("S AAAA AAAA", "S AAAA AAAA")
READ: Final = Outcomes("S AAAN AAAN", "S UUUN AAAN")
LIST: Final = Outcomes("S AAAN AAAN", "S EEEN AAAN")
ITSELF: Final = Outcomes("S AAAA AAAA", "S UUAA AAAA")
ACCOUNT: Final = Outcomes("S AAAA AAAA", "S UUUU AAAU")
ACCOUNTS: Final = Outcomes("S AAAA AAAA", "S EEEE AAAE")
MODULE: Final = Outcomes("S AAAA AAAA", "S UUUU AUAU")
MODULES: Final = Outcomes("S AAAA AAAA", "S EEEE AEAE")
MANAGE: Final = Outcomes("S ANAN ANAN", "S ANAN ANAN")
TOKENS: Final = Outcomes("S ANAN ANAN", "S UNUN ANAN")
DRAFTS: Final = Outcomes("S ANAN ANAN", "S UNUN UNUN")
STRONGER: Final = Outcomes("S ANNN ANNN", "S UNUN ANNN")
ROTATE: Final = Outcomes("S ANAN ANAN", "S UNUN NNNN")
REVEAL: Final = Outcomes("S ANNN ANNN", "S UNUN NNNN")
ADMINISTER: Final = Outcomes("S ANNN ANNN", "S UNNN ANNN")
RENAME: Final = Outcomes("S ANNN ANAN", "S UNNN ANAN")
OPERATE: Final = Outcomes("S NNNN ANAN", "S NNNN ANAN")
OPERATE_IN_PERSON: Final = Outcomes("S NNNN ANNN", "S NNNN ANNN")
OPERATE_ACCOUNTS: Final = Outcomes("S NNNN ANNN", "S NNNN ANAN")
"""What is about an account of type Operations is for people alone."""
PEOPLE: Final = Outcomes("S AANN AANN", "S AANN AANN")
OFFERED: Final = Outcomes("S AANN AANN", "S UUNN UUNN")
"""What is foreign is offered to somebody else."""

Prepare = Callable[[Desk, Cell], Awaitable[Any]]
Act = Callable[[Desk, Cell, Any], Any]


@dataclass(frozen=True)
class Row:
    """How it ends for each, how it is called, about something fresh, and what shows it is there."""

    outcomes: Outcomes
    act: Act
    prepare: Prepare | None = None
    sought: Callable[[Cell], str] | None = None


NUMBERS: Final = count(1)


def token_of(cell: Cell) -> str:
    return cell.tenant.token_id


async def token(desk: Desk, cell: Cell) -> str:
    made = await desk.tokens.create(
        OPERATOR, name="Fresh", module_ids=[HELD], account_id=cell.tenant.id
    )
    return made.token.id


async def disabled(desk: Desk, cell: Cell) -> str:
    return (await desk.tokens.disable(OPERATOR, await token(desk, cell))).id


async def rotated(desk: Desk, cell: Cell) -> str:
    found = await token(desk, cell)
    return (await desk.secrets.rotate(OPERATOR, found, Grace.ONE_DAY)).token.id


async def stronger(desk: Desk, cell: Cell) -> str:
    """A token that may more than the programs; it will expire."""
    made = await desk.tokens.create(
        OPERATOR,
        name="Stronger",
        module_ids=[HELD, LACKED],
        expires_at=desk.clock() + timedelta(days=1),
        account_id=cell.tenant.id,
    )
    return made.token.id


async def stronger_disabled(desk: Desk, cell: Cell) -> str:
    return (await desk.tokens.disable(OPERATOR, await stronger(desk, cell))).id


async def itself(desk: Desk, cell: Cell) -> str:
    return cell.actor.id if cell.who in {"manager", "reader"} else cell.tenant.token_id


async def draft(desk: Desk, cell: Cell) -> str:
    patch = TokenPatch(name="Drafted", module_ids=[HELD])
    return (await desk.drafts.create(cell.tenant.administrator, patch)).id


async def strong_draft(desk: Desk, cell: Cell) -> str:
    patch = TokenPatch(name="Drafted", module_ids=[LACKED])
    return (await desk.drafts.create(cell.tenant.administrator, patch)).id


async def committed(desk: Desk, cell: Cell) -> str:
    found = await draft(desk, cell)
    await desk.drafts.commit(cell.tenant.administrator, found, 1)
    return found


async def person(desk: Desk, cell: Cell) -> str:
    email = f"fresh{next(NUMBERS)}@desk.example"
    made = await desk.users.create(OPERATOR, email, "Fresh", cell.tenant.id, Role.VIEWER)
    return made.id


async def invitee(desk: Desk, cell: Cell) -> str:
    """Whom the account invited; of Operations, who never signed in."""
    address = f"fresh{next(NUMBERS)}@desk.example"
    made = await desk.members.invite(cell.tenant.administrator, address, "Fresh", Role.VIEWER)
    return made.member.user.id


async def left(desk: Desk, cell: Cell) -> str:
    found = await person(desk, cell)
    await desk.members.deactivate(OPERATOR, found, cell.tenant.id)
    return found


def owner_of(cell: Cell) -> str:
    """The address of who acts there in that role."""
    tenant = cell.tenant
    return tenant.viewer_email if cell.who == "viewer" else tenant.administrator_email


def offers_to(address: str) -> str:
    return f"Offers to {address}"


async def invited(desk: Desk, cell: Cell) -> InvitationView:
    """What a new account offers to that address."""
    found = await desk.accounts.create(OPERATOR, offers_to(owner_of(cell)), AccountType.CLIENT)
    host = f"host{next(NUMBERS)}@desk.example"
    person = await desk.users.create(OPERATOR, host, "Host", found.id, Role.ADMINISTRATOR)
    actor = Actor(
        ActorKind.USER,
        person.id,
        person.name,
        found.id,
        found.type,
        Role.ADMINISTRATOR,
        origin=ORIGIN,
    )
    return await desk.members.invite(actor, owner_of(cell), "Invited", Role.VIEWER)


async def offer(desk: Desk, cell: Cell) -> str:
    return (await invited(desk, cell)).member.user.id


async def offered_link(desk: Desk, cell: Cell) -> str:
    return (await invited(desk, cell)).link or ""


async def account(desk: Desk, cell: Cell) -> str:
    """An account of the same type."""
    return (await desk.accounts.create(OPERATOR, "Fresh", cell.tenant.account.type)).id


async def shut(desk: Desk, cell: Cell) -> str:
    return (await desk.accounts.disable(OPERATOR, await account(desk, cell))).id


async def few_modules(desk: Desk, cell: Cell) -> str:
    await desk.modules.set_enabled(OPERATOR, cell.tenant.id, ["MOD-1756", cell.tenant.module.id])
    return cell.tenant.id


async def both_modules(desk: Desk, cell: Cell) -> str:
    await desk.modules.set_enabled(OPERATOR, cell.tenant.id, ["MOD-1756", HELD])
    return cell.tenant.id


async def email(desk: Desk, cell: Cell) -> str:
    return f"fresh{next(NUMBERS)}@desk.example"


async def described(desk: Desk, cell: Cell) -> str:
    return f"Described for the {next(NUMBERS)}. time."


async def everything(found: AsyncIterator[Any]) -> list[Any]:
    return [each async for each in found]


async def follow(desk: Desk, cell: Cell) -> None:
    async def ask_again() -> Authorization | None:
        return None

    desk.events.begin()
    async with desk.changes.follow(cell.actor, ask_again):
        pass


async def awaited(found: object) -> object:
    return found
