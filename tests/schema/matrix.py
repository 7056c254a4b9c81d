"""Who may send which mutation: a row for each, with a fresh object to send it about."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any, Final

from server.desk import Desk
from server.domain.actor import OPERATOR, AccountType, Role
from server.domain.language import Language
from server.domain.token_rules import Grace, RevealPolicy
from server.services.token_patch import TokenPatch
from tests.pictures import picture
from tests.world import World

ACTORS: Final = (
    "nobody",
    "viewer",
    "admin",
    "other_admin",
    "operations",
    "manager",
    "reader",
)
"""Four people, nobody, and two programs: with and without Access management."""

ALLOWED: Final = "allowed"
SIGN_IN: Final = "SIGN_IN_NEEDED"
NO: Final = "NOT_ALLOWED"
UNSEEN: Final = "NOT_FOUND"

OWN: Final = (SIGN_IN, NO, ALLOWED, ALLOWED, ALLOWED, ALLOWED, NO)
DRAFTS: Final = (SIGN_IN, NO, ALLOWED, UNSEEN, UNSEEN, ALLOWED, NO)
TOKENS: Final = (SIGN_IN, NO, ALLOWED, UNSEEN, ALLOWED, ALLOWED, NO)
ROTATION: Final = (SIGN_IN, NO, ALLOWED, UNSEEN, NO, ALLOWED, NO)
REVEAL: Final = (SIGN_IN, NO, ALLOWED, UNSEEN, NO, NO, NO)
ADMINISTRATION: Final = (SIGN_IN, NO, ALLOWED, UNSEEN, ALLOWED, NO, NO)
OPERATIONS: Final = (SIGN_IN, NO, NO, NO, ALLOWED, NO, NO)
OFFER: Final = (SIGN_IN, UNSEEN, ALLOWED, UNSEEN, UNSEEN, NO, NO)


@dataclass
class Scene:
    """A world, and numbers for what must be new each time."""

    desk: Desk
    world: World
    numbers: "count[int]" = field(default_factory=lambda: count(1))

    async def draft(self, *, logo: bool = False) -> dict[str, Any]:
        """A draft of the client's administrator that can be committed."""
        patch = TokenPatch(name="Robot", module_ids=["MOD-1756"])
        made = await self.desk.drafts.create(self.world.admin, patch)
        if logo:
            made = await self.desk.drafts.save(
                self.world.admin, made.id, made.version, TokenPatch(), upload=_file()
            )
        return {"id": made.id, "version": made.version}

    async def token(
        self, *, active: bool = True, logo: bool = False, module: str = "MOD-2001"
    ) -> dict[str, Any]:
        """A token of the client."""
        minted = await self.desk.tokens.create(self.world.admin, name="Robot", module_ids=[module])
        token_id = minted.token.id
        if not active:
            await self.desk.tokens.disable(OPERATOR, token_id)
        if logo:
            await self.desk.tokens.update(OPERATOR, token_id, TokenPatch(), upload=_file())
        return {"id": token_id}

    async def rotated(self) -> dict[str, Any]:
        """A token with an old secret that still works."""
        token = await self.token()
        await self.desk.secrets.rotate(OPERATOR, token["id"], Grace.ONE_DAY)
        return token

    async def tokens(self, *, active: bool = True) -> dict[str, Any]:
        """A list of one token of the client."""
        return {"ids": [(await self.token(active=active))["id"]]}

    def invitation(self) -> dict[str, Any]:
        """Somebody who is new, for the client."""
        number, account_id = next(self.numbers), self.world.client.id
        person = {"email": f"new{number}@client.example", "name": "New", "role": "VIEWER"}
        return person | {"accountId": account_id}

    async def member(self, *, active: bool = True) -> dict[str, Any]:
        """A member of the client who has not signed in yet."""
        person, account_id = self.invitation(), self.world.client.id
        invited = await self.desk.members.invite(
            self.world.admin, person["email"], "New", Role.VIEWER, account_id
        )
        user_id = invited.member.user.id
        if not active:
            await self.desk.members.deactivate(OPERATOR, user_id, account_id)
        return {"userId": user_id, "accountId": account_id}

    async def offer(self) -> dict[str, Any]:
        """An invitation to a further account, for the client's administrator."""
        account = await self.desk.accounts.create(OPERATOR, "Passing", AccountType.CLIENT)
        inviter = replace(self.world.other_admin, account_id=account.id)
        invited = await self.desk.members.invite(
            inviter, self.world.admin_email, "Ada", Role.VIEWER
        )
        return {"id": invited.member.user.id}

    async def account(self, *, active: bool = True) -> dict[str, Any]:
        """An account with nobody in it."""
        made = await self.desk.accounts.create(OPERATOR, "Passing", AccountType.CLIENT)
        if not active:
            await self.desk.accounts.disable(OPERATOR, made.id)
        return {"id": made.id}

    async def module(self, *, enabled: bool) -> dict[str, Any]:
        """A module that is enabled for the client, or is not."""
        set_to = self.desk.modules.enable if enabled else self.desk.modules.disable
        await set_to(OPERATOR, "MOD-2002", self.world.client.id)
        return {"moduleId": "MOD-2002", "accountId": self.world.client.id}

    async def own(self) -> dict[str, Any]:
        """What every account may make."""
        await self.desk.modules.enable(OPERATOR, "MOD-1756", self.world.operations.id)
        return {"name": "Robot", "moduleIds": ["MOD-1756"]}


