"""Who may send which mutation: a row for each, with a fresh object to send it about."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Final

from server.desk import Desk
from server.domain.actor import OPERATOR, Role
from server.services.tokens.patch import TokenPatch
from tests.schema.peoples_things import (
    colleague,
    guest,
    newest_session,
    open_invitation,
    owner,
    sign_in_again,
)
from tests.services import permission_things as things
from tests.services.permission_things import (
    ADMINISTER,
    DRAFTS,
    MANAGE,
    NUMBERS,
    OPERATE,
    OPERATE_ACCOUNTS,
    OPERATE_IN_PERSON,
    PEOPLE,
    RENAME,
    REVEAL,
    ROTATE,
    STRONGER,
    TOKENS,
)
from tests.support.cast import HELD, LACKED, Cell, Outcomes
from tests.support.pictures import picture
from tests.support.world import PASSWORD

OF_MORE: Final = Outcomes("S ANIN ANIN", "S ANIN ANIN")
OWN_PERSON: Final = Outcomes("S AANN AANN", "S UUNN UUNN")
"""What is of one person, whoever else is of their account."""
OTHER_PERSON: Final = Outcomes("S UUNN UUNN", "S UUNN UUNN")
PROVED: Final = Outcomes("S MNNN ANNN", "S UNNN ANNN")
"""About somebody for whose address the account's administrators cannot speak."""

Prepare = Callable[[Desk, Cell], Awaitable[dict[str, Any]]]


@dataclass(frozen=True)
class Row:
    """A mutation's outcome for each actor, and its input about something fresh.

    The letters are those of the services.
    """

    outcomes: Outcomes
    prepare: Prepare
    more: dict[str, Any] = field(default_factory=dict)
    sends_file: bool = False

    async def wish(self, desk: Desk, cell: Cell) -> dict[str, Any]:
        """The input of one cell."""
        return await self.prepare(desk, cell) | self.more


async def _file() -> AsyncIterator[bytes]:
    yield picture()


def _named(find: things.Prepare, name: str = "id") -> Prepare:
    """An input of one id."""

    async def prepare(desk: Desk, cell: Cell) -> dict[str, Any]:
        return {name: await find(desk, cell)}

    return prepare


def _listed(find: things.Prepare) -> Prepare:
    """An input of a list of one id."""

    async def prepare(desk: Desk, cell: Cell) -> dict[str, Any]:
        return {"ids": [await find(desk, cell)]}

    return prepare


def _said(**wish: Any) -> Prepare:
    """An input that is the same for everybody."""

    async def prepare(desk: Desk, cell: Cell) -> dict[str, Any]:
        return dict(wish)

    return prepare


async def _draft(desk: Desk, cell: Cell) -> dict[str, Any]:
    return {"id": await things.draft(desk, cell), "version": 1}


async def _strong_draft(desk: Desk, cell: Cell) -> dict[str, Any]:
    return {"id": await things.strong_draft(desk, cell), "version": 1}


async def _draft_with_logo(desk: Desk, cell: Cell) -> dict[str, Any]:
    draft_id, patch = await things.draft(desk, cell), TokenPatch()
    await desk.drafts.save(cell.tenant.administrator, draft_id, 1, patch, upload=_file())
    return {"id": draft_id, "version": 2}


async def _token_with_logo(desk: Desk, cell: Cell) -> dict[str, Any]:
    token_id = await things.token(desk, cell)
    await desk.tokens.update(OPERATOR, token_id, TokenPatch(), upload=_file())
    return {"id": token_id}


async def _member(desk: Desk, cell: Cell) -> dict[str, Any]:
    return {"userId": await things.person(desk, cell), "accountId": cell.tenant.id}


async def _left(desk: Desk, cell: Cell) -> dict[str, Any]:
    return {"userId": await things.left(desk, cell), "accountId": cell.tenant.id}


