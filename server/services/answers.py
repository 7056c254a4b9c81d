"""What services answer: frozen, complete, and free of the database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from server.domain.actor import AccountType, ActorKind, Role
from server.domain.errors import Refusal
from server.domain.i18n.language import Language
from server.domain.member_rules import MemberStatus
from server.domain.tokens.rules import RevealPolicy, TokenStatus
from server.domain.tokens.secret import Secret

Item = TypeVar("Item")


@dataclass(frozen=True)
class AccountInfo:
    """A tenant."""

    id: str
    name: str
    type: AccountType
    active: bool
    reveal: RevealPolicy
    logo: str | None = None
    language: Language = Language.AUTOMATIC


@dataclass(frozen=True)
class AccountOverview:
    """A tenant in the list of all, and how many modules are enabled for it."""

    account: AccountInfo
    modules: int


@dataclass(frozen=True)
class MembershipInfo:
    """An account that a person belongs to, and what they are in it."""

    account: AccountInfo
    role: Role


@dataclass(frozen=True)
class UserInfo:
    """A person; `proved` where somebody vouched for their address, else of one account alone."""

    id: str
    email: str
    name: str
    active: bool
    memberships: tuple[MembershipInfo, ...] = ()
    proved: bool = True


@dataclass(frozen=True)
class LinkOwner:
    """Whom a one-time link signs in, and whether they may, or must, choose a password with it.

    `invited_to` is the account that made it for an identity of its own; None for other links.
    """

    user: UserInfo
    may_choose_password: bool
    must_choose_password: bool = False
    invited_to: MembershipInfo | None = None


@dataclass(frozen=True)
class ModuleInfo:
    """A part of the platform."""

    id: str
    name: str
    description: str


@dataclass(frozen=True)
class OfferedModule:
    """A part of the platform, and whether it is enabled for an account."""

    module: ModuleInfo
    enabled: bool


@dataclass(frozen=True)
class ActorInfo:
    """Who did something, as it was recorded then."""

    id: str
    name: str
    kind: ActorKind


@dataclass(frozen=True)
class TokenInfo:
    """A token, without its secret. `status` is as of the moment it was read.

    `modules` are what it may enter, `withdrawn_modules` what was granted to it and is no longer
    enabled for its account.
    """

    id: str
    version: int
    name: str
    description: str
    logo: str | None
    status: TokenStatus
    account: AccountInfo
    modules: tuple[ModuleInfo, ...]
    withdrawn_modules: tuple[ModuleInfo, ...]
    created_by: ActorInfo
    created_at: datetime
    updated_at: datetime
    last_access_at: datetime | None
    expires_at: datetime | None


@dataclass(frozen=True)
class MintedToken:
    """A new token and its value; None when the value may not be shown (any more)."""

    token: TokenInfo
    secret: Secret | None
    secret_shown_until: datetime | None = None


@dataclass(frozen=True)
class MilestoneInfo:
    """When a token passed a point of its life, and who brought it there."""

    at: datetime
    by: ActorInfo


@dataclass(frozen=True)
class OldSecretInfo:
    """A secret that was rotated out: until when it works, and when it was last tried."""

    accepted_until: datetime
    works: bool
    last_used_at: datetime | None
    refused_at: datetime | None


@dataclass(frozen=True)
class RefusedToken:
    """A token of many that was left as it is, and why."""

    token_id: str
    refusal: Refusal


@dataclass(frozen=True)
class BulkOutcome(Generic[Item]):
    """What became of each of many: those that were changed, and those that were refused."""

    changed: tuple[Item, ...]
    refused: tuple[RefusedToken, ...]


@dataclass(frozen=True)
class MemberInfo:
    """A person as a member of one account; `needs_link` where they have no other way in yet.

    `last_sign_in_at` is when they last entered this account. Links for those who are not
    `user.proved` are the account's own to make.
    """

    user: UserInfo
    role: Role
    status: MemberStatus
    last_sign_in_at: datetime | None
    needs_link: bool

    @property
    def active(self) -> bool:
        """Whether they may act for the account."""
        return self.status is MemberStatus.ACTIVE


@dataclass(frozen=True)
class InvitationInfo:
    """A new member; `link` is the secret part of a one-time way in, None for who has one."""

    member: MemberInfo
    link: str | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True)
class SavedViewInfo:
    """A person's way of looking at the tokens: the query of the page, under a name."""

    id: int
    name: str
    query: str
    is_default: bool


@dataclass(frozen=True)
class DraftInfo:
    """A token being made. `modules` are those of its choice that are enabled now."""

    id: str
    version: int
    name: str
    description: str
    logo: str | None
    expires_at: datetime | None
    module_ids: tuple[str, ...]
    modules: tuple[ModuleInfo, ...]
    created_at: datetime
    updated_at: datetime
    token_id: str | None

    @property
    def general_done(self) -> bool:
        """Whether step 1 has what it needs."""
        return bool(self.name)

    @property
    def modules_done(self) -> bool:
        """Whether step 2 has what it needs."""
        return bool(self.modules) and len(self.modules) == len(self.module_ids)


@dataclass(frozen=True)
class AuditInfo:
    """One record of the audit trail.

    `account_id` names its chain (`platform` where it belongs to no account), `position` its place
    in it; the hash covers the record and the hash before it.
    """

    id: str
    at: datetime
    event: str
    summary: str
    actor: ActorInfo
    object_id: str
    object_name: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    address: str
    user_agent: str
    account_id: str
    position: int
    previous_hash: str
    hash: str


@dataclass(frozen=True)
class Window(Generic[Item]):
    """A stretch of a list between two cursors, with the number of all items."""

    items: Sequence[Item]
    cursors: Sequence[str]
    has_previous: bool
    has_next: bool
    total: int


@dataclass(frozen=True)
class Page(Generic[Item]):
    """A numbered page of a list; `number` is within 1 to `pages`."""

    items: Sequence[Item]
    number: int
    size: int
    total: int

    @property
    def pages(self) -> int:
        """How many pages there are; an empty list has one."""
        return max(1, -(-self.total // self.size))

    @property
    def first_row(self) -> int:
        """The number of the first row shown, 0 when there is none."""
        return (self.number - 1) * self.size + 1 if self.items else 0

    @property
    def last_row(self) -> int:
        """The number of the last row shown."""
        return (self.number - 1) * self.size + len(self.items)