Prepare = Callable[[Scene], Awaitable[dict[str, Any]]]


@dataclass(frozen=True)
class Row:
    """A mutation's outcome for each actor, and its input about something fresh."""

    outcomes: tuple[str, ...]
    prepare: Prepare
    more: dict[str, Any] = field(default_factory=dict)
    sends_file: bool = False

    async def wish(self, scene: Scene) -> dict[str, Any]:
        """The input of one cell."""
        return await self.prepare(scene) | self.more


async def _file() -> AsyncIterator[bytes]:
    yield picture()


async def _draft(scene: Scene) -> dict[str, Any]:
    return await scene.draft()


async def _new_draft(scene: Scene) -> dict[str, Any]:
    return {"name": "Robot"}


async def _discarded(scene: Scene) -> dict[str, Any]:
    return {"id": (await scene.draft())["id"]}


async def _equal(scene: Scene) -> dict[str, Any]:
    """A token that may no more than the program that manages."""
    return await scene.token(module="MOD-1756")


async def _client(scene: Scene) -> dict[str, Any]:
    await scene.desk.accounts.set_reveal(OPERATOR, scene.world.client.id, RevealPolicy.ALWAYS)
    return {"id": scene.world.client.id}


async def _spoken(scene: Scene) -> dict[str, Any]:
    await scene.desk.accounts.set_language(OPERATOR, scene.world.client.id, Language.ENGLISH)
    return {"id": scene.world.client.id}


async def _renamed(scene: Scene) -> dict[str, Any]:
    return {"id": scene.world.client.id, "name": f"Client {next(scene.numbers)}"}


async def _invitation(scene: Scene) -> dict[str, Any]:
    return scene.invitation()


async def _new_account(scene: Scene) -> dict[str, Any]:
    return {"name": "Another", "type": "VENDOR"}


async def _new_module(scene: Scene) -> dict[str, Any]:
    return {"id": f"MOD-3{next(scene.numbers):03}", "name": "Another"}


async def _all_modules(scene: Scene) -> dict[str, Any]:
    await scene.module(enabled=True)
    return {"accountId": scene.world.client.id, "moduleIds": ["MOD-1756", "MOD-2003"]}


async def _sign_in_link(scene: Scene) -> dict[str, Any]:
    return {"email": scene.world.admin_email}


ROWS: Final = {
    "createTokenDraft": Row(OWN, _new_draft),
    "updateTokenDraft": Row(DRAFTS, _draft, {"name": "Other"}),
    "setTokenDraftLogo": Row(DRAFTS, _draft, {"logo": None}, sends_file=True),
    "removeTokenDraftLogo": Row(DRAFTS, lambda scene: scene.draft(logo=True)),
    "discardTokenDraft": Row(DRAFTS, _discarded),
    "commitTokenDraft": Row(DRAFTS, _draft),
    "createApiToken": Row(OWN, Scene.own),
    "updateApiToken": Row(TOKENS, Scene.token, {"name": "Other"}),
    "setApiTokenLogo": Row(TOKENS, Scene.token, {"logo": None}, sends_file=True),
    "removeApiTokenLogo": Row(TOKENS, lambda scene: scene.token(logo=True)),
    "enableApiToken": Row(TOKENS, lambda scene: scene.token(active=False)),
    "disableApiToken": Row(TOKENS, Scene.token),
    "deleteApiToken": Row(TOKENS, Scene.token),
    "enableApiTokens": Row(TOKENS, lambda scene: scene.tokens(active=False)),
    "disableApiTokens": Row(TOKENS, Scene.tokens),
    "deleteApiTokens": Row(TOKENS, Scene.tokens),
    "rotateApiToken": Row(ROTATION, _equal, {"grace": "ONE_HOUR"}),
    "endApiTokenGrace": Row(TOKENS, Scene.rotated),
    "revealApiTokenSecret": Row(REVEAL, Scene.token),
    "renameAccount": Row(ADMINISTRATION, _renamed),
    "setAccountLanguage": Row(ADMINISTRATION, _spoken, {"language": "GERMAN"}),
    "setAccountReveal": Row(ADMINISTRATION, _client, {"reveal": "ONCE"}),
    "createAccount": Row(OPERATIONS, _new_account),
    "enableAccount": Row(OPERATIONS, lambda scene: scene.account(active=False)),
    "disableAccount": Row(OPERATIONS, Scene.account),
    "createModule": Row(OPERATIONS, _new_module),
    "enableModule": Row(OPERATIONS, lambda scene: scene.module(enabled=False)),
    "disableModule": Row(OPERATIONS, lambda scene: scene.module(enabled=True)),
    "setAccountModules": Row(OPERATIONS, _all_modules),
    "inviteMember": Row(ADMINISTRATION, _invitation),
    "renewMemberLink": Row(ADMINISTRATION, Scene.member),
    "setMemberRole": Row(ADMINISTRATION, Scene.member, {"role": "ADMINISTRATOR"}),
    "deactivateMember": Row(ADMINISTRATION, Scene.member),
    "reactivateMember": Row(ADMINISTRATION, lambda scene: scene.member(active=False)),
    "acceptInvitation": Row(OFFER, Scene.offer),
    "declineInvitation": Row(OFFER, Scene.offer),
    "createUser": Row(OPERATIONS, _invitation),
    "createSignInLink": Row(OPERATIONS, _sign_in_link),
}