async def _invited(desk: Desk, cell: Cell) -> dict[str, Any]:
    """A sign-in that the account made itself; in that of Operations there are none such."""
    email = await things.email(desk, cell)
    invited = await desk.members.invite(cell.tenant.administrator, email, "New", Role.VIEWER)
    return {"userId": invited.member.user.id, "accountId": cell.tenant.id}


async def _session(desk: Desk, cell: Cell) -> dict[str, Any]:
    return {"id": await newest_session(desk, owner(cell))}


async def _session_of_colleague(desk: Desk, cell: Cell) -> dict[str, Any]:
    return {"id": await newest_session(desk, colleague(cell))}


async def _two_sessions(desk: Desk, cell: Cell) -> dict[str, Any]:
    """The actor's, so that there is one to end besides that which is kept."""
    await sign_in_again(desk, cell)
    return {"keepThisSession": True}


async def _guest(desk: Desk, cell: Cell) -> dict[str, Any]:
    return {"email": await guest(desk, cell)}


async def _invitation(desk: Desk, cell: Cell) -> dict[str, Any]:
    return {"id": await open_invitation(desk, owner(cell))}


async def _invitation_of_colleague(desk: Desk, cell: Cell) -> dict[str, Any]:
    return {"id": await open_invitation(desk, colleague(cell))}


async def _newcomer(desk: Desk, cell: Cell) -> dict[str, Any]:
    email = await things.email(desk, cell)
    return {"email": email, "name": "New", "role": "VIEWER", "accountId": cell.tenant.id}


async def _account(desk: Desk, cell: Cell) -> dict[str, Any]:
    return {"id": cell.tenant.id}


async def _renamed(desk: Desk, cell: Cell) -> dict[str, Any]:
    return {"id": cell.tenant.id, "name": f"Account {next(NUMBERS)}"}


async def _new_module(desk: Desk, cell: Cell) -> dict[str, Any]:
    return {"id": f"MOD-4{next(NUMBERS):03}", "name": "Another"}


async def _bare_account(desk: Desk, cell: Cell) -> dict[str, Any]:
    """A fresh account of the same type without modules: that of a program keeps its own."""
    return {"accountId": await things.account(desk, cell)}


async def _rich_account(desk: Desk, cell: Cell) -> dict[str, Any]:
    wish = await _bare_account(desk, cell)
    await desk.modules.set_enabled(OPERATOR, wish["accountId"], [HELD, LACKED])
    return wish


async def _sign_in_link(desk: Desk, cell: Cell) -> dict[str, Any]:
    return {"email": cell.tenant.viewer_email}


