"""Sign-in: by password or one-time link, into a session that the server keeps."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from server.domain.actor import Actor, ActorKind, Origin
from server.domain.errors import Expired, Invalid, NotFound, SignInNeeded
from server.domain.phrases import Phrase
from server.models.accounts import Membership, Session, SignInLink, User
from server.models.moments import BEFORE_ALL
from server.services.accounts import account_info
from server.services.answers import LinkOwner, MembershipInfo, UserInfo
from server.services.audit import PLATFORM, Audit
from server.services.clock import Clock
from server.services.known_devices import UNKNOWN_BROWSER, Browser
from server.services.passwords import Passwords
from server.services.session_rows import (
    IDLE,
    LONGEST,
    end_links,
    end_sessions,
    ends_at,
    seen_from,
)
from server.services.sign_in_limits import SignInLimits
from server.services.users import digest_of, user_info

_SEEN_EVERY: Final = timedelta(minutes=1)

WRONG: Final = Phrase("The e-mail or the password is wrong.")
NO_PASSWORD: Final = Phrase("You have no password yet. Choose one on your profile page.")


@dataclass(frozen=True)
class SignedIn:
    """A resumed session: the actor, the person with all memberships, and the current account."""

    actor: Actor
    user: UserInfo
    current: MembershipInfo
    ends_at: datetime
    """When the session ends by itself, if the person is not heard of any more."""
    has_password: bool = True
    """Whether the person has one to confirm."""


class Sessions:
    """Who is signed in."""

    def __init__(
        self, audit: Audit, passwords: Passwords, limits: SignInLimits, clock: Clock
    ) -> None:
        self._audit = audit
        self._passwords = passwords
        self._limits = limits
        self._clock = clock

    async def sign_in(
        self, email: str, password: str, origin: Origin, browser: Browser = UNKNOWN_BROWSER
    ) -> str:
        """The new session's cookie value; the session that the browser had before ends.

        Wrong e-mail and wrong password are one answer.
        """
        async with self._limits.attempt(email, origin, browser.device) as attempt:
            named = await _named(attempt.person)
            user = await self._who(named, password, stranger=not attempt.known)
            attempt.failed = user is None
        if user is None:
            await self._record_failure(named, origin)
            raise SignInNeeded(WRONG)
        return await self._begin(user, origin, browser, confirmed=True)

    async def link_owner(self, link: str) -> LinkOwner:
        """Whom a one-time link signs in; it is not used up by asking."""
        found = await self._usable_link(link)
        may_choose = found.resets_password or found.user.password_hash is None
        return LinkOwner(user_info(found.user, []), may_choose, found.resets_password)

    async def sign_in_by_link(
        self,
        link: str,
        origin: Origin,
        password: str | None = None,
        browser: Browser = UNKNOWN_BROWSER,
    ) -> str:
        """The new session's cookie value; the link is used up, however often it is sent at once.

        A person who has no password yet can choose one with it, and with a link that resets the
        password must; a bad one leaves the link unused. A link is no confirmation: the session
        counts as one in which no password was given, until one was chosen or confirmed.
        """
        found = await self._usable_link(link)
        if password is None and found.resets_password:
            raise Invalid.one("password", Phrase("Choose a password."))
        may_choose = found.resets_password or found.user.password_hash is None
        if password is None or not may_choose:
            return await self._begin(found.user, origin, browser, found, confirmed=False)
        await self._choose_password(found, origin, await self._passwords.hash(password))
        return await self._begin(found.user, origin, browser, confirmed=True)

    async def resume(self, cookie: str, origin: Origin, *, seen: bool = True) -> SignedIn | None:
        """Who this cookie signs in; None when its session has ended or lost its account.

        `seen=False` asks without the person: the session stays as idle as it is.
        """
        session = await Session.get_or_none(digest=digest_of(cookie)).select_related("user")
        now = self._clock()
        if session is None or not session.user.active or now >= ends_at(session):
            return None
        memberships = await _memberships(session.user_id)
        current = next((m for m in memberships if m.account.id == session.account_id), None)
        if current is None:
            return None
        if seen and now - session.seen_at >= _SEEN_EVERY:
            session.seen_at = now
            await Session.filter(id=session.id).update(seen_at=now, **seen_from(origin))
        user = user_info(session.user, memberships)
        actor = _actor(user, current, origin, session.confirmed_at)
        has_password = session.user.password_hash is not None
        return SignedIn(actor, user, current, ends_at(session), has_password)

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
            change.object_name = signed_in.user.name
        return fresh

    async def confirm_password(self, cookie: str, signed_in: SignedIn, password: str) -> None:
        """Make the sign-in fresh again, for what asks for a fresh one."""
        digest = digest_of(cookie)
        user = await User.get(id=signed_in.user.id)
        if user.password_hash is None:
            raise SignInNeeded(NO_PASSWORD)
        async with self._limits.confirmation(digest) as attempt:
            attempt.failed = not await self._passwords.matches(password, user.password_hash)
        if attempt.failed:
            await self._record_failure(user, signed_in.actor.origin)
            raise SignInNeeded(Phrase("The password is wrong."))
        async with self._audit.change(
            signed_in.actor, "user.password_confirmed", user.id, chain=signed_in.current.account.id
        ) as change:
            await Session.filter(digest=digest).update(confirmed_at=self._clock())
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

    async def _who(self, named: User | None, password: str, *, stranger: bool) -> User | None:
        """The person whose password it is; equal work whoever was named."""
        usable = named is not None and named.active
        password_hash = named.password_hash if named is not None and usable else None
        right = await self._passwords.matches(password, password_hash, stranger=stranger)
        return named if right else None

    async def _choose_password(self, link: SignInLink, origin: Origin, password_hash: str) -> None:
        """The link is used up by it: whoever is interrupted here can sign in with the password."""
        user = link.user
        actor = await self._arriving(user, origin)
        event = "user.password_reset" if link.resets_password else "user.password_set"
        async with self._audit.change(actor, event, user.id, chain=actor.account_id) as change:
            await self._use_up(link)
            await User.filter(id=user.id).update(password_hash=password_hash)
            await end_sessions(user.id)
            await end_links(user.id)
            change.object_name = user.name

    async def _arriving(self, user: User, origin: Origin) -> Actor:
        """The person as an actor of the first account that they may enter."""
        memberships = await _memberships(user.id)
        if not memberships:
            raise SignInNeeded(Phrase("You belong to no active account. Ask your administrator."))
        return _actor(user_info(user, memberships), memberships[0], origin, self._clock())

    async def _begin(
        self,
        user: User,
        origin: Origin,
        browser: Browser,
        link: SignInLink | None = None,
        *,
        confirmed: bool,
    ) -> str:
        actor = await self._arriving(user, origin)
        cookie, now = secrets.token_urlsafe(32), self._clock()
        async with self._audit.change(
            actor, "user.signed_in", user.id, chain=actor.account_id
        ) as change:
            if link is not None:
                await self._use_up(link)
            await Session.filter(digest=digest_of(browser.session)).delete()
            await Session.create(
                digest=digest_of(cookie),
                user_id=user.id,
                account_id=actor.account_id,
                signed_in_at=now,
                confirmed_at=now if confirmed else BEFORE_ALL,
                seen_at=now,
                **seen_from(origin),
            )
            await User.filter(id=user.id).update(last_sign_in_at=now)
            change.object_name = user.name
        return cookie

    async def _use_up(self, link: SignInLink) -> None:
        unused = SignInLink.filter(id=link.id, used_at__isnull=True)
        if not await unused.update(used_at=self._clock()):
            raise Expired(Phrase("This sign-in link was used already. Ask for a new one."))

    async def _usable_link(self, link: str) -> SignInLink:
        found = await SignInLink.get_or_none(digest=digest_of(link)).select_related("user")
        if found is None or found.used_at is not None or found.expires_at <= self._clock():
            raise Expired(
                Phrase("This sign-in link was used already or is too old. Ask for a new one.")
            )
        if not found.user.active:
            raise Expired(Phrase("This person may no longer sign in."))
        return found

    async def _record_failure(self, user: User | None, origin: Origin) -> None:
        member = await Membership.filter(user_id=user.id if user else "").order_by("id").first()
        nobody = Actor(ActorKind.NOBODY, "", "Nobody", origin=origin)
        async with self._audit.change(
            nobody,
            "user.sign_in_failed",
            user.id if user else "",
            chain=member.account_id if member else PLATFORM,
        ) as change:
            change.object_name = user.name if user else ""


async def _named(person: str) -> User | None:
    return await User.get_or_none(email_key=person) if person else None


async def _memberships(user_id: str) -> list[MembershipInfo]:
    rows = Membership.filter(user_id=user_id, active=True, account__active=True)
    return [
        MembershipInfo(account_info(row.account), row.role)
        for row in await rows.select_related("account").order_by("id")
    ]


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
        signed_in_at=None if confirmed_at == BEFORE_ALL else confirmed_at,
        origin=origin,
    )
