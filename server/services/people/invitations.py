"""Invitations of proved people: they list, accept and decline them."""

from dataclasses import dataclass
from datetime import datetime

from tortoise.exceptions import IntegrityError
from tortoise.queryset import QuerySet

from server.domain.actor import Actor, ActorKind, Role
from server.domain.errors import Expired, IllegalTransition, NotAllowed, NotFound
from server.domain.i18n.messages import Message
from server.domain.ids import IdKind
from server.models.accounts import Membership, SignInLink, User
from server.services.audit.writer import PLATFORM, AuditLog
from server.services.clock import Clock
from server.services.people.identities import take_place
from server.services.people.users import digest_of


@dataclass(frozen=True)
class OpenInvitation:
    """An account's invitation to a proved person; `id` is the id of the invited local identity."""

    id: str
    account_id: str
    account_name: str
    role: Role
    invited_at: datetime


class Invitations:
    """Lets a proved person take over the local identities that accounts made for their address."""

    def __init__(self, audit: AuditLog, clock: Clock) -> None:
        self._audit = audit
        self._clock = clock

    async def open(self, actor: Actor) -> list[OpenInvitation]:
        """Return the person's open invitations, oldest first; none if not a proved person."""
        actor.require_authenticated()
        person = await User.get_or_none(id=actor.id) if actor.kind is ActorKind.USER else None
        if person is None or not person.proved:
            return []
        rows = _offered(person).filter(declined_at__isnull=True)
        return [_info(row) for row in await rows.order_by("user__created_at", "id")]

    async def accept(self, actor: Actor, invitation_id: str) -> OpenInvitation:
        """Join the inviting account. Its local identity ends, with its sessions and links."""
        person = await _proved(actor)
        found = await _one(person, invitation_id)
        return await self._accept(actor, person, found)

    async def decline(self, actor: Actor, invitation_id: str) -> OpenInvitation:
        """Hide the invitation. The inviting account does not learn about it."""
        person = await _proved(actor)
        found = await _one(person, invitation_id)
        async with self._audit.change(
            actor, "user.invitation_declined", found.user_id, chain=PLATFORM
        ) as change:
            await Membership.filter(id=found.id).update(declined_at=self._clock())
            change.object_name = found.user.name
            change.after = {"account": found.account_id}
        return _info(found)

    async def accept_by_link(self, actor: Actor, link: str) -> OpenInvitation:
        """Accept the invitation behind an account's one-time link, even after declining it."""
        person = await _proved(actor)
        named = SignInLink.get_or_none(
            digest=digest_of(link),
            used_at__isnull=True,
            expires_at__gt=self._clock(),
            user__proved_at__isnull=True,
            proves_address=False,
        )
        known = await named.select_related("user")
        if known is None:
            raise Expired(
                Message("This sign-in link was used already or is too old. Ask for a new one.")
            )
        if known.user.address_key != person.address_key:
            raise NotAllowed(
                Message("This invitation is for %(email)s.", email=known.user.email),
            )
        return await self._accept(actor, person, await _one(person, known.user_id, declined=True))

    async def _accept(self, actor: Actor, person: User, found: Membership) -> OpenInvitation:
        try:
            async with self._audit.change(
                actor, "user.invitation_accepted", found.user_id, chain=found.account_id
            ) as change:
                found = await _one(person, found.user_id, declined=True)
                await take_place(found, person, self._clock())
                change.object_name = found.user.name
                change.after = {
                    "user": person.id,
                    "email": person.email,
                    "name": person.name,
                    "role": found.role.value,
                }
        except IntegrityError:
            raise IllegalTransition(
                Message("You belong to %(account)s already.", account=found.account.name)
            ) from None
        return _info(found)


async def _proved(actor: Actor) -> User:
    """Return the acting person. Raise `NotAllowed` for programs and local identities."""
    actor.require_authenticated()
    if actor.kind is not ActorKind.USER:
        raise NotAllowed(Message("Only people who are signed in have invitations."))
    person = await User.get(id=actor.id)
    if not person.proved:
        raise NotAllowed(
            Message(
                "Your sign-in is for one account alone. Ask Operations to vouch for your e-mail"
                " address first."
            )
        )
    return person


def _offered(person: User) -> QuerySet[Membership]:
    """Return the memberships of other accounts' local identities with the person's address."""
    return Membership.filter(
        user__address_key=person.address_key,
        user__proved_at__isnull=True,
        user__active=True,
        active=True,
        account__active=True,
    ).select_related("user", "account")


async def _one(person: User, invitation_id: str, *, declined: bool = False) -> Membership:
    rows = _offered(person).filter(user_id=invitation_id)
    rows = rows if declined else rows.filter(declined_at__isnull=True)
    found = await rows.first() if IdKind.USER.matches(invitation_id) else None
    if found is None:
        raise NotFound(Message("There is no invitation %(id)s for you.", id=invitation_id[:40]))
    return found


def _info(row: Membership) -> OpenInvitation:
    return OpenInvitation(
        id=row.user.id,
        account_id=row.account_id,
        account_name=row.account.name,
        role=row.role,
        invited_at=row.user.created_at,
    )
