"""People: who they are, where they belong, and their one-time ways in."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Final

from email_validator import EmailNotValidError, validate_email
from tortoise.exceptions import IntegrityError

from server.domain.actor import Actor, Role
from server.domain.errors import Complaints, NotFound, Taken
from server.domain.ids import IdKind
from server.domain.phrases import Phrase
from server.domain.text_rules import NAME, clean_name, clean_search
from server.models.accounts import Account, Membership, SignInLink, User
from server.services.accounts import account_info, visible_account
from server.services.answers import MembershipInfo, UserInfo
from server.services.audit import PLATFORM, Audit
from server.services.clock import Clock
from server.services.fresh_id import with_fresh_id
from server.services.passwords import Passwords

LONGEST_EMAIL: Final = 320
"""Characters: 64 before the @-sign, 255 behind it (RFC 5321, section 4.5.3.1)."""
LINK_LIFE: Final = timedelta(minutes=10)


class Users:
    """People and their memberships."""

    def __init__(self, audit: Audit, passwords: Passwords, clock: Clock) -> None:
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
    ) -> UserInfo:
        """A person in an account; a known e-mail is added to a further account, unchanged."""
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
    ) -> UserInfo:
        """A person in an account, for services that have asked for permission already."""
        complaints = Complaints()
        email = clean_email(email, complaints)
        name = clean_name(name, complaints, field="name", noun=NAME)
        complaints.refuse()
        known = await User.get_or_none(email_key=email_key(email))
        if known is not None:
            return await self._add(actor, known, account, role)
        password_hash = None if password is None else await self._passwords.hash(password)

        async def make(user_id: str) -> User:
            async with self._audit.change(
                actor, "user.created", user_id, chain=account.id
            ) as change:
                user = await User.create(
                    id=user_id,
                    email=email,
                    email_key=email_key(email),
                    name=name,
                    password_hash=password_hash,
                    created_at=self._clock(),
                )
                await Membership.create(user_id=user_id, account_id=account.id, role=role)
                change.object_name = name
                change.after = {"email": email, "name": name, "role": role.value}
                return user

        try:
            user = await with_fresh_id(IdKind.USER, User, make)
        except IntegrityError:
            raise Taken(
                Phrase("%(email)s was added a moment ago.", email=email), path=("email",)
            ) from None
        return user_info(user, [MembershipInfo(account_info(account), role)])

    async def _add(self, actor: Actor, user: User, account: Account, role: Role) -> UserInfo:
        try:
            async with self._audit.change(
                actor, "user.joined", user.id, chain=account.id
            ) as change:
                await Membership.create(user_id=user.id, account_id=account.id, role=role)
                # A link that another account's administrator holds must not lead into this one.
                await SignInLink.filter(user_id=user.id, used_at__isnull=True).delete()
                change.object_name = user.name
                change.after = {"email": user.email, "role": role.value}
        except IntegrityError:
            raise Taken(
                Phrase(
                    "%(email)s belongs to %(account)s already.",
                    email=user.email,
                    account=account.name,
                ),
                path=("email",),
            ) from None
        return user_info(user, [MembershipInfo(account_info(account), role)])

    async def exists(self, actor: Actor, email: str) -> bool:
        """Whether an active person has this e-mail."""
        actor.must_operate_in_person()
        return await User.exists(email_key=email_key(email), active=True)

    async def create_sign_in_link(self, actor: Actor, email: str) -> tuple[str, datetime]:
        """The secret part of a one-time link and when it ends; older ones end at once."""
        actor.must_operate_in_person()
        user = await User.get_or_none(email_key=email_key(email), active=True)
        if user is None:
            raise NotFound(Phrase("There is no active user %(email)s.", email=email[:254]))
        link, now = secrets.token_urlsafe(24), self._clock()
        expires_at = now + LINK_LIFE
        async with self._audit.change(
            actor, "user.sign_in_link_created", user.id, chain=PLATFORM
        ) as change:
            await SignInLink.filter(user_id=user.id, used_at__isnull=True).delete()
            await SignInLink.create(digest=digest_of(link), user_id=user.id, expires_at=expires_at)
            change.object_name = user.name
        return link, expires_at


_WHY: Final = {
    str(why): why
    for why in (
        Phrase("An email address must have an @-sign."),
        Phrase("There must be something before the @-sign."),
        Phrase("There must be something after the @-sign."),
        Phrase("The part after the @-sign is not valid. It should have a period."),
        Phrase("An email address cannot have two periods in a row."),
    )
}
"""What the library says most often. It says anything else in English."""


def clean_email(raw: str, complaints: Complaints) -> str:
    """An address in the form of RFC 5321, with its domain in lower case; no DNS is asked."""
    if len(raw) > LONGEST_EMAIL:
        too_long = Phrase("It has more than %(most)s characters.", most=LONGEST_EMAIL)
        complaints.add("email", Phrase("Enter an e-mail address: %(why)s", why=too_long))
        return ""
    try:
        # Desks run on names such as `.internal` and `.test` too, hence no check of the ending.
        return validate_email(
            raw.strip(), check_deliverability=False, test_environment=True
        ).normalized
    except EmailNotValidError as error:
        why = _WHY.get(str(error)) or str(error)
        complaints.add("email", Phrase("Enter an e-mail address: %(why)s", why=why))
        return ""


def email_key(email: str) -> str:
    """What two spellings of one address share; empty, as nobody's is, for what is too long for one.

    It is asked for before anybody is known, so that it may cost next to nothing, whatever is sent.
    """
    return "" if len(email) > LONGEST_EMAIL else clean_search(email).casefold()[:254]


def digest_of(random_text: str) -> str:
    """SHA-256 (hex) of a random value of at least 24 bytes, which needs no salt or key."""
    return hashlib.sha256(random_text.encode("utf-8", "replace")).hexdigest()


def user_info(user: User, memberships: list[MembershipInfo]) -> UserInfo:
    """A person as services answer them."""
    return UserInfo(user.id, user.email, user.name, user.active, tuple(memberships))
