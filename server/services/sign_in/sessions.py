"""Sign-in by password or one-time link, into a session stored on the server."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from tortoise.exceptions import IntegrityError

from server.domain.actor import Actor, ActorKind, Origin
from server.domain.errors import Expired, Invalid, NotFound, SignInNeeded
from server.domain.i18n.messages import Message
from server.models.accounts import Membership, Session, SignInLink, User
from server.models.moments import BEFORE_ALL
from server.services.audit.writer import PLATFORM, AuditLog
from server.services.clock import Clock
from server.services.crypto.passwords import Passwords
from server.services.people.identities import acting_memberships, identities_of
from server.services.people.users import digest_of, user_view
from server.services.people.views import LinkOwner, MembershipView, UserView
from server.services.sign_in.attempts import SignInLimits
from server.services.sign_in.known_devices import UNKNOWN_BROWSER, Browser
from server.services.sign_in.links import USED, may_choose_password, usable_link, use_up
from server.services.sign_in.password_check import identity_with
from server.services.sign_in.session_rows import (
    IDLE,
    LONGEST,
    end_links,
    end_sessions,
    ends_at,
    seen_from,
)

_SEEN_EVERY: Final = timedelta(minutes=1)

WRONG: Final = Message("The e-mail or the password is wrong.")
ENDED: Final = Message("Your session has ended. Sign in again.")
NO_PASSWORD: Final = Message("You have no password yet. Choose one on your profile page.")


@dataclass(frozen=True)
class SignedIn:
    """A resumed session: the actor, the person with all memberships, and the current account."""

    actor: Actor
    user: UserView
    current: MembershipView
    ends_at: datetime
    """When the session ends if the person does nothing more."""
    has_password: bool = True
    """Whether the person has a password that they can confirm."""


class Sessions:
    """Begins, resumes and ends sessions."""

    def __init__(
        self, audit: AuditLog, passwords: Passwords, limits: SignInLimits, clock: Clock
    ) -> None:
        self._audit = audit
        self._passwords = passwords
        self._limits = limits
        self._clock = clock

    async def sign_in(
        self, email: str, password: str, origin: Origin, browser: Browser = UNKNOWN_BROWSER
    ) -> str:
        """Sign in by password and return the new cookie value; the browser's old session ends.

        Raise `SignInNeeded`, with the same message for a wrong e-mail and a wrong password.
        """
        async with self._limits.attempt(email, origin, browser.device) as attempt:
            identities = await identities_of(attempt.person) if attempt.person else []
            user = await identity_with(
                self._passwords, password, identities, stranger=not attempt.known
            )
            attempt.failed = user is None
        if user is None:
            await self._record_failure(identities[0] if identities else None, origin)
            raise SignInNeeded(WRONG)
        return await self._begin(user, origin, browser, confirmed=True, by_password=True)

    async def link_owner(self, link: str) -> LinkOwner:
        """Return whom a one-time link signs in. This does not use up the link."""
        found = await usable_link(link, self._clock())
        user = found.user
        own = [] if user.proved else await acting_memberships(user, arriving=True)
        invited_to = own[0] if own and not found.proves_address else None
        may_choose, must_choose = may_choose_password(found), found.resets_password
        ends_password = found.proves_address and user.password_hash is not None
        return LinkOwner(user_view(user, []), may_choose, must_choose, invited_to, ends_password)

    async def sign_in_by_link(
        self,
        link: str,
        origin: Origin,
        password: str | None = None,
        browser: Browser = UNKNOWN_BROWSER,
    ) -> str:
        """Sign in by link and return the new cookie value. The link works once, also under races.

        A person without a password, and a local identity, may choose a password; a link that resets
        the password requires one. An invalid password leaves the link unused. A link does not
        confirm the person: the session counts as unconfirmed until a password is chosen or entered.
        """
        found = await usable_link(link, self._clock())
        if password is None and found.resets_password:
            raise Invalid.one("password", Message("Choose a password."))
        try:
            if password is None or not may_choose_password(found):
                return await self._begin(found.user, origin, browser, found, confirmed=False)
            await self._choose_password(found, origin, await self._passwords.hash(password))
        except IntegrityError:  # the address was proved in another way in the meantime
            raise Expired(USED) from None
        return await self._begin(found.user, origin, browser, confirmed=True)

    async def resume(self, cookie: str, origin: Origin, *, seen: bool = True) -> SignedIn | None:
        """Return whom the cookie signs in; None if the session has ended or lost its account.

        `seen=False` does not count as activity of the person: the session stays idle.
        """
        session = await Session.get_or_none(digest=digest_of(cookie)).select_related("user")
        now = self._clock()
        if session is None or not session.user.active or now >= ends_at(session):
            return None
        memberships = await acting_memberships(session.user)
        current = next((m for m in memberships if m.account.id == session.account_id), None)
        if current is None:
            return None
        if seen and now - session.seen_at >= _SEEN_EVERY:
            session.seen_at = now
            await Session.filter(id=session.id).update(seen_at=now, **seen_from(origin))
        user = user_view(session.user, memberships)
        actor = _actor(user, current, origin, session.confirmed_at)
        has_password = session.user.password_hash is not None
        return SignedIn(actor, user, current, ends_at(session), has_password)

    async def switch(self, cookie: str, signed_in: SignedIn, account_id: str) -> str:
        """Move the session to another of the person's accounts; return its new cookie value."""
        target = next((m for m in signed_in.user.memberships if m.account.id == account_id), None)
        if target is None:
            raise NotFound(Message("You have no active account %(id)s.", id=account_id[:40]))
        fresh = secrets.token_urlsafe(32)
        async with self._audit.change(
            signed_in.actor, "user.account_switched", signed_in.user.id, chain=account_id
        ) as change:
            if not await Session.filter(digest=digest_of(cookie)).update(
                digest=digest_of(fresh), account_id=account_id
            ):
                raise SignInNeeded(ENDED)
            await self._note_entry(signed_in.user.id, account_id)
            change.object_name = signed_in.user.name
        return fresh

    async def confirm_password(self, cookie: str, signed_in: SignedIn, password: str) -> None:
        """Confirm the password, for actions that require a recent sign-in."""
        digest = digest_of(cookie)
        user = await User.get(id=signed_in.user.id)
        if user.password_hash is None:
            raise SignInNeeded(NO_PASSWORD)
        async with self._limits.confirmation(digest) as attempt:
            attempt.failed = not await self._passwords.matches(password, user.password_hash)
        if attempt.failed:
            await self._record_failure(user, signed_in.actor.origin)
            raise SignInNeeded(Message("The password is wrong."))
        async with self._audit.change(
            signed_in.actor, "user.password_confirmed", user.id, chain=signed_in.current.account.id
        ) as change:
            if not await Session.filter(digest=digest).update(confirmed_at=self._clock()):
                raise SignInNeeded(ENDED)
            change.object_name = user.name

    async def sign_out(self, cookie: str, signed_in: SignedIn) -> None:
        """End the session."""
        async with self._audit.change(
            signed_in.actor,
            "user.signed_out",
            signed_in.user.id,
            chain=signed_in.current.account.id,
        ) as change:
            await Session.filter(digest=digest_of(cookie)).delete()
            change.object_name = signed_in.user.name

    async def sweep(self) -> None:
        """Delete expired sessions and links."""
        now = self._clock()
        await Session.filter(seen_at__lt=now - IDLE).delete()
        await Session.filter(signed_in_at__lt=now - LONGEST).delete()
        await SignInLink.filter(expires_at__lt=now).delete()

    async def _choose_password(self, link: SignInLink, origin: Origin, password_hash: str) -> None:
        """Set the password and use up the link. If interrupted after that, the password works."""
        user = link.user
        actor = await self._arriving(user, origin, link)
        event = "user.password_reset" if link.resets_password else "user.password_set"
        async with self._audit.change(actor, event, user.id, chain=actor.account_id) as change:
            change.after = await use_up(link, self._clock())
            await User.filter(id=user.id).update(password_hash=password_hash)
            await end_sessions(user.id)
            await end_links(user.id, proving=False)
            change.object_name = user.name

    async def _arriving(self, user: User, origin: Origin, link: SignInLink | None = None) -> Actor:
        """Return the person as an actor of the first account that they may enter."""
        memberships = await acting_memberships(user, arriving=link is not None)
        if not memberships:
            raise SignInNeeded(Message("You belong to no active account. Ask your administrator."))
        return _actor(user_view(user, memberships), memberships[0], origin, self._clock())

    async def _begin(
        self,
        user: User,
        origin: Origin,
        browser: Browser,
        link: SignInLink | None = None,
        *,
        confirmed: bool,
        by_password: bool = False,
    ) -> str:
        actor = await self._arriving(user, origin, link)
        cookie, now = secrets.token_urlsafe(32), self._clock()
        async with self._audit.change(
            actor, "user.signed_in", user.id, chain=actor.account_id
        ) as change:
            if link is not None:
                change.after = await use_up(link, self._clock())
            await Session.filter(digest=digest_of(browser.session)).delete()
            # If the identity was proved or replaced since it was looked up, or its password
            # changed since it was checked, sign in again.
            same = User.filter(id=user.id, email_key=user.email_key, active=True)
            if by_password:
                same = same.filter(password_hash=user.password_hash)
            if not await same.update(last_sign_in_at=now):
                raise SignInNeeded(WRONG)
            await self._note_entry(user.id, actor.account_id)
            await Session.create(
                digest=digest_of(cookie),
                user_id=user.id,
                account_id=actor.account_id,
                signed_in_at=now,
                confirmed_at=now if confirmed else BEFORE_ALL,
                seen_at=now,
                **seen_from(origin),
            )
            change.object_name = user.name
        return cookie

    async def _note_entry(self, user_id: str, account_id: str) -> None:
        entered = Membership.filter(user_id=user_id, account_id=account_id)
        await entered.update(last_sign_in_at=self._clock())

    async def _record_failure(self, user: User | None, origin: Origin) -> None:
        # An account that only invited an address must not learn that somebody uses it.
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


def _actor(
    user: UserView, current: MembershipView, origin: Origin, confirmed_at: datetime
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
