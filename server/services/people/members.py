"""Members of an account: invite them, set their role, deactivate and reactivate them."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Final

from tortoise.exceptions import IntegrityError

from server.database.queries.unique_ids import insert_with_unique_id
from server.domain.actor import Actor, Role
from server.domain.errors import FieldErrors, IllegalTransition, NotFound
from server.domain.i18n.messages import Message
from server.domain.ids import IdKind
from server.domain.member_rules import MemberStatus
from server.domain.text.validation import NAME, validate_name
from server.models.accounts import Account, Membership, Session, SignInLink, User
from server.services.accounts.accounts import account_view, visible_account, visible_account_id
from server.services.accounts.views import AccountView
from server.services.audit.writer import AuditEntry, AuditLog, NoChange
from server.services.clock import Clock
from server.services.people.identities import (
    end_ways_in,
    local_key,
    membership_in,
    must_have_an_administrator,
)
from server.services.people.users import (
    Users,
    added_a_moment_ago,
    digest_of,
    email_key,
    taken,
    user_view,
    validate_email_address,
)
from server.services.people.views import InvitationView, MembershipView, MemberView

INVITATION_LIFE: Final = timedelta(days=3)


class Members:
    """Manages the members of the actor's account, or of any account for Operations."""

    def __init__(self, audit: AuditLog, users: Users, clock: Clock) -> None:
        self._audit = audit
        self._users = users
        self._clock = clock

    async def all(self, actor: Actor, account: AccountView | str | None = None) -> list[MemberView]:
        """Return all members of the account, active or not, sorted by name."""
        actor.must_read_account()
        account_id = await visible_account_id(actor, account)
        rows = Membership.filter(account_id=account_id).select_related("user", "account")
        return [_member_view(row) for row in await rows.order_by("user__name", "user__id")]

    async def get(self, actor: Actor, user_id: str, account_id: str | None = None) -> MemberView:
        """Return one member of the account, active or not."""
        actor.must_read_account()
        seen_id = await visible_account_id(actor, account_id)
        return _member_view(await self._get(seen_id, user_id))

    async def invite(
        self, actor: Actor, email: str, name: str, role: Role, account_id: str | None = None
    ) -> InvitationView:
        """Invite somebody, and return a one-time link that is valid for three days.

        The account gets a local identity of its own; whether the address is known elsewhere neither
        matters nor shows. If Operations invites, the address counts as proved instead: the person
        joins at once, and gets a link only if they have no other way to sign in.
        """
        actor.require_administrator()
        account = await visible_account(actor, account_id or actor.account_id)
        if not actor.may_operate:
            invited = await self._invite(actor, email, name, role, account)
            return await self._with_link(actor, await self._get(account.id, invited.id))
        user = await self._users.enter(actor, email, name, account, role)
        member = await self._get(account.id, user.id)
        return await self._with_link(actor, member) if _is_new(member) else _visible(member)

    async def renew_link(
        self, actor: Actor, user_id: str, account_id: str | None = None
    ) -> InvitationView:
        """Make a new link for a member's local identity; older links end at once.

        Its use lets the person choose a new password and ends their older sessions. For a proved
        person who has not signed in yet, only Operations can make one.
        """
        actor.require_administrator()
        account = await visible_account(actor, account_id or actor.account_id)
        member = await self._get(account.id, user_id)
        if not member.active:
            raise IllegalTransition(
                Message("%(user)s is deactivated. Activate them first.", user=member.user.name)
            )
        if member.user.proved and not (actor.may_operate and _is_new(member)):
            raise IllegalTransition(
                Message(
                    "%(user)s signs in on their own. Only Operations can make a sign-in link"
                    " for them.",
                    user=member.user.name,
                )
            )
        return await self._with_link(actor, member)

    async def set_role(
        self, actor: Actor, user_id: str, role: Role, account_id: str | None = None
    ) -> MemberView:
        """Set a member's role. The last administrator cannot become a viewer."""
        actor.require_administrator()
        async with self._change(actor, "user.role_changed", user_id, account_id) as (change, row):
            if row.role is role:
                raise NoChange
            change.before, change.after = {"role": row.role.value}, {"role": role.value}
            await Membership.filter(id=row.id).update(role=role)
            await must_have_an_administrator(row)
        return await self._info(actor, user_id, account_id)

    async def deactivate(
        self, actor: Actor, user_id: str, account_id: str | None = None
    ) -> MemberView:
        """Deactivate a member, and end their sessions in the account."""
        actor.require_administrator()
        async with self._change(actor, "user.deactivated", user_id, account_id) as (change, row):
            if not row.active:
                raise IllegalTransition(
                    Message("%(user)s is deactivated already.", user=row.user.name)
                )
            change.before, change.after = {"status": "active"}, {"status": "deactivated"}
            await Membership.filter(id=row.id).update(active=False)
            await Session.filter(user_id=user_id, account_id=row.account_id).delete()
            if not row.user.proved:
                await end_ways_in(user_id)
            await must_have_an_administrator(row)
        return await self._info(actor, user_id, account_id)

    async def reactivate(
        self, actor: Actor, user_id: str, account_id: str | None = None
    ) -> MemberView:
        """Reactivate a member in their former role."""
        actor.require_administrator()
        async with self._change(actor, "user.reactivated", user_id, account_id) as (change, row):
            if row.active:
                raise IllegalTransition(Message("%(user)s is active already.", user=row.user.name))
            change.before, change.after = {"status": "deactivated"}, {"status": "active"}
            await Membership.filter(id=row.id).update(active=True)
        return await self._info(actor, user_id, account_id)

    @asynccontextmanager
    async def _change(
        self, actor: Actor, event: str, user_id: str, account_id: str | None
    ) -> AsyncIterator[tuple[AuditEntry, Membership]]:
        account = await visible_account(actor, account_id or actor.account_id)
        found = await self._get(account.id, user_id)
        async with self._audit.change(actor, event, user_id, chain=account.id) as change:
            change.object_name = found.user.name
            yield change, await self._get(account.id, user_id)

    async def _get(self, account_id: str, user_id: str) -> Membership:
        named = Membership.filter(account_id=account_id, user_id=user_id)
        known = IdKind.USER.matches(user_id)
        found = await named.select_related("user", "account").first() if known else None
        if found is None:
            raise NotFound(Message("There is no user %(id)s in this account.", id=user_id[:40]))
        return found

    async def _info(self, actor: Actor, user_id: str, account_id: str | None) -> MemberView:
        return _member_view(await self._get(account_id or actor.account_id, user_id))

    async def _invite(
        self, actor: Actor, email: str, name: str, role: Role, account: Account
    ) -> User:
        field_errors = FieldErrors()
        email = validate_email_address(email, field_errors)
        name = validate_name(name, field_errors, field="name", noun=NAME)
        field_errors.raise_if_any()
        key = email_key(email)

        async def make(user_id: str) -> User:
            async with self._audit.change(
                actor, "user.invited", user_id, chain=account.id
            ) as change:
                if (here := await membership_in(account.id, key)) is not None:
                    raise taken(here.user.email, account)
                user = await User.create(
                    id=user_id,
                    email=email,
                    email_key=local_key(account.id, key),
                    address_key=key,
                    name=name,
                    created_at=self._clock(),
                    home_account_id=account.id,
                )
                await Membership.create(user_id=user_id, account_id=account.id, role=role)
                change.object_name = name
                change.after = {"email": email, "name": name, "role": role.value}
                return user

        try:
            return await insert_with_unique_id(IdKind.USER, User, make)
        except IntegrityError:
            raise added_a_moment_ago(email) from None

    async def _with_link(self, actor: Actor, member: Membership) -> InvitationView:
        link, now = secrets.token_urlsafe(24), self._clock()
        expires_at = now + INVITATION_LIFE
        async with self._audit.change(
            actor, "user.sign_in_link_created", member.user_id, chain=member.account_id
        ) as change:
            # A link that Operations made for the same identity is not this account's to end.
            older = SignInLink.filter(user_id=member.user_id, proves_address=False)
            await older.filter(used_at__isnull=True).delete()
            await SignInLink.create(
                digest=digest_of(link), user_id=member.user_id, expires_at=expires_at
            )
            change.object_name = member.user.name
        return _visible(member, link, expires_at)


def _is_new(member: Membership) -> bool:
    return member.user.last_sign_in_at is None and member.user.password_hash is None


def _status(row: Membership) -> MemberStatus:
    if not (row.active and row.user.active):
        return MemberStatus.DEACTIVATED
    return MemberStatus.INVITED if row.accepted_at is None else MemberStatus.ACTIVE


def _member_view(row: Membership) -> MemberView:
    membership = MembershipView(account_view(row.account), row.role)
    return MemberView(
        user=user_view(row.user, [membership]),
        role=row.role,
        status=_status(row),
        last_sign_in_at=row.last_sign_in_at,
        needs_link=_is_new(row),
    )


def _visible(
    member: Membership, link: str | None = None, expires_at: datetime | None = None
) -> InvitationView:
    return InvitationView(_member_view(member), link, expires_at)
