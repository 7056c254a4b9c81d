"""People, memberships and invitations as services answer them."""

from dataclasses import dataclass
from datetime import datetime

from server.domain.actor import Role
from server.domain.member_rules import MemberStatus
from server.services.accounts.views import AccountView


@dataclass(frozen=True)
class MembershipView:
    """An account that a person belongs to, and what they are in it."""

    account: AccountView
    role: Role


@dataclass(frozen=True)
class UserView:
    """A person; `proved` where somebody vouched for their address, else of one account alone."""

    id: str
    email: str
    name: str
    active: bool
    memberships: tuple[MembershipView, ...] = ()
    proved: bool = True


@dataclass(frozen=True)
class LinkOwner:
    """Whom a one-time link signs in, and whether they may, or must, choose a password with it.

    `invited_to` is the account that made it for an identity of its own; None for other links.
    `ends_password` where using the link voids the password that the person has.
    """

    user: UserView
    may_choose_password: bool
    must_choose_password: bool = False
    invited_to: MembershipView | None = None
    ends_password: bool = False


@dataclass(frozen=True)
class MemberView:
    """A person as a member of one account; `needs_link` where they have no other way in yet.

    `last_sign_in_at` is when they last entered this account. Links for those who are not
    `user.proved` are the account's own to make.
    """

    user: UserView
    role: Role
    status: MemberStatus
    last_sign_in_at: datetime | None
    needs_link: bool

    @property
    def active(self) -> bool:
        """Whether they may act for the account."""
        return self.status is MemberStatus.ACTIVE


@dataclass(frozen=True)
class InvitationView:
    """A new member; `link` is the secret part of a one-time way in, None for who has one."""

    member: MemberView
    link: str | None = None
    expires_at: datetime | None = None
