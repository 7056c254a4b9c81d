"""Views of people, memberships and invitations."""

from dataclasses import dataclass
from datetime import datetime

from server.domain.actor import Role
from server.domain.member_rules import MemberStatus
from server.services.accounts.views import AccountView


@dataclass(frozen=True)
class MembershipView:
    """An account that a person belongs to, and their role in it."""

    account: AccountView
    role: Role


@dataclass(frozen=True)
class UserView:
    """A person. If not `proved`, it is a local identity of one account."""

    id: str
    email: str
    name: str
    active: bool
    memberships: tuple[MembershipView, ...] = ()
    proved: bool = True


@dataclass(frozen=True)
class LinkOwner:
    """The person whom a one-time link signs in, and whether they may or must choose a password.

    `invited_to` is the account that invited a local identity; None for other links. `ends_password`
    is True if using the link voids the person's present password.
    """

    user: UserView
    may_choose_password: bool
    must_choose_password: bool = False
    invited_to: MembershipView | None = None
    ends_password: bool = False


@dataclass(frozen=True)
class MemberView:
    """A person as a member of one account.

    `needs_link` is True if they have no other way to sign in yet, and `last_sign_in_at` is their
    last sign-in to this account. The account can make links for members that are not
    `user.proved`.
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
    """A new member; `link` is the secret part of a one-time link, None if they need none."""

    member: MemberView
    link: str | None = None
    expires_at: datetime | None = None
