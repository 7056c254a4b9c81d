"""Secrets of tokens: revealed, rotated, and watched after their grace period."""

from datetime import datetime, timedelta
from typing import Final

from tortoise.expressions import Q

from server.domain.actor import Actor, ActorKind, Origin
from server.domain.errors import ConfirmPassword, IllegalTransition, NotAllowed
from server.domain.i18n.messages import Message
from server.domain.tokens.lifecycle import Milestone, TokenStatus, Transition, effective_status
from server.domain.tokens.secret import Secret
from server.domain.tokens.secret_policy import REVEAL_WITHOUT_PASSWORD, Grace, RevealPolicy
from server.domain.verification.verdict import Grant
from server.models.tokens import Token, TokenSecret
from server.services.audit.writer import AuditLog, NoChange
from server.services.clock import Clock
from server.services.crypto.key_ring import KeyRing
from server.services.tokens.creation import TokenMinter
from server.services.tokens.lifecycle import milestone
from server.services.tokens.own_modules import must_have_all_of
from server.services.tokens.reader import find_token, resolve_token, token_view
from server.services.tokens.views import MintedToken, OldSecretView, TokenView

MOST_OLD_SECRETS: Final = 5
"""Rotated-out secrets that a token keeps; also how many may work at the same time."""

TELL_AGAIN_AFTER: Final = timedelta(hours=1)
"""An old secret that is tried again makes at most one audit record in this time."""


class TokenSecrets:
    """Reveals and rotates the values of tokens."""

    def __init__(
        self, audit: AuditLog, minting: TokenMinter, key_ring: KeyRing, clock: Clock
    ) -> None:
        self._audit = audit
        self._minting = minting
        self._key_ring = key_ring
        self._clock = clock

    async def reveal(self, actor: Actor, token_id: str) -> Secret:
        """Return the value again, if the account keeps values.

        Every reveal is audited. Raise `ConfirmPassword` if the last sign-in is too old.
        """
        actor.require_token_management()
        token = await find_token(actor, token_id)
        if actor.kind is not ActorKind.USER or token.account_id != actor.account_id:
            raise NotAllowed(
                Message("A secret is shown only to administrators of the token's account.")
            )
        if token.account.reveal is RevealPolicy.ONCE:
            raise IllegalTransition(
                Message("This account shows a secret only once, when the token is made.")
            )
        fresh = actor.signed_in_at
        if fresh is None or self._clock() - fresh > REVEAL_WITHOUT_PASSWORD:
            raise ConfirmPassword(Message("Confirm your password to see the secret."))
        async with self._audit.change(
            actor, "token.secret_revealed", token_id, chain=token.account_id
        ) as change:
            change.object_name = token.name
            current = await TokenSecret.filter(
                token_id=token_id, accepted_until__isnull=True
            ).first()
            sealed = current.sealed if current else None
            secret = self._key_ring.open(sealed, token_id) if sealed else None
            if secret is None:
                raise IllegalTransition(Message("The value was not kept and cannot be shown."))
        return secret

    async def rotate(self, actor: Actor, token_id: str, grace: Grace) -> MintedToken:
        """Give the token a new secret. The old one is accepted for the grace period.

        The old secret never outlives the token's expiry, and another rotation never extends it.
        """
        actor.require_token_management()
        found = await find_token(actor, token_id, deleted=True)
        if found.account_id != actor.account_id and actor.kind is not ActorKind.OPERATOR:
            raise NotAllowed(Message("A token is rotated only by administrators of its account."))
        now = self._clock()
        async with self._audit.change(
            actor, Transition.ROTATE.event, token_id, chain=found.account_id
        ) as change:
            token = await Token.get(id=token_id).select_related("account")
            _must_be_rotatable(token, now)
            await must_have_all_of(actor, token_id, Transition.ROTATE)
            if grace is not Grace.NONE:
                await _must_leave_room(token_id, now)
            until = _earlier(now + grace.span, token.expires_at)
            change.erases = True
            old = TokenSecret.filter(token_id=token_id, accepted_until__isnull=True)
            await old.update(accepted_until=until, sealed=None)
            secret = await self._minting.mint_secret(token.account, token_id, now)
            await Token.filter(id=token_id).update(version=token.version + 1, updated_at=now)
            await milestone(token_id, Milestone.ROTATED, actor, now)
            await _forget_oldest(token_id, now)
            change.object_name = token.name
            change.after = {"grace": grace.value, "old_secret_accepted_until": until.isoformat()}
        return MintedToken(token_view(await find_token(actor, token_id), now), secret)

    async def old(self, actor: Actor, token: TokenView | str) -> list[OldSecretView]:
        """Return a token's rotated-out secrets, the latest to end first."""
        actor.must_read_account()
        now = self._clock()
        token = await resolve_token(actor, token, now)
        rows = TokenSecret.filter(token_id=token.id, accepted_until__isnull=False)
        newest_first = rows.only("id", "accepted_until", "last_used_at", "refused_at").order_by(
            "-id"
        )
        return [old_secret_view(row, token.expires_at, now) for row in await newest_first]

    async def end_grace(self, actor: Actor, token_id: str) -> list[OldSecretView]:
        """Refuse all rotated-out secrets from now on, and return them."""
        actor.require_token_management()
        found = await find_token(actor, token_id, deleted=True)
        now = self._clock()
        async with self._audit.change(
            actor, "token.grace_ended", token_id, chain=found.account_id
        ) as change:
            change.object_name = found.name
            Transition.EDIT.ensure_allowed_from(token_id, (await Token.get(id=token_id)).state)
            accepted = TokenSecret.filter(token_id=token_id, accepted_until__gt=now)
            until = [row.accepted_until for row in await accepted if row.accepted_until]
            if not until:
                raise IllegalTransition(
                    Message("API token %(id)s has no old secret that still works.", id=token_id)
                )
            await accepted.update(accepted_until=now)
            change.before = {"old_secret_accepted_until": max(until).isoformat()}
            change.after = {"old_secret_accepted_until": now.isoformat()}
        return await self.old(actor, token_id)

    async def note_refused(self, grant: Grant, origin: Origin) -> None:
        """Record that a secret was used after its grace period, at most once an hour."""
        now = self._clock()
        program = Actor(ActorKind.TOKEN, grant.token_id, grant.token_name, origin=origin)
        untold = Q(refused_at__isnull=True) | Q(refused_at__lte=now - TELL_AGAIN_AFTER)
        secret = TokenSecret.filter(untold, id=grant.secret_id)
        if not await secret.exists():
            return
        async with self._audit.change(
            program, "token.old_secret_refused", grant.token_id, chain=grant.account_id
        ) as change:
            change.object_name = grant.token_name
            if not await secret.update(refused_at=now):
                raise NoChange