ROWS: Final = {
    "createTokenDraft": Row(MANAGE, _said(name="Robot")),
    "updateTokenDraft": Row(DRAFTS, _draft, {"name": "Other"}),
    "updateTokenDraft: of more": Row(
        Outcomes("S ANIN ANIN", "S UNIN UNIN"), _draft, {"moduleIds": [LACKED]}
    ),
    "setTokenDraftLogo": Row(DRAFTS, _draft, {"logo": None}, sends_file=True),
    "removeTokenDraftLogo": Row(DRAFTS, _draft_with_logo),
    "discardTokenDraft": Row(DRAFTS, _named(things.draft)),
    "commitTokenDraft": Row(DRAFTS, _draft),
    "commitTokenDraft: of more": Row(Outcomes("S ANIN ANIN", DRAFTS.foreign), _strong_draft),
    "createApiToken": Row(MANAGE, _said(name="Robot", moduleIds=[HELD])),
    "createApiToken: of more": Row(OF_MORE, _said(name="Robot", moduleIds=[LACKED])),
    "updateApiToken": Row(TOKENS, _named(things.token), {"name": "Other"}),
    "updateApiToken: to more": Row(
        Outcomes("S ANIN ANIN", "S UNUN ANIN"),
        _named(things.token),
        {"moduleIds": [HELD, LACKED]},
    ),
    "updateApiToken: stronger": Row(STRONGER, _named(things.stronger), {"expiresAt": None}),
    "setApiTokenLogo": Row(TOKENS, _named(things.token), {"logo": None}, sends_file=True),
    "removeApiTokenLogo": Row(TOKENS, _token_with_logo),
    "enableApiToken": Row(TOKENS, _named(things.disabled)),
    "enableApiToken: stronger": Row(STRONGER, _named(things.stronger_disabled)),
    "disableApiToken": Row(TOKENS, _named(things.token)),
    "deleteApiToken": Row(TOKENS, _named(things.token)),
    "enableApiTokens": Row(TOKENS, _listed(things.disabled)),
    "enableApiTokens: stronger": Row(STRONGER, _listed(things.stronger_disabled)),
    "disableApiTokens": Row(TOKENS, _listed(things.token)),
    "deleteApiTokens": Row(TOKENS, _listed(things.token)),
    "rotateApiToken": Row(ROTATE, _named(things.token), {"grace": "ONE_HOUR"}),
    "rotateApiToken: stronger": Row(
        Outcomes(STRONGER.own, ROTATE.foreign), _named(things.stronger), {"grace": "NONE"}
    ),
    "endApiTokenGrace": Row(TOKENS, _named(things.rotated)),
    "revealApiTokenSecret": Row(REVEAL, _named(things.token)),
    "renameAccount": Row(RENAME, _renamed),
    "setAccountLanguage": Row(ADMINISTER, _account, {"language": "GERMAN"}),
    "setAccountReveal": Row(ADMINISTER, _account, {"reveal": "ONCE"}),
    "createAccount": Row(OPERATE, _said(name="Another", type="VENDOR")),
    "createAccount: of Operations": Row(
        OPERATE_IN_PERSON, _said(name="Another", type="OPERATIONS")
    ),
    "enableAccount": Row(OPERATE_ACCOUNTS, _named(things.shut)),
    "disableAccount": Row(OPERATE_ACCOUNTS, _named(things.account)),
    "createModule": Row(OPERATE, _new_module),
    "enableModule": Row(OPERATE_ACCOUNTS, _bare_account, {"moduleId": HELD}),
    "enableModule: lacked": Row(OPERATE_IN_PERSON, _bare_account, {"moduleId": LACKED}),
    "disableModule": Row(OPERATE_ACCOUNTS, _rich_account, {"moduleId": LACKED}),
    "setAccountModules": Row(OPERATE_ACCOUNTS, _rich_account, {"moduleIds": [LACKED]}),
    "setAccountModules: lacked": Row(
        OPERATE_IN_PERSON, _bare_account, {"moduleIds": [HELD, LACKED]}
    ),
    "inviteMember": Row(ADMINISTER, _newcomer),
    "renewMemberLink": Row(ADMINISTER, _invited),
    "renewMemberLink: proved": Row(PROVED, _member),
    "setMemberRole": Row(ADMINISTER, _member, {"role": "ADMINISTRATOR"}),
    "deactivateMember": Row(ADMINISTER, _member),
    "reactivateMember": Row(ADMINISTER, _left),
    "createUser": Row(OPERATE_IN_PERSON, _newcomer),
    "createSignInLink": Row(OPERATE_IN_PERSON, _sign_in_link),
    "changePassword": Row(PEOPLE, _said(currentPassword=PASSWORD, newPassword=PASSWORD)),
    "endSession": Row(OWN_PERSON, _session),
    "endSession: a colleague's": Row(OTHER_PERSON, _session_of_colleague),
    "signOutEverywhere": Row(PEOPLE, _two_sessions),
    "resetPassword": Row(OPERATE_IN_PERSON, _guest),
    "endUserSessions": Row(OPERATE_IN_PERSON, _guest),
    "acceptInvitation": Row(OWN_PERSON, _invitation),
    "acceptInvitation: a colleague's": Row(OTHER_PERSON, _invitation_of_colleague),
    "declineInvitation": Row(OWN_PERSON, _invitation),
    "declineInvitation: a colleague's": Row(OTHER_PERSON, _invitation_of_colleague),
}
