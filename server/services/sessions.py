"""Sign-in: by password or one-time link, into a session that the server keeps."""

import asyncio
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from tortoise.exceptions import IntegrityError

from server.domain.actor import Actor, ActorKind, Origin
from server.domain.errors import Expired, NotFound, SignInNeeded, TooMany
from server.domain.phrases import Phrase
from server.models.accounts import Membership, Session, SignInLink, User
from server.services.answers import LinkOwner, MembershipInfo, UserInfo
from server.services.audit import PLATFORM, Audit
from server.services.clock import Clock
from server.services.identities import acting_memberships, enter_by, identities_of
from server.services.passwords import Passwords
from server.services.throttle import Limit, Throttle
from server.services.users import digest_of, email_key, user_info

IDLE: Final = timedelta(hours=8)
LONGEST: Final = timedelta(days=7)
_SEEN_EVERY: Final = timedelta(minutes=1)

_SPAN: Final = timedelta(minutes=15)
_PER_PERSON_AND_ADDRESS: Final = Limit(10, _SPAN)
_PER_PERSON: Final = Limit(50, _SPAN)
_PER_ADDRESS: Final = Limit(100, _SPAN)

_USED: Final = Phrase("This sign-in link was used already. Ask for a new one.")
_LEAST_WORK: Final = 2
WRONG: Final = Phrase("The e-mail or the password is wrong.")


@dataclass(frozen=True)
class SignedIn:
    """A resumed session: the actor, the person with all memberships, and the current account."""

    actor: Actor
    user: UserInfo
    current: MembershipInfo
    ends_at: datetime
    """When the session ends by itself, if the person is not heard of any more."""


