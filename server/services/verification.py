"""May this pass? Reads the facts about a secret's token and judges them."""

from collections.abc import Collection
from typing import Final

from server.domain.actor import AccountType, Actor, ActorKind, Origin
from server.domain.secret import Secret
from server.domain.token_rules import TokenState
from server.domain.verdict import Grant, Outcome, Verdict, judge
from server.models.tokens import TokenGrant, TokenSecret
from server.services.accesses import Accesses
from server.services.clock import Clock
from server.services.key_ring import KeyRing

LONGEST_TEXT: Final = 256
"""No secret is longer; more is refused unread."""


class Verifier:
    """Answers for every request of every service."""

    def __init__(self, key_ring: KeyRing, accesses: Accesses, clock: Clock) -> None:
        self._key_ring = key_ring
        self._accesses = accesses
        self._clock = clock

    async def verify(
        self, text: str, required_modules: Collection[str] = (), *, used_from: Origin | None = None
    ) -> Verdict:
        """The verdict on what a bearer sent, who must be granted all the modules named.

        A wrong form or checksum costs no look-up. Unknown id and wrong secret are one answer.
        With `used_from` it counts as a use of the token, from there.
        """
        secret = Secret.parse(text) if len(text) <= LONGEST_TEXT else None
        if secret is None:
            return Verdict(Outcome.INVALID)
        grant = await self._grant(secret)
        if grant is None:
            return Verdict(Outcome.UNKNOWN)
        verdict = judge(grant, self._clock(), required_modules)
        if used_from is not None and verdict.valid:
            self._accesses.note_accepted(grant)
        if used_from is not None and verdict.outcome is Outcome.ROTATED:
            self._accesses.note_refused(grant, used_from)
        return verdict

    async def actor(self, text: str, origin: Origin) -> Actor | None:
        """The program that a valid secret stands for; it acts for its account."""
        verdict = await self.verify(text, used_from=origin)
        if not verdict.valid or verdict.grant is None:
            return None
        grant = verdict.grant
        return Actor(
            ActorKind.TOKEN,
            grant.token_id,
            grant.token_name,
            account_id=grant.account_id,
            account_type=AccountType(grant.account_type),
            module_ids=grant.module_ids,
            origin=origin,
        )

    async def _grant(self, secret: Secret) -> Grant | None:
        rows = TokenSecret.filter(token_id=secret.token_id).select_related("token__account")
        for row in await rows:
            if not self._key_ring.matches(secret, row.key_id, row.digest):
                continue
            token, account = row.token, row.token.account
            if token.state is TokenState.DELETED:
                return None
            return Grant(
                token_id=token.id,
                token_name=token.name,
                account_id=account.id,
                account_name=account.name,
                account_type=account.type.value,
                account_active=account.active,
                token_active=token.state is TokenState.ACTIVE,
                module_ids=await _usable_modules(token.id, account.id),
                created_at=token.created_at,
                expires_at=token.expires_at,
                secret_id=row.id,
                secret_accepted_until=row.accepted_until,
                used_before=token.last_access_at is not None,
            )
        return None


async def _usable_modules(token_id: str, account_id: str) -> frozenset[str]:
    """The modules granted to the token that are still enabled for its account."""
    granted = TokenGrant.filter(token_id=token_id, module__enabled_for__account_id=account_id)
    return frozenset(map(str, await granted.values_list("module_id", flat=True)))
