"""Identities: people whose address is proved, and those that are local to one account.

An account's administrator can make a local identity alone. It belongs to that account and never
to another, so what was set up for it (password, link, session) gives entry to nothing else.
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
    """What is unique of an account's own identity of an address; no address looks like it."""
    return f"{account_id}:{hashlib.sha256(address_key.encode()).hexdigest()}"


async def identities_of(address_key: str) -> list[User]:
    """Everybody active of an address: who is proved first, then who signed in last."""
    found = await User.filter(address_key=address_key, active=True).order_by("created_at", "id")
    found.sort(key=lambda user: user.last_sign_in_at or user.created_at, reverse=True)
    return sorted(found, key=lambda user: not user.proved)


async def proved_person(address_key: str) -> User | None:
    """The one person for whose address somebody vouched."""
    return await User.get_or_none(email_key=address_key, proved_at__isnull=False)


async def first_local(address_key: str) -> User | None:
    """The oldest local identity of an address that may enter its account, or is invited to it."""
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
    """What an account knows of an address, whoever it is: at most one membership."""
    named = Membership.filter(account_id=account_id, user__address_key=address_key)
    return await named.select_related("user", "account").first()


async def acting_memberships(user: User, *, arriving: bool = False) -> list[MembershipView]:
    """Where a person may act now. `arriving`: with what the link that they use lets them into."""
    counts = Q() if arriving and not user.proved else Q(accepted_at__isnull=False)
    rows = Membership.filter(counts, user_id=user.id, active=True, account__active=True)
    return [
        MembershipView(account_view(row.account), row.role)
        for row in await rows.select_related("account").order_by("id")
        if user.proved or row.account_id == user.home_account_id
    ]


async def end_ways_in(user_id: str) -> None:
    """End all sessions of an identity, and all its links that are not used."""
    await Session.filter(user_id=user_id).delete()
    await SignInLink.filter(user_id=user_id, used_at__isnull=True).delete()


async def prove(user: User, now: datetime, *, password_hash: str | None = None) -> None:
    """Make a local identity the proved person of its address, inside a change.

    What was set up for it ends: password, sessions and links. Violates the database's unique key
    where the address has a proved person already.
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
    """Let the membership of who was invited count from now on; whether it did not before."""
    invited = Membership.filter(user_id=user_id, accepted_at__isnull=True, active=True)
    return bool(await invited.update(accepted_at=now))


async def take_place(invited: Membership, person: User, now: datetime) -> None:
    """Let a proved person take the place of a local identity, which ends, inside a change."""
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
    """What the use of a link means for a local identity, inside a change, for its record.

    Older sessions end; the membership counts from now on; a link of Operations proves the address.
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
    """Refuse, inside a change, to leave an account without an administrator who can act."""
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