class Sessions:
    """Who is signed in."""

    def __init__(
        self, audit: Audit, passwords: Passwords, throttle: Throttle, clock: Clock
    ) -> None:
        self._audit = audit
        self._passwords = passwords
        self._clock = clock
        self._throttle = throttle

    async def sign_in(self, email: str, password: str, origin: Origin) -> str:
        """The new session's cookie value. Wrong e-mail and wrong password are one answer."""
        key = email_key(email)
        await self._must_be_patient(key, origin)
        identities = await identities_of(key)
        user = await self._who_has(password, identities)
        if user is None:
            await self._record_failure(identities[0] if identities else None, origin)
            raise SignInNeeded(WRONG)
        await self._throttle.forget(_PER_PERSON_AND_ADDRESS, key, origin.address)
        return await self._begin(user, origin)

    async def link_owner(self, link: str) -> LinkOwner:
        """Whom a one-time link signs in; it is not used up by asking."""
        found = await self._usable_link(link)
        user = found.user
        own = [] if user.proved else await acting_memberships(user, arriving=True)
        invited_to = own[0] if own and not found.proves_address else None
        return LinkOwner(user_info(user, []), _may_choose_password(user), invited_to)

    async def sign_in_by_link(self, link: str, origin: Origin, password: str | None = None) -> str:
        """The new session's cookie value; the link is used up, however often it is sent at once.

        A person who has no password yet, or is of one account alone, can choose one with it; a bad
        one leaves the link unused.
        """
        found = await self._usable_link(link)
        try:
            if password is None or not _may_choose_password(found.user):
                return await self._begin(found.user, origin, found)
            await self._choose_password(found, origin, await self._passwords.hash(password))
        except IntegrityError:  # the address was vouched for by another way since
            raise Expired(_USED) from None
        return await self._begin(found.user, origin)

    async def resume(self, cookie: str, origin: Origin, *, seen: bool = True) -> SignedIn | None:
        """Who this cookie signs in; None when its session has ended or lost its account.

        `seen=False` asks without the person: the session stays as idle as it is.
        """
        session = await Session.get_or_none(digest=digest_of(cookie)).select_related("user")
        now = self._clock()
        if session is None or not session.user.active or now >= _ends_at(session):
            return None
        memberships = await acting_memberships(session.user)
        current = next((m for m in memberships if m.account.id == session.account_id), None)
        if current is None:
            return None
        if seen and now - session.seen_at >= _SEEN_EVERY:
            session.seen_at = now
            await Session.filter(id=session.id).update(seen_at=now)
        user = user_info(session.user, memberships)
        actor = _actor(user, current, origin, session.confirmed_at)
        return SignedIn(actor, user, current, _ends_at(session))

    async def switch(self, cookie: str, signed_in: SignedIn, account_id: str) -> str:
        """The same sign-in in another of the person's accounts, under a new cookie value."""
        target = next((m for m in signed_in.user.memberships if m.account.id == account_id), None)
        if target is None:
            raise NotFound(Phrase("You have no active account %(id)s.", id=account_id[:40]))
        fresh = secrets.token_urlsafe(32)
        async with self._audit.change(
            signed_in.actor, "user.account_switched", signed_in.user.id, chain=account_id
        ) as change:
            await Session.filter(digest=digest_of(cookie)).update(
                digest=digest_of(fresh), account_id=account_id
            )
            await self._note_entry(signed_in.user.id, account_id)
            change.object_name = signed_in.user.name
        return fresh

    async def confirm_password(self, cookie: str, signed_in: SignedIn, password: str) -> None:
        """Make the sign-in fresh again, for what asks for a fresh one."""
        key = email_key(signed_in.user.email)
        origin = signed_in.actor.origin
        await self._must_be_patient(key, origin)
        user = await User.get(id=signed_in.user.id)
        if not await self._passwords.matches(password, user.password_hash):
            await self._record_failure(user, origin)
            raise SignInNeeded(Phrase("The password is wrong."))
        await self._throttle.forget(_PER_PERSON_AND_ADDRESS, key, origin.address)
        async with self._audit.change(
            signed_in.actor, "user.password_confirmed", user.id, chain=signed_in.current.account.id
        ) as change:
            await Session.filter(digest=digest_of(cookie)).update(confirmed_at=self._clock())
            change.object_name = user.name

    async def sign_out(self, cookie: str, signed_in: SignedIn) -> None:
        """End the session for good."""
        async with self._audit.change(
            signed_in.actor,
            "user.signed_out",
            signed_in.user.id,
            chain=signed_in.current.account.id,
        ) as change:
            await Session.filter(digest=digest_of(cookie)).delete()
            change.object_name = signed_in.user.name

    async def sweep(self) -> None:
        """Forget sessions and links whose time is over."""
        now = self._clock()
        await Session.filter(seen_at__lt=now - IDLE).delete()
        await Session.filter(signed_in_at__lt=now - LONGEST).delete()
        await SignInLink.filter(expires_at__lt=now).delete()

    async def _choose_password(self, link: SignInLink, origin: Origin, password_hash: str) -> None:
        """The link is used up by it: whoever is interrupted here can sign in with the password."""
        user = link.user
        actor = await self._arriving(user, origin, link)
        async with self._audit.change(
            actor, "user.password_set", user.id, chain=actor.account_id
        ) as change:
            change.after = await self._use_up(link)
            await User.filter(id=user.id).update(password_hash=password_hash)
            change.object_name = user.name

    async def _arriving(self, user: User, origin: Origin, link: SignInLink | None = None) -> Actor:
        """The person as an actor of the first account that they may enter."""
        memberships = await acting_memberships(user, arriving=link is not None)
        if not memberships:
            raise SignInNeeded(Phrase("You belong to no active account. Ask your administrator."))
        return _actor(user_info(user, memberships), memberships[0], origin, self._clock())

    async def _begin(self, user: User, origin: Origin, link: SignInLink | None = None) -> str:
        actor = await self._arriving(user, origin, link)
        cookie, now = secrets.token_urlsafe(32), self._clock()
        async with self._audit.change(
            actor, "user.signed_in", user.id, chain=actor.account_id
        ) as change:
            if link is not None:
                change.after = await self._use_up(link)
            # Whoever was vouched for, or replaced, since the password was checked must come anew.
            same = User.filter(id=user.id, email_key=user.email_key, active=True)
            if not await same.update(last_sign_in_at=now):
                raise SignInNeeded(WRONG)
            await self._note_entry(user.id, actor.account_id)
            await Session.create(
                digest=digest_of(cookie),
                user_id=user.id,
                account_id=actor.account_id,
                signed_in_at=now,
                confirmed_at=now,
                seen_at=now,
            )
            change.object_name = user.name
        return cookie

    async def _note_entry(self, user_id: str, account_id: str) -> None:
        entered = Membership.filter(user_id=user_id, account_id=account_id)
        await entered.update(last_sign_in_at=self._clock())

    async def _use_up(self, link: SignInLink) -> Mapping[str, str] | None:
        """What it means beyond the sign-in, for the change's record."""
        unused = SignInLink.filter(id=link.id, used_at__isnull=True)
        if not await unused.update(used_at=self._clock()):
            raise Expired(_USED)
        return await enter_by(link, self._clock())

    async def _usable_link(self, link: str) -> SignInLink:
        found = await SignInLink.get_or_none(digest=digest_of(link)).select_related("user")
        if found is None or found.used_at is not None or found.expires_at <= self._clock():
            raise Expired(
                Phrase("This sign-in link was used already or is too old. Ask for a new one.")
            )
        if not found.user.active:
            raise Expired(Phrase("This person may no longer sign in."))
        return found

    async def _who_has(self, password: str, identities: list[User]) -> User | None:
        """Whose password it is, the first of those given. The work tells nobody how many they are.

        Two hashes are checked at least, then four, eight and so on.
        """
        hashes = [user.password_hash for user in identities if user.password_hash]
        work = max(_LEAST_WORK, 1 << (len(hashes) - 1).bit_length())
        checks = [self._passwords.matches(password, each) for each in hashes]
        checks += [self._passwords.matches(password, None) for _ in range(work - len(hashes))]
        right = dict(zip(hashes, await asyncio.gather(*checks), strict=False))
        return next((user for user in identities if right.get(user.password_hash or "")), None)

    async def _must_be_patient(self, key: str, origin: Origin) -> None:
        attempts: list[tuple[Limit, tuple[str, ...]]] = [
            (_PER_PERSON_AND_ADDRESS, (key, origin.address)),
            (_PER_PERSON, (key,)),
            (_PER_ADDRESS, (origin.address,)),
        ]
        for limit, identifiers in attempts:
            allowance = await self._throttle.hit(limit, *identifiers)
            if not allowance.granted:
                raise TooMany(
                    Phrase(
                        "Too many attempts to sign in. Wait 15 minutes, or use a one-time link."
                    ),
                    retry_after=_SPAN,
                )

    async def _record_failure(self, user: User | None, origin: Origin) -> None:
        # An account that merely invited an address does not learn that somebody uses it.
        of = user.id if user and user.proved else ""
        member = await Membership.filter(user_id=of).order_by("id").first()
        nobody = Actor(ActorKind.NOBODY, "", "Nobody", origin=origin)
        async with self._audit.change(
            nobody,
            "user.sign_in_failed",
            user.id if user else "",
            chain=member.account_id if member else PLATFORM,
        ) as change:
            change.object_name = user.name if user else ""


def _ends_at(session: Session) -> datetime:
    return min(session.seen_at + IDLE, session.signed_in_at + LONGEST)


def _may_choose_password(user: User) -> bool:
    """An account's link also takes the place of a lost password; a proved person has their own."""
    return user.password_hash is None or not user.proved


def _actor(
    user: UserInfo, current: MembershipInfo, origin: Origin, confirmed_at: datetime
) -> Actor:
    return Actor(
        ActorKind.USER,
        user.id,
        user.name,
        account_id=current.account.id,
        account_type=current.account.type,
        role=current.role,
        signed_in_at=confirmed_at,
        origin=origin,
    )
