"""May this pass? From memory, else from one query; judged on facts at each request anew."""

import asyncio
import hashlib
import hmac
import os
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

from server.domain.actor import AccountType, Actor, ActorKind, Origin
from server.domain.secret import Secret
from server.domain.verdict import Outcome, Verdict, judge
from server.services.announcements import Announcements
from server.services.clock import Clock
from server.services.key_ring import KeyRing
from server.services.token_facts import SecretFacts, TokenFacts, read_facts
from server.services.token_memory import TokenMemory
from server.services.usage import Usage
from server.services.usage_counter import Client

LONGEST_TEXT: Final = 256
"""No secret is longer; more is refused unread."""

MOST_READS_AT_ONCE: Final = 32
_ID: Final = slice(4, 17)
"""Where a secret names its token: `idt:TKN-1234-5678:…`"""


class Verifier:
    """Answers for every request of every service."""

    def __init__(
        self,
        key_ring: KeyRing,
        announcements: Announcements,
        usage: Usage,
        clock: Clock,
        *,
        remembered_tokens: int,
        outage_grace: timedelta,
    ) -> None:
        self.memory = TokenMemory(remembered_tokens)
        self._key_ring = key_ring
        self._announcements = announcements
        self._usage = usage
        self._clock = clock
        self._outage_grace = outage_grace
        self._last_heard: datetime | None = None
        self._marking = os.urandom(32)
        self._reading: dict[str, asyncio.Task[TokenFacts | None]] = {}
        self._turns = asyncio.Semaphore(MOST_READS_AT_ONCE)
        announcements.subscribe(self.memory.hear, self.memory.forget_all)

    def recognise(self, text: str, client: Client, agent: bytes) -> TokenFacts | None:
        """The facts about a secret that was right before and is valid now, counted as a use.

        None to ask `verify`. No look-up, no waiting: for the path that every request takes.
        """
        facts = self.memory.recall(text[_ID]) if self._announcements.hears_all else None
        if facts is None or facts.counter is None:
            return None
        now = self._clock()
        if now >= facts.valid_until or not hmac.compare_digest(self._mark(text), facts.mark):
            return None
        facts.counter.accept(now, client, agent)
        return facts

    def is_well_formed(self, text: str) -> bool:
        """Whether form and checksum are a secret's."""
        return len(text) <= LONGEST_TEXT and Secret.parse(text) is not None

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
        facts = await self._facts(secret.token_id)
        return self._judge(secret, facts, required_modules, used_from)

    def verify_from_memory(
        self, text: str, required_modules: Collection[str] = (), *, used_from: Origin | None = None
    ) -> Verdict | None:
        """While the database is away, for as long as the operator allows: what memory says."""
        secret = Secret.parse(text) if len(text) <= LONGEST_TEXT else None
        if secret is None:
            return Verdict(Outcome.INVALID)
        lost_at = self._announcements.lost_at
        if lost_at is None or self._clock() - lost_at >= self._outage_grace:
            return None
        facts = self.memory.recall(secret.token_id)
        return None if facts is None else self._judge(secret, facts, required_modules, used_from)

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

    def _judge(
        self,
        secret: Secret,
        facts: TokenFacts | None,
        required_modules: Collection[str],
        used_from: Origin | None,
    ) -> Verdict:
        matched = self._match(secret, facts)
        if facts is None or matched is None:
            return Verdict(Outcome.UNKNOWN)
        if matched.accepted_until is None and facts.counter is None:
            facts.mark = self._mark(secret.reveal())
            facts.counter = self._usage.counter(
                facts.token_id, matched.id, used_before=facts.used_before
            )
        grant = facts.grant(matched)
        now = self._clock()
        verdict = judge(grant, now, required_modules)
        if used_from is not None:
            self._usage.note(grant, verdict.outcome, required_modules, used_from, now)
        return verdict

    def _match(self, secret: Secret, facts: TokenFacts | None) -> SecretFacts | None:
        """The stored secret that this is. No token takes as long as a wrong secret."""
        if facts is None:
            self._key_ring.digest(secret)
            return None
        right = [
            each
            for each in facts.secrets
            if self._key_ring.matches(secret, each.key_id, each.digest)
        ]
        return right[0] if right else None

    async def _facts(self, token_id: str) -> TokenFacts | None:
        """From memory while it can be trusted, else read; at once asked for twice, read once."""
        if self._announcements.hears_all:
            facts = self.memory.recall(token_id)
            if facts is not None or self.memory.is_unknown(token_id):
                return facts
        reading = self._reading.get(token_id)
        if reading is None:
            reading = asyncio.create_task(self._read(token_id))
            self._reading[token_id] = reading
            reading.add_done_callback(lambda _: self._reading.pop(token_id, None))
        return await asyncio.shield(reading)

    async def _read(self, token_id: str) -> TokenFacts | None:
        async with self._turns:
            epoch = self.memory.epoch
            facts = await read_facts(token_id)
        if self._announcements.hears_all and facts is not None:
            self.memory.keep(facts, read_in=epoch)
        elif self._announcements.hears_all:
            self.memory.keep_unknown(token_id, read_in=epoch)
        return facts

    def _mark(self, text: str) -> bytes:
        """A digest under a key of this process alone: the memory holds no secret in the clear."""
        return hashlib.blake2b(
            text.encode("latin-1", "replace"), key=self._marking, digest_size=16
        ).digest()
