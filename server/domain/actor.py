"""Who acts: a signed-in person, a program with a token, or the operator's command line."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from server.domain.errors import NotAllowed, SignInNeeded
from server.domain.phrases import Phrase

ACCESS_MANAGEMENT: Final = "MOD-1756"
"""The module that lets a token manage tokens."""


class AccountType(StrEnum):
    """What an account is to the platform."""

    CLIENT = "client"
    VENDOR = "vendor"
    OPERATIONS = "operations"

    @property
    def label(self) -> str:
        """The word people read."""
        return _TYPES[self]


class Role(StrEnum):
    """What a person may do in an account."""

    ADMINISTRATOR = "administrator"
    VIEWER = "viewer"

    @property
    def label(self) -> str:
        """The word people read."""
        return _ROLES[self]


_TYPES: Final = {
    AccountType.CLIENT: Phrase("Client"),
    AccountType.VENDOR: Phrase("Vendor"),
    AccountType.OPERATIONS: Phrase("Operations"),
}
_ROLES: Final = {
    Role.ADMINISTRATOR: Phrase("Administrator"),
    Role.VIEWER: Phrase("Viewer"),
}


class ActorKind(StrEnum):
    """What sort of actor stands behind a request."""

    NOBODY = "nobody"
    USER = "user"
    TOKEN = "token"  # noqa: S105 - a kind of actor, not a credential
    OPERATOR = "operator"


@dataclass(frozen=True)
class Origin:
    """Where a request came from, as the audit trail keeps it."""

    address: str = ""
    user_agent: str = ""


@dataclass(frozen=True)
class Actor:
    """One request's acting party. Services ask it for permission before anything else."""

    kind: ActorKind
    id: str
    name: str
    account_id: str = ""
    account_type: AccountType | None = None
    role: Role | None = None
    module_ids: frozenset[str] = frozenset()
    signed_in_at: datetime | None = None
    origin: Origin = field(default_factory=Origin)

    @property
    def sees_every_account(self) -> bool:
        """Operations people and the command line see all accounts' objects."""
        return self.kind is ActorKind.OPERATOR or self.account_type is AccountType.OPERATIONS

    @property
    def may_manage_tokens(self) -> bool:
        """Whether this actor may make and change tokens of its account, for faces to ask."""
        match self.kind:
            case ActorKind.OPERATOR:
                return True
            case ActorKind.USER:
                return self.role is Role.ADMINISTRATOR
            case ActorKind.TOKEN:
                return ACCESS_MANAGEMENT in self.module_ids
        return False

    @property
    def may_operate(self) -> bool:
        """Whether this actor may create accounts, users and modules."""
        return self.sees_every_account and self.may_manage_tokens

    def may_grant(self, module_id: str, account_id: str) -> bool:
        """Whether this actor may let a token of an account into a module that is enabled for it.

        A program gives the tokens of its own account nothing that it lacks itself. Those of other
        accounts only programs of Operations reach, and they may enable modules there as well.
        """
        bound = self.kind is ActorKind.TOKEN and account_id == self.account_id
        return not bound or module_id in self.module_ids

    def must_be_known(self) -> None:
        """Refuse nobody."""
        if self.kind is ActorKind.NOBODY:
            raise SignInNeeded(Phrase("Sign in, or send a token as Authorization: Bearer."))

    def must_manage_tokens(self) -> None:
        """Refuse everyone who may not change this account's tokens, saying why."""
        self.must_be_known()
        if self.may_manage_tokens:
            return
        if self.kind is ActorKind.TOKEN:
            raise NotAllowed(
                Phrase(
                    "This token may not manage tokens: it lacks the module %(module)s.",
                    module=ACCESS_MANAGEMENT,
                )
            )
        raise NotAllowed(
            Phrase("Only administrators of the account may do this. You are a viewer.")
        )

    def must_administer(self) -> None:
        """Refuse everyone but the account's administrators and the command line: no program."""
        self.must_manage_tokens()
        if self.kind is ActorKind.TOKEN:
            raise NotAllowed(
                Phrase("Only administrators who are signed in may do this, not a program.")
            )

    def must_operate(self) -> None:
        """Refuse everyone but Operations administrators, their programs and the command line."""
        self.must_be_known()
        if not self.may_operate:
            raise NotAllowed(Phrase("Only administrators of an Operations account may do this."))


NOBODY: Final = Actor(ActorKind.NOBODY, "", "Nobody")
OPERATOR: Final = Actor(ActorKind.OPERATOR, "operator", "Command line")
