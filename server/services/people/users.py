"""People: who they are, where they belong, and their one-time ways in."""

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
from server.services.audit.log import PLATFORM, AuditLog
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
"""Characters: 64 before the @-sign, 255 behind it (RFC 5321, section 4.5.3.1)."""
LINK_LIFE: Final = timedelta(minutes=10)


class Users:
    """People and their memberships."""

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
        """A person in an account, and their address is vouched for by it.

        A proved person joins a further account, unchanged. The account's own identity of the
        address becomes a proved person: what was set up for it ends.
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
        """A proved person in an account, for services that know that the actor may vouch."""
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
        """A proved person is in a further account, in place of its own identity of the address."""
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
        """The account's own identity becomes a proved person, in the role that is given now."""
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
        """Whether an active person has this e-mail."""
        actor.must_operate_in_person()
        return await User.exists(email_key=email_key(email), active=True)

    async def create_sign_in_link(self, actor: Actor, email: str) -> tuple[str, datetime]:
        """The secret part of a one-time link and when it ends; older ones end at once.

        Where nobody vouched for the address yet, the link does so when it is used: for the oldest
        identity of it. What an account set up for that one ends then, not before.
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
    """The refusal of an address that the account knows already."""
    return Taken(
        Message("%(email)s belongs to %(account)s already.", email=email, account=account.name),
        path=("email",),
    )


def added_a_moment_ago(email: str) -> Taken:
    """The refusal of an address that somebody else added at the same time."""
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
"""What the library says most often. It says anything else in English."""


def validate_email_address(raw: str, field_errors: FieldErrors) -> str:
    """An address in the form of RFC 5321, with its domain in lower case; no DNS is asked."""
    if len(raw) > LONGEST_EMAIL:
        too_long = Message("It has more than %(most)s characters.", most=LONGEST_EMAIL)
        field_errors.add("email", Message("Enter an e-mail address: %(why)s", why=too_long))
        return ""
    try:
        # Desks run on names such as `.internal` and `.test` too, hence no check of the ending.
        return validate_email(
            raw.strip(), check_deliverability=False, test_environment=True
        ).normalized
    except EmailNotValidError as error:
        why = _WHY.get(str(error)) or str(error)
        field_errors.add("email", Message("Enter an e-mail address: %(why)s", why=why))
        return ""


def email_key(email: str) -> str:
    """What two spellings of one address share; empty, as nobody's is, for what is too long for one.

    It is asked for before anybody is known, so that it may cost next to nothing, whatever is sent.
    """
    return "" if len(email) > LONGEST_EMAIL else normalize_search(email).casefold()[:254]


def digest_of(random_text: str) -> str:
    """SHA-256 (hex) of a random value of at least 24 bytes, which needs no salt or key."""
    return hashlib.sha256(random_text.encode("utf-8", "replace")).hexdigest()


def user_view(user: User, memberships: list[MembershipView]) -> UserView:
    """A person as services answer them."""
    return UserView(
        user.id, user.email, user.name, user.active, tuple(memberships), proved=user.proved
    )
