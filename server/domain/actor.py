"""The acting party of a request: a person, a program with a token, or the command line."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from server.domain.errors import NotAllowed, SignInNeeded
from server.domain.i18n.messages import Message

ACCESS_MANAGEMENT: Final = "MOD-1756"
"""The module that lets a token manage tokens."""


class AccountType(StrEnum):
    """The type of an account."""

    CLIENT = "client"
    VENDOR = "vendor"
    OPERATIONS = "operations"

    @property
    def label(self) -> str:
        """The text that people read."""
        return _TYPES[self]


class Role(StrEnum):
    """What a person may do in an account."""

    ADMINISTRATOR = "administrator"
    VIEWER = "viewer"

    @property
    def label(self) -> str:
        """The text that people read."""
        return _ROLES[self]


_TYPES: Final = {
    AccountType.CLIENT: Message("Client"),
    AccountType.VENDOR: Message("Vendor"),
    AccountType.OPERATIONS: Message("Operations"),
}
_ROLES: Final = {
    Role.ADMINISTRATOR: Message("Administrator"),
    Role.VIEWER: Message("Viewer"),
}


class ActorKind(StrEnum):
    """The kind of actor behind a request."""

    NOBODY = "nobody"
    USER = "user"
    TOKEN = "token"  # noqa: S105 - a kind of actor, not a credential
    OPERATOR = "operator"


@dataclass(frozen=True)
class Origin:
    """Where a request came from, as the audit trail records it."""

    address: str = ""
    user_agent: str = ""


@dataclass(frozen=True)
class Actor:
    """The acting party of one request. Services check its permission before anything else."""

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
    def is_of_operations(self) -> bool:
        """Whether it acts for an Operations account, or from the command line, in any role."""
        return self.kind is ActorKind.OPERATOR or self.account_type is AccountType.OPERATIONS

    @property
    def may_read_account(self) -> bool:
        """Whether it may read its account: every person, and a token with `ACCESS_MANAGEMENT`."""
        if self.kind is ActorKind.TOKEN:
            return ACCESS_MANAGEMENT in self.module_ids
        return self.kind is not ActorKind.NOBODY

    @property
    def sees_every_account(self) -> bool:
        """Whether it sees all accounts' objects: Operations, if it may read accounts at all."""
        return self.is_of_operations and self.may_read_account

    @property
    def may_manage_tokens(self) -> bool:
        """Whether it may create and change tokens of its account. Faces ask this."""
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
        """Whether it may create accounts, users and modules."""
        return self.sees_every_account and self.may_manage_tokens

    def may_grant(self, module_id: str) -> bool:
        """Return whether it may grant a module to a token, or enable it for an account.

        A program cannot pass on a module that it lacks, to any token or account.
        """
        return self.kind is not ActorKind.TOKEN or module_id in self.module_ids

    def require_authenticated(self) -> None:
        """Raise `SignInNeeded` if the request is unauthenticated."""
        if self.kind is ActorKind.NOBODY:
            raise SignInNeeded(Message("Sign in, or send a token as Authorization: Bearer."))

    def must_read_account(self, token_id: str | None = None) -> None:
        """Refuse unauthenticated requests, and tokens without Access management.

        Such a token may still read itself (`token_id`), its account's name and the modules enabled
        there. `_scope` in `server/services/tokens/reader.py` is the same rule as a filter.
        """
        self.require_authenticated()
        if not self.may_read_account and token_id != self.id:
            raise NotAllowed(
                Message(
                    "This token may read its own record alone: it lacks the module %(module)s.",
                    module=ACCESS_MANAGEMENT,
                )
            )

    def require_token_management(self) -> None:
        """Raise `NotAllowed` unless it may change this account's tokens; the message says why."""
        self.require_authenticated()
        if self.may_manage_tokens:
            return
        if self.kind is ActorKind.TOKEN:
            raise NotAllowed(
                Message(
                    "This token may not manage tokens: it lacks the module %(module)s.",
                    module=ACCESS_MANAGEMENT,
                )
            )
        raise NotAllowed(
            Message("Only administrators of the account may do this. You are a viewer.")
        )

    def require_administrator(self) -> None:
        """Allow only the account's administrators and the command line; no programs."""
        self.require_token_management()
        if self.kind is ActorKind.TOKEN:
            raise NotAllowed(
                Message("Only administrators who are signed in may do this, not a program.")
            )

    def require_operations(self) -> None:
        """Allow only Operations administrators, their programs and the command line."""
        self.require_authenticated()
        if not self.may_operate:
            raise NotAllowed(Message("Only administrators of an Operations account may do this."))

    def must_operate_in_person(self) -> None:
        """Allow only Operations administrators and the command line; no programs."""
        self.require_operations()
        self.require_administrator()

    def must_change_accounts_of(self, account_type: AccountType) -> None:
        """Refuse programs if the account to create or change is of type Operations."""
        if account_type is AccountType.OPERATIONS:
            self.require_administrator()


NOBODY: Final = Actor(ActorKind.NOBODY, "", "Nobody")
OPERATOR: Final = Actor(ActorKind.OPERATOR, "operator", "Command line")


@dataclass(frozen=True)
class ActorView:
    """An actor as it was recorded at the time of the action."""

    id: str
    name: str
    kind: ActorKind
