"""Users: creating them, proving their addresses, and one-time sign-in links."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Final

from email_validator import EmailNotValidError, validate_email
from tortoise.exceptions import IntegrityError

from server.database.queries.unique_ids import insert_with_unique_id
from server.domain.actor import Actor, Role
from server.domain.errors import FieldErrors, NotFound, Taken
from server.domain.i18n.messages import Message
from server.domain.ids import IdKind
from server.domain.text.validation import NAME, normalize_search, validate_name
from server.models.accounts import Account, Membership, SignInLink, User
from server.services.accounts.accounts import account_view, visible_account
from server.services.audit.writer import PLATFORM, AuditLog
from server.services.clock import Clock
from server.services.crypto.passwords import Passwords
from server.services.people.identities import (
    first_local,
    membership_in,
    must_have_an_administrator,
    prove,
    proved_person,
    take_place,
)
from server.services.people.views import MembershipView, UserView

LONGEST_EMAIL: Final = 320
"""Characters: 64 before the @-sign, 255 after it (RFC 5321, section 4.5.3.1)."""
LINK_LIFE: Final = timedelta(minutes=10)


class Users:
    """Creates people and adds them to accounts."""

    def __init__(self, audit: AuditLog, passwords: Passwords, clock: Clock) -> None:
        self._audit = audit
        self._passwords = passwords
        self._clock = clock

    async def create(
        self,
        actor: Actor,
        email: str,
        name: str,
        account_id: str,
        role: Role,
        password: str | None = None,
    ) -> UserView:
        """Add a person to an account and prove their address, because Operations vouches for it.

        A known proved person joins the account, unchanged. If the account has a local identity with
        this address, that becomes the proved person; its old password, links and sessions end.
        """
        actor.must_operate_in_person()
        account = await visible_account(actor, account_id)
        return await self.enter(actor, email, name, account, role, password)

    async def enter(
        self,
        actor: Actor,
        email: str,
        name: str,
        account: Account,
        role: Role,
        password: str | None = None,
    ) -> UserView:
        """Add a proved person to an account. The caller has checked that the actor may do so."""
        field_errors = FieldErrors()
        email = validate_email_address(email, field_errors)
        name = validate_name(name, field_errors, field="name", noun=NAME)
        field_errors.raise_if_any()
        key = email_key(email)
        known, here = await proved_person(key), await membership_in(account.id, key)
        if here is not None and here.user.proved:
            raise taken(here.user.email, account)
        password_hash = None if password is None else await self._passwords.hash(password)
        try:
            if known is not None:
                user = await self._join(actor, known, account, role, here)
            elif here is not None:
                user = await self._prove(actor, here, role, password_hash)
            else:
                user = await self._make(actor, email, name, account, role, password_hash)
        except IntegrityError:
            raise added_a_moment_ago(email) from None
        return user_view(user, [MembershipView(account_view(account), role)])

    async def _make(
        self,
        actor: Actor,
        email: str,
        name: str,
        account: Account,
        role: Role,
        password_hash: str | None,
    ) -> User:
        now, key = self._clock(), email_key(email)

        async def make(user_id: str) -> User:
            async with self._audit.change(
                actor, "user.created", user_id, chain=account.id
            ) as change:
                user = await User.create(
                    id=user_id,
                    email=email,
                    email_key=key,
                    address_key=key,
                    name=name,
                    password_hash=password_hash,
                    created_at=now,
                    proved_at=now,
                )
                await Membership.create(
                    user_id=user_id, account_id=account.id, role=role, accepted_at=now
                )
                change.object_name = name
                change.after = {"email": email, "name": name, "role": role.value}
                return user

        return await insert_with_unique_id(IdKind.USER, User, make)

    async def _join(
        self, actor: Actor, user: User, account: Account, role: Role, here: Membership | None
    ) -> User:
        """Add a proved person to a further account, replacing its local identity if any."""
        async with self._audit.change(actor, "user.joined", user.id, chain=account.id) as change:
            change.object_name = user.name
            change.after = {"email": user.email, "role": role.value}
            here = await membership_in(account.id, user.address_key)
            if here is None:
                await Membership.create(
                    user_id=user.id, account_id=account.id, role=role, accepted_at=self._clock()
                )
                return user
            if here.user.proved:
                raise taken(user.email, account)
            change.before = {"user": here.user_id, "role": here.role.value}
            await take_place(here, user, self._clock())
            await _give_role(here, role)
        return user

    async def _prove(
        self, actor: Actor, here: Membership, role: Role, password_hash: str | None
    ) -> User:
        """Turn the account's local identity into a proved person with the given role."""
        user, now = here.user, self._clock()
        async with self._audit.change(
            actor, "user.proved", user.id, chain=here.account_id
        ) as change:
            change.object_name = user.name
            change.before, change.after = {"role": here.role.value}, {"role": role.value}
            await prove(user, now, password_hash=password_hash)
            await Membership.filter(id=here.id).update(active=True, accepted_at=now)
            await _give_role(here, role)
        return user

    async def exists(self, actor: Actor, email: str) -> bool:
        """Return whether an active person has this address as a proved one."""
        actor.must_operate_in_person()
        return await User.exists(email_key=email_key(email), active=True)

    async def create_sign_in_link(self, actor: Actor, email: str) -> tuple[str, datetime]:
        """Return the secret part of a one-time link and when it expires; older links end at once.

        If the address is not proved, the link is for its oldest local identity, and its use proves
        the address. What an account set up for that identity ends then, not before.
        """
        actor.must_operate_in_person()
        key = email_key(email)
        user = await User.get_or_none(email_key=key, proved_at__isnull=False, active=True)
        user = user or await first_local(key)
        if user is None:
            raise NotFound(Message("There is no active user %(email)s.", email=email[:254]))
        link, now = secrets.token_urlsafe(24), self._clock()
        expires_at = now + LINK_LIFE
        async with self._audit.change(
            actor, "user.sign_in_link_created", user.id, chain=PLATFORM
        ) as change:
            older = SignInLink.filter(user_id=user.id, used_at__isnull=True)
            await (older if user.proved else older.filter(proves_address=True)).delete()
            await SignInLink.create(
                digest=digest_of(link),
                user_id=user.id,
                expires_at=expires_at,
                proves_address=not user.proved,
            )
            change.object_name = user.name
        return link, expires_at