def _must_be_rotatable(token: Token, now: datetime) -> None:
    Transition.ROTATE.ensure_allowed_from(token.id, token.state)
    if effective_status(token.state, token.expires_at, now) is TokenStatus.EXPIRED:
        raise IllegalTransition(
            Message(
                "API token %(id)s is expired; it cannot be rotated. Change its expiry first.",
                id=token.id,
            )
        )
    if not token.account.active:
        raise IllegalTransition(
            Message(
                "The account %(account)s is disabled; its tokens cannot be rotated.",
                account=token.account.name,
            )
        )


async def _must_leave_room(token_id: str, now: datetime) -> None:
    working = await TokenSecret.filter(token_id=token_id, accepted_until__gt=now).count()
    if working >= MOST_OLD_SECRETS:
        raise IllegalTransition(
            Message(
                "API token %(id)s has %(working)s old secrets that still work. End them first.",
                id=token_id,
                working=working,
            )
        )


def old_secret_view(row: TokenSecret, expires_at: datetime | None, now: datetime) -> OldSecretView:
    """Return the view of a rotated-out secret; `expires_at` is the token's expiry."""
    assert row.accepted_until is not None, "the current secret is not an old one"
    until = _earlier(row.accepted_until, expires_at)
    return OldSecretView(
        accepted_until=until,
        works=until > now,
        last_used_at=row.last_used_at,
        refused_at=row.refused_at,
    )


def _earlier(moment: datetime, expires_at: datetime | None) -> datetime:
    return moment if expires_at is None else min(moment, expires_at)


async def _forget_oldest(token_id: str, now: datetime) -> None:
    """Delete old secrets, but keep the newest and all that are still accepted."""
    old = TokenSecret.filter(token_id=token_id, accepted_until__isnull=False)
    kept = [row.id for row in await old.order_by("-id").limit(MOST_OLD_SECRETS)]
    await old.filter(id__not_in=kept, accepted_until__lte=now).delete()
