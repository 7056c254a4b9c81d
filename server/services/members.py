"""The people of an account: invited, given a role, deactivated, never all administrators gone."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Final

from server.domain.actor import Actor, Role
from server.domain.errors import IllegalMove, NotFound
from server.domain.ids import IdKind
from server.domain.phrases import Phrase
from server.models.accounts import Membership, Session, SignInLink
from server.services.accounts import account_info, visible_account, visible_account_id
from server.services.answers import AccountInfo, InvitationInfo, MemberInfo, MembershipInfo
from server.services.audit import Audit, Change, Unchanged
from server.services.clock import Clock
from server.services.users import Users, digest_of, user_info

INVITATION_LIFE: Final = timedelta(days=3)


class Members:
    """The people of the actor's account; of a named account for Operations."""

    def __init__(self, audit: Audit, users: Users, clock: Clock) -> None:
        self._audit = audit
        self._users = users
        self._clock = clock

    async def all(self, actor: Actor, account: AccountInfo | str | None = None) -> list[MemberInfo]:
        """Everybody in the account, active or not, by name."""
        actor.must_read_account()
        account_id = await visible_account_id(actor, account)
        rows = Membership.filter(account_id=account_id).select_related("user", "account")
        return [_member(row) for row in await rows.order_by("user__name", "user__id")]

    async def get(self, actor: Actor, user_id: str, account_id: str | None = None) -> MemberInfo:
        """One person of the account, active or not."""
        actor.must_read_account()
        seen_id = await visible_account_id(actor, account_id)
        return _member(await self._get(seen_id, user_id))

    async def invite(
        self, actor: Actor, email: str, name: str, role: Role, account_id: str | None = None
    ) -> InvitationInfo:
        """A new member. Whoever is new here gets a one-time link, good for three days.

        A person with an e-mail that is known already signs in as they always do.
        """
        actor.must_administer()
        account = await visible_account(actor, account_id or actor.account_id)
        user = await self._users.enter(actor, email, name, account, role)
        member = await self._get(account.id, user.id)
        if await self._may_get_link(member):
            return await self._with_link(actor, member)
        return InvitationInfo(_member(member))

    async def renew_link(
        self, actor: Actor, user_id: str, account_id: str | None = None
    ) -> InvitationInfo:
        """A new link for a person who has not signed in yet; older ones end at once."""
        actor.must_administer()
        account = await visible_account(actor, account_id or actor.account_id)
        member = await self._get(account.id, user_id)
        if not member.active:
            raise IllegalMove(
                Phrase("%(user)s is deactivated. Activate them first.", user=member.user.name)
            )
        if not await self._may_get_link(member):
            raise IllegalMove(
                Phrase(
                    "%(user)s has signed in already, or belongs to other accounts too. Only"
                    " Operations can make a sign-in link for them.",
                    user=member.user.name,
                )
            )
        return await self._with_link(actor, member)

    async def set_role(
        self, actor: Actor, user_id: str, role: Role, account_id: str | None = None
    ) -> MemberInfo:
        """Make a member an administrator or a viewer; the last administrator stays one."""
        actor.must_administer()
        async with self._change(actor, "user.role_changed", user_id, account_id) as (change, row):
            if row.role is role:
                raise Unchanged
            change.before, change.after = {"role": row.role.value}, {"role": role.value}
            await Membership.filter(id=row.id).update(role=role)
            await _must_have_an_administrator(row)
        return await self._info(actor, user_id, account_id)

    async def deactivate(
        self, actor: Actor, user_id: str, account_id: str | None = None
    ) -> MemberInfo:
        """Shut a member out of the account, and end their sessions in it."""
        actor.must_administer()
        async with self._change(actor, "user.deactivated", user_id, account_id) as (change, row):
            if not row.active:
                raise IllegalMove(Phrase("%(user)s is deactivated already.", user=row.user.name))
            change.before, change.after = {"status": "active"}, {"status": "deactivated"}
            await Membership.filter(id=row.id).update(active=False)
            await Session.filter(user_id=user_id, account_id=row.account_id).delete()
            await _must_have_an_administrator(row)
        return await self._info(actor, user_id, account_id)

    async def reactivate(
        self, actor: Actor, user_id: str, account_id: str | None = None
    ) -> MemberInfo:
        """Let a deactivated member in again, in the role they had."""
        actor.must_administer()
        async with self._change(actor, "user.reactivated", user_id, account_id) as (change, row):
            if row.active:
                raise IllegalMove(Phrase("%(user)s is active already.", user=row.user.name))
            change.before, change.after = {"status": "deactivated"}, {"status": "active"}
            await Membership.filter(id=row.id).update(active=True)
        return await self._info(actor, user_id, account_id)

    @asynccontextmanager
    async def _change(
        self, actor: Actor, event: str, user_id: str, account_id: str | None
    ) -> AsyncIterator[tuple[Change, Membership]]:
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
            raise NotFound(Phrase("There is no user %(id)s in this account.", id=user_id[:40]))
        return found

    async def _info(self, actor: Actor, user_id: str, account_id: str | None) -> MemberInfo:
        return _member(await self._get(account_id or actor.account_id, user_id))

    async def _may_get_link(self, member: Membership) -> bool:
        """A link signs its person in everywhere: only somebody new and of this account gets one."""
        elsewhere = Membership.filter(user_id=member.user_id).exclude(id=member.id)
        return _is_new(member) and member.active and not await elsewhere.exists()

    async def _with_link(self, actor: Actor, member: Membership) -> InvitationInfo:
        link, now = secrets.token_urlsafe(24), self._clock()
        expires_at = now + INVITATION_LIFE
        async with self._audit.change(
            actor, "user.sign_in_link_created", member.user_id, chain=member.account_id
        ) as change:
            await SignInLink.filter(user_id=member.user_id, used_at__isnull=True).delete()
            await SignInLink.create(
                digest=digest_of(link), user_id=member.user_id, expires_at=expires_at
            )
            change.object_name = member.user.name
        return InvitationInfo(_member(member), link, expires_at)


async def _must_have_an_administrator(changed: Membership) -> None:
    if changed.role is not Role.ADMINISTRATOR:
        return
    others = Membership.filter(
        account_id=changed.account_id, active=True, user__active=True, role=Role.ADMINISTRATOR
    )
    if not await others.exists():
        raise IllegalMove(
            Phrase(
                "%(user)s is the last administrator of %(account)s. Make somebody else an"
                " administrator first.",
                user=changed.user.name,
                account=changed.account.name,
            )
        )


def _is_new(member: Membership) -> bool:
    return member.user.last_sign_in_at is None and member.user.password_hash is None


def _member(row: Membership) -> MemberInfo:
    membership = MembershipInfo(account_info(row.account), row.role)
    return MemberInfo(
        user=user_info(row.user, [membership]),
        role=row.role,
        active=row.active and row.user.active,
        last_sign_in_at=row.user.last_sign_in_at,
        needs_link=_is_new(row),
    )