async def _give_role(member: Membership, role: Role) -> None:
    await Membership.filter(id=member.id).update(role=role)
    await must_have_an_administrator(member)


def taken(email: str, account: Account) -> Taken:
    """Return the error for an address that already belongs to the account."""
    return Taken(
        Message("%(email)s belongs to %(account)s already.", email=email, account=account.name),
        path=("email",),
    )


def added_a_moment_ago(email: str) -> Taken:
    """Return the error for an address that somebody else added at the same time."""
    return Taken(Message("%(email)s was added a moment ago.", email=email), path=("email",))


_WHY: Final = {
    str(why): why
    for why in (
        Message("An email address must have an @-sign."),
        Message("There must be something before the @-sign."),
        Message("There must be something after the @-sign."),
        Message("The part after the @-sign is not valid. It should have a period."),
        Message("An email address cannot have two periods in a row."),
    )
}
"""The library's most frequent messages, translatable. All others stay in English."""


def validate_email_address(raw: str, field_errors: FieldErrors) -> str:
    """Return the address normalized (RFC 5321, domain in lower case), without a DNS query.

    If it is invalid, add a field error.
    """
    if len(raw) > LONGEST_EMAIL:
        too_long = Message("It has more than %(most)s characters.", most=LONGEST_EMAIL)
        field_errors.add("email", Message("Enter an e-mail address: %(why)s", why=too_long))
        return ""
    try:
        # Desks also run on names such as `.internal` and `.test`, so the ending is not checked.
        return validate_email(
            raw.strip(), check_deliverability=False, test_environment=True
        ).normalized
    except EmailNotValidError as error:
        why = _WHY.get(str(error)) or str(error)
        field_errors.add("email", Message("Enter an e-mail address: %(why)s", why=why))
        return ""


def email_key(email: str) -> str:
    """Return the key that all spellings of an address share; empty if it is too long to be one.

    Unauthenticated callers reach this, so it must be cheap for any input.
    """
    return "" if len(email) > LONGEST_EMAIL else normalize_search(email).casefold()[:254]


def digest_of(random_text: str) -> str:
    """Return the SHA-256 (hex) of a random value. At 24 bytes or more it needs no salt or key."""
    return hashlib.sha256(random_text.encode("utf-8", "replace")).hexdigest()


def user_view(user: User, memberships: list[MembershipView]) -> UserView:
    """Return the view of a person."""
    return UserView(
        user.id, user.email, user.name, user.active, tuple(memberships), proved=user.proved
    )
