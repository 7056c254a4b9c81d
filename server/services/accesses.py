"""Uses of secrets: noted in memory, written behind in batches, and never backwards in time."""

import asyncio
from datetime import datetime
from typing import Final

from tortoise.expressions import Q
from tortoise.transactions import in_transaction

from server.domain.actor import Origin
from server.domain.verdict import Grant
from server.models.tokens import Token, TokenSecret
from server.services.clock import Clock
from server.services.token_secrets import TokenSecrets

WRITE_EVERY_SECONDS: Final = 2


class Accesses:
    """What was used since the last writing. A crash loses at most two seconds of it."""

    def __init__(self, secrets: TokenSecrets, clock: Clock) -> None:
        self._secrets_service = secrets
        self._clock = clock
        self._tokens: dict[str, datetime] = {}
        self._secrets: dict[int, datetime] = {}
        self._refused: dict[int, tuple[Grant, Origin]] = {}
        self._urgent = asyncio.Event()

    def note_accepted(self, grant: Grant) -> None:
        """A secret was accepted now; a token's very first use is to be written at once."""
        self._tokens[grant.token_id] = self._secrets[grant.secret_id] = self._clock()
        if not grant.used_before:
            self._urgent.set()

    def note_refused(self, grant: Grant, origin: Origin) -> None:
        """A rotated-out secret was tried after its end."""
        self._refused[grant.secret_id] = (grant, origin)

    async def due(self) -> None:
        """Wait until it is time to write: two seconds, or less for a first use."""
        try:
            await asyncio.wait_for(self._urgent.wait(), WRITE_EVERY_SECONDS)
        except TimeoutError:
            pass

    async def write(self) -> None:
        """Write what was noted; where that fails it is kept for the next time."""
        self._urgent.clear()
        tokens, self._tokens = self._tokens, {}
        secrets, self._secrets = self._secrets, {}
        refused, self._refused = self._refused, {}
        try:
            await _write(tokens, secrets)
            for grant, origin in refused.values():
                await self._secrets_service.note_refused(grant, origin)
        except BaseException:
            self._tokens, self._secrets = tokens | self._tokens, secrets | self._secrets
            self._refused = refused | self._refused
            raise


async def _write(tokens: dict[str, datetime], secrets: dict[int, datetime]) -> None:
    """In the order of ids, so that two processes that write at once cannot wait for each other."""
    if not tokens:
        return
    async with in_transaction():
        for token_id, at in sorted(tokens.items()):
            await Token.filter(id=token_id, last_access_at__lt=at).update(last_access_at=at)
        for secret_id, at in sorted(secrets.items()):
            earlier = Q(last_used_at__isnull=True) | Q(last_used_at__lt=at)
            await TokenSecret.filter(earlier, id=secret_id).update(last_used_at=at)
