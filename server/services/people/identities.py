"""Identities: proved people, and local identities that belong to one account.

An account's administrator can only make local identities. A local identity never belongs to another
account, so its password, links and sessions open no other account.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime

from tortoise.expressions import Q

from server.domain.actor import Role
from server.domain.errors import IllegalTransition
from server.domain.i18n.messages import Message
from server.models.accounts import Membership, Session, SignInLink, User
from server.services.accounts.accounts import account_view
from server.services.people.views import MembershipView


def local_key(account_id: str, address_key: str) -> str:
    """Return the unique key of an account's local identity. No e-mail address looks like it."""
    return f"{account_id}:{hashlib.sha256(address_key.encode()).hexdigest()}"


async def identities_of(address_key: str) -> list[User]:
    """Return all active identities with an address: the proved one, then by latest sign-in."""
    found = await User.filter(address_key=address_key, active=True).order_by("created_at", "id")
    found.sort(key=lambda user: user.last_sign_in_at or user.created_at, reverse=True)
    return sorted(found, key=lambda user: not user.proved)


async def proved_person(address_key: str) -> User | None:
    """Return the one person whose address is proved, or None."""
    return await User.get_or_none(email_key=address_key, proved_at__isnull=False)


async def first_local(address_key: str) -> User | None:
    """Return the oldest active local identity of an address, or None.

    It must be a member of an active account, or be invited to one.
    """
    local = Membership.filter(
        user__address_key=address_key,
        user__proved_at__isnull=True,
        user__active=True,
        active=True,
        account__active=True,
    )
    found = await local.select_related("user").order_by("user__created_at", "id").first()
    return None if found is None else found.user


async def membership_in(account_id: str, address_key: str) -> Membership | None:
    """Return the account's membership for an address, or None. There is at most one."""
    named = Membership.filter(account_id=account_id, user__address_key=address_key)
    return await named.select_related("user", "account").first()


async def acting_memberships(user: User, *, arriving: bool = False) -> list[MembershipView]:
    """Return the memberships in which a person may act now.

    `arriving` is for a sign-in by link: it also counts the invitation that the link accepts.
    """
    counts = Q() if arriving and not user.proved else Q(accepted_at__isnull=False)
    rows = Membership.filter(counts, user_id=user.id, active=True, account__active=True)
    return [
        MembershipView(account_view(row.account), row.role)
        for row in await rows.select_related("account").order_by("id")
        if user.proved or row.account_id == user.home_account_id
    ]


async def end_ways_in(user_id: str) -> None:
    """End all sessions of an identity and delete its unused links."""
    await Session.filter(user_id=user_id).delete()
    await SignInLink.filter(user_id=user_id, used_at__isnull=True).delete()


async def prove(user: User, now: datetime, *, password_hash: str | None = None) -> None:
    """Make a local identity the proved person of its address. Call inside a change.

    Its old password, sessions and links end. Raise `IntegrityError` if the address already has a
    proved person.
    """
    await User.filter(id=user.id).update(
        email_key=user.address_key,
        proved_at=now,
        home_account_id=None,
        password_hash=password_hash,
    )
    user.email_key, user.proved_at, user.home_account_id = user.address_key, now, None
    user.password_hash = password_hash
    await end_ways_in(user.id)
    others = SignInLink.filter(user__address_key=user.address_key, proves_address=True)
    await others.filter(used_at__isnull=True).exclude(user_id=user.id).delete()


async def accept_invitation(user_id: str, now: datetime) -> bool:
    """Accept the person's open invitation; return whether there was one."""
    invited = Membership.filter(user_id=user_id, accepted_at__isnull=True, active=True)
    return bool(await invited.update(accepted_at=now))


async def take_place(invited: Membership, person: User, now: datetime) -> None:
    """Move a membership from a local identity to a proved person. Call inside a change.

    The local identity is deactivated.
    """
    local = invited.user
    await Membership.filter(id=invited.id).update(
        user_id=person.id,
        active=True,
        accepted_at=now,
        declined_at=None,
        last_sign_in_at=None,
    )
    await User.filter(id=local.id).update(
        active=False, password_hash=None, email_key=f"{invited.account_id}:{local.id}"
    )
    await end_ways_in(local.id)


async def enter_by(link: SignInLink, now: datetime) -> Mapping[str, str] | None:
    """Apply the use of a link by a local identity, and return what the audit record notes.

    Older sessions end, and the membership counts from now on. A link made by Operations proves the
    address. Return None for a proved person, or if nothing changed. Call inside a change.
    """
    user = link.user
    if user.proved:
        return None
    recorded = dict[str, str]()
    await Session.filter(user_id=user.id).delete()
    if link.proves_address:
        await prove(user, now)
        recorded["address"] = "proved"
    if await accept_invitation(user.id, now):
        recorded["status"] = "active"
    return recorded or None


async def must_have_an_administrator(changed: Membership) -> None:
    """Raise `IllegalTransition` if a change leaves the account without an active administrator.

    Call inside the change, after the update. `changed` is the membership as it was before.
    """
    acted = changed.active and changed.accepted_at is not None and changed.user.active
    if changed.role is not Role.ADMINISTRATOR or not acted:
        return
    others = Membership.filter(
        account_id=changed.account_id,
        active=True,
        accepted_at__isnull=False,
        user__active=True,
        role=Role.ADMINISTRATOR,
    )
    if not await others.exists():
        raise IllegalTransition(
            Message(
                "%(user)s is the last administrator of %(account)s. Make somebody else an"
                " administrator first.",
                user=changed.user.name,
                account=changed.account.name,
            )
        )
