"""A person's own password and sessions, and password resets by Operations."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from server.domain.actor import Actor
from server.domain.errors import FieldErrors, Invalid, NotAllowed, NotFound, SignInNeeded
from server.domain.i18n.messages import Message
from server.models.accounts import Session, SignInLink, User
from server.models.moments import BEFORE_ALL
from server.services.audit.writer import PLATFORM, AuditLog, NoChange
from server.services.clock import Clock
from server.services.crypto.passwords import Passwords, validate_password
from server.services.people.identities import (
    accept_invitation,
    first_local,
    identities_of,
    prove,
    proved_person,
)
from server.services.people.users import digest_of, user_view
from server.services.sign_in.attempts import SignInLimits
from server.services.sign_in.known_devices import person_key
from server.services.sign_in.session_rows import (
    end_links,
    end_sessions,
    ends_at,
    session_id,
    session_info,
)
from server.services.sign_in.session_views import PasswordReset, ProfileInfo, SessionInfo
from server.services.sign_in.sessions import ENDED, SignedIn

FIRST_PASSWORD_WITHIN: Final = timedelta(minutes=10)
"""How long after a sign-in by link a person without a password may choose one."""

RESET_LINK_LIFE: Final = timedelta(hours=1)

ENDED_ALREADY: Final = Message("This session has ended already.")
WRONG_PASSWORD: Final = Message("The password is wrong.")


@dataclass(frozen=True)
class _NewPassword:
    """A change of password, and the audit event that records it."""

    event: str
    old_hash: str | None
    new_hash: str
    keeps_others: bool


class Profile:
    """Changes passwords and ends sessions. Programs cannot use any of it.

    A changed or reset password ends all other sessions of the person, and voids their unused
    one-time links.
    """

    def __init__(
        self, audit: AuditLog, passwords: Passwords, limits: SignInLimits, clock: Clock
    ) -> None:
        self._audit = audit
        self._passwords = passwords
        self._limits = limits
        self._clock = clock

    async def get(self, cookie: str, signed_in: SignedIn) -> ProfileInfo:
        """Return the session's person, and all their sessions."""
        user = await User.get(id=signed_in.user.id)
        return ProfileInfo(
            user=signed_in.user,
            has_password=user.password_hash is not None,
            may_choose_password=await self._may_choose(cookie, user),
            sessions=tuple(await self.sessions(cookie, signed_in)),
        )

    async def sessions(self, cookie: str, signed_in: SignedIn) -> list[SessionInfo]:
        """Return the person's sessions: this one first, then by last activity."""
        now, own = self._clock(), digest_of(cookie)
        rows = await Session.filter(user_id=signed_in.user.id).order_by("-seen_at", "-id")
        found = [session_info(row, own) for row in rows if now < ends_at(row)]
        return sorted(found, key=lambda each: not each.is_current)

    async def change_password(
        self,
        cookie: str,
        signed_in: SignedIn,
        current: str,
        new: str,
        *,
        keep_others: bool = False,
    ) -> int:
        """Change the password, and return how many other sessions ended: all, unless they are kept.

        The current password is required. A person without one may choose their first password
        within ten minutes of signing in by link; `current` is ignored then.
        """
        user = await User.get(id=signed_in.user.id)
        field_errors = FieldErrors()
        validate_password(new, field_errors, field="new_password")
        field_errors.raise_if_any()
        if user.password_hash is None:
            await self._must_be_fresh_link(cookie, user)
        else:
            await self._must_be_right(cookie, user.password_hash, current)
        password_hash = await self._passwords.hash(new)
        event = "user.password_set" if user.password_hash is None else "user.password_changed"
        change = _NewPassword(event, user.password_hash, password_hash, keep_others)
        return await self._set(cookie, signed_in, change)

    async def end_session(self, cookie: str, signed_in: SignedIn, session: str) -> None:
        """End one of the person's sessions, by its id. It may be this one."""
        async with self._audit.change(
            signed_in.actor,
            "user.sessions_ended",
            signed_in.user.id,
            chain=signed_in.current.account.id,
        ) as change:
            rows = await Session.filter(user_id=signed_in.user.id)
            found = next((row for row in rows if session_id(row.digest) == session), None)
            if found is None:
                raise NotFound(ENDED_ALREADY)
            await Session.filter(id=found.id).delete()
            change.object_name = signed_in.user.name
            change.after = {"sessions": 1}

    async def sign_out_everywhere(
        self, cookie: str, signed_in: SignedIn, *, keep_this: bool = False
    ) -> int:
        """End all of the person's sessions, or all but this one; return how many."""
        async with self._audit.change(
            signed_in.actor,
            "user.sessions_ended",
            signed_in.user.id,
            chain=signed_in.current.account.id,
        ) as change:
            ended = await end_sessions(
                signed_in.user.id, but=digest_of(cookie) if keep_this else ""
            )
            if not ended:
                raise NoChange
            change.object_name = signed_in.user.name
            change.after = {"sessions": ended}
        return ended

    async def reset_password(
        self, actor: Actor, email: str, password: str | None = None
    ) -> PasswordReset:
        """Set a person's password, or make a link with which they choose one. For Operations.

        The link works once, within an hour. The old password works until the link is used, so that
        a link for the wrong person locks nobody out. A password given here replaces it at once.
        """
        user = await self._operated(actor, email)
        if password is None:
            return await self._reset_link(actor, user)
        password_hash = await self._passwords.hash(password)
        async with self._audit.change(
            actor, "user.password_reset", user.id, chain=PLATFORM
        ) as change:
            ended = await end_sessions(user.id)
            await end_links(user.id)
            if user.proved:
                await User.filter(id=user.id).update(password_hash=password_hash)
            else:  # Operations chose the password, and so vouches for the address.
                await prove(user, self._clock(), password_hash=password_hash)
                await accept_invitation(user.id, self._clock())
            change.object_name = user.name
            change.after = {"sessions": ended}
        return PasswordReset(user_view(user, []), ended_sessions=ended)

    async def end_sessions_of(self, actor: Actor, email: str) -> int:
        """End all sessions of an address, void its links; return how many ended. For Operations."""
        user = await self._operated(actor, email)
        async with self._audit.change(
            actor, "user.sessions_ended", user.id, chain=PLATFORM
        ) as change:
            ended = links = 0
            for identity in await identities_of(user.address_key):
                ended += await end_sessions(identity.id)
                links += await end_links(identity.id)
            if not ended and not links:
                raise NoChange
            change.object_name = user.name
            change.after = {"sessions": ended}
        return ended

    async def _reset_link(self, actor: Actor, user: User) -> PasswordReset:
        link, until = secrets.token_urlsafe(24), self._clock() + RESET_LINK_LIFE
        async with self._audit.change(
            actor, "user.password_reset_link_created", user.id, chain=PLATFORM
        ) as change:
            await end_links(user.id, proving=not user.proved)
            await SignInLink.create(
                digest=digest_of(link),
                user_id=user.id,
                expires_at=until,
                resets_password=True,
                proves_address=not user.proved,
            )
            change.object_name = user.name
        return PasswordReset(user_view(user, []), link, until)

    async def _operated(self, actor: Actor, email: str) -> User:
        """Return the person with this address: the proved one, else the oldest local identity."""
        actor.must_operate_in_person()
        person = person_key(email)
        user = await proved_person(person) if person else None
        if user is None or not user.active:
            user = await first_local(person) if person else None
        if user is None:
            raise NotFound(Message("There is no active user %(email)s.", email=email[:254]))
        return user

    async def _may_choose(self, cookie: str, user: User) -> bool:
        """Return whether the person may choose a first password: they just signed in by link."""
        if user.password_hash is not None:
            return False
        session = await Session.get_or_none(digest=digest_of(cookie), user_id=user.id)
        if session is None or session.confirmed_at != BEFORE_ALL:
            return False
        return self._clock() - session.signed_in_at <= FIRST_PASSWORD_WITHIN

    async def _must_be_fresh_link(self, cookie: str, user: User) -> None:
        if not await self._may_choose(cookie, user):
            raise NotAllowed(
                Message(
                    "You can choose your first password within 10 minutes of signing in by a"
                    " one-time link. Ask for a new link."
                )
            )

    async def _must_be_right(self, cookie: str, password_hash: str, password: str) -> None:
        async with self._limits.confirmation(digest_of(cookie)) as attempt:
            attempt.failed = not await self._passwords.matches(password, password_hash)
        if attempt.failed:
            raise Invalid.one("current_password", WRONG_PASSWORD)

    async def _set(self, cookie: str, signed_in: SignedIn, new: "_NewPassword") -> int:
        user, own = signed_in.user, digest_of(cookie)
        async with self._audit.change(
            signed_in.actor, new.event, user.id, chain=signed_in.current.account.id
        ) as change:
            unmoved = User.filter(id=user.id, **_is(new.old_hash))
            if not await Session.filter(digest=own).update(confirmed_at=self._clock()):
                raise SignInNeeded(ENDED)
            if not await unmoved.update(password_hash=new.new_hash):
                raise Invalid.one("current_password", WRONG_PASSWORD)
            ended = 0 if new.keeps_others else await end_sessions(user.id, but=own)
            await end_links(user.id, proving=False)
            change.object_name = user.name
            change.after = {"sessions": ended}
        return ended


def _is(password_hash: str | None) -> dict[str, Any]:
    """Return the condition that the password is unchanged since it was checked."""
    if password_hash is None:
        return {"password_hash__isnull": True}
    return {"password_hash": password_hash}
