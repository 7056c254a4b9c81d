"""Verifies values: from the cache, else by one query; judged again at each request."""

import hashlib
import hmac
import os
import secrets
from collections.abc import Collection
from datetime import timedelta
from typing import Final

from server.domain.actor import ACCESS_MANAGEMENT, Actor, Origin
from server.domain.tokens.secret import Secret
from server.domain.verification.verdict import Outcome, Verdict, judge
from server.services.clock import Clock
from server.services.crypto.key_ring import KeyRing
from server.services.events.bus import EventBus
from server.services.usage.counters import Agent, Client
from server.services.usage.recorder import UsageRecorder
from server.services.verification.actors import actor_from_facts, token_actor
from server.services.verification.cache import TokenCache
from server.services.verification.facts import Rows, SecretFacts, TokenFacts, facts_in
from server.services.verification.metrics import AnswerSource, VerificationMetrics

MOST_FOUND: Final = 10_000
"""Ids of tokens in use that are kept, so that a refusal can look up one of them."""

_ID: Final = slice(4, 17)
"""Where a value names its token: `idt:TKN-1234-5678:…`"""


class Verifier:
    """Verifies values for every service, at every request."""

    def __init__(
        self,
        key_ring: KeyRing,
        events: EventBus,
        usage: UsageRecorder,
        clock: Clock,
        rows: Rows,
        metrics: VerificationMetrics,
        *,
        remembered_tokens: int,
        outage_grace: timedelta,
    ) -> None:
        self.memory = TokenCache(remembered_tokens)
        self._key_ring = key_ring
        self._events = events
        self._usage = usage
        self._clock = clock
        self._rows = rows
        self._metrics = metrics
        self._outage_grace = outage_grace
        self._found: list[str] = []
        self._replaced = 0
        self._marking = hashlib.blake2b(key=os.urandom(32), digest_size=16)
        events.subscribe(self.memory.hear, self.memory.clear)

    def verify_cached(self, text: bytes, client: Client, agent: Agent) -> TokenFacts | None:
        """Return the facts if the value was right before and is valid now, and count the use.

        Return None if `verify` has to decide. This does no I/O: it is the hot path.
        """
        if not self._events.is_synced:
            return None
        facts = self.memory.get(text[_ID].decode("latin-1"))
        if facts is None or facts.counter is None:
            return None
        now = self._clock()
        if now >= facts.valid_until or not self._is_fingerprinted(text, facts):
            return None
        facts.counter.accept(now, client, agent)
        self._metrics.recognised += 1
        return facts

    async def verify(
        self, text: str, required_modules: Collection[str] = (), *, used_from: Origin | None = None
    ) -> Verdict:
        """Judge a value, whose token must be granted all the modules named.

        A wrong form or checksum costs no look-up. An unknown id and a wrong secret get the same
        answer. With `used_from`, it counts as a use of the token from there.
        """
        secret = Secret.parse(text)
        if secret is None:
            self._metrics.malformed += 1
            return Verdict(Outcome.INVALID)
        facts, source = await self._facts(secret.token_id)
        matched = self._match(secret, facts)
        if facts is None or matched is None:
            await self._equalize_timing(secret, facts, source)
            self._metrics.count(Outcome.UNKNOWN, source)
            return Verdict(Outcome.UNKNOWN)
        if source is AnswerSource.DATABASE:
            self._keep_found(secret.token_id)
        return self._judge(secret, facts, matched, source, required_modules, used_from)

    def verify_from_memory(
        self, text: str, required_modules: Collection[str] = (), *, used_from: Origin | None = None
    ) -> Verdict | None:
        """Judge from the cache while the database is down, for as long as the operator allows.

        Return None if the cache cannot tell: an uncached id and a wrong secret look alike.
        """
        secret = Secret.parse(text)
        if secret is None:
            return Verdict(Outcome.INVALID)
        lost_at = self._events.lost_since
        allowed = lost_at is not None and self._clock() - lost_at < self._outage_grace
        facts = self.memory.get(secret.token_id) if allowed else None
        matched = self._match(secret, facts)
        if facts is None or matched is None:
            self._metrics.unavailable += 1
            return None
        return self._judge(secret, facts, matched, AnswerSource.OUTAGE, required_modules, used_from)

    async def actor(self, text: str, origin: Origin) -> Actor | None:
        """Return the actor that a valid value stands for; it acts for its account.

        If the token can manage tokens, this counts as a use of that module.
        """
        # Try the cached path first, as /verify does; the rest needs the full verification.
        facts = self.verify_cached(
            text.encode("latin-1", "replace"), origin.address, origin.user_agent
        )
        if facts is not None:
            actor: Actor | None = actor_from_facts(facts, origin)
        else:
            actor = token_actor(await self.verify(text, used_from=origin), origin)
        if actor is not None and actor.may_manage_tokens:
            self._usage.ask(actor.id, [ACCESS_MANAGEMENT], self._clock())
        return actor

    def _judge(
        self,
        secret: Secret,
        facts: TokenFacts,
        matched: SecretFacts,
        source: AnswerSource,
        required_modules: Collection[str],
        used_from: Origin | None,
    ) -> Verdict:
        remembered = self.memory.peek(facts.token_id) is facts
        if remembered and matched.accepted_until is None and facts.counter is None:
            facts.mark = self._mark(secret.reveal().encode("ascii"))
            facts.counter = self._usage.counter(
                facts.token_id, matched.id, used_before=facts.used_before
            )
        grant = facts.grant(matched)
        now = self._clock()
        verdict = judge(grant, now, required_modules)
        self._metrics.count(verdict.outcome, source)
        if used_from is not None:
            self._usage.note(grant, verdict.outcome, required_modules, used_from, now)
        return verdict

    def _match(self, secret: Secret, facts: TokenFacts | None) -> SecretFacts | None:
        """Return the matching stored secret. A missing token takes as long as a wrong secret."""
        if facts is None:
            self._key_ring.digest(secret)
            return None
        right = [
            each
            for each in facts.secrets
            if self._key_ring.matches(secret, each.key_id, each.digest)
        ]
        return right[0] if right else None

    async def _facts(self, token_id: str) -> tuple[TokenFacts | None, AnswerSource]:
        """Return facts from the cache if it is in sync, else read them; note the source."""
        if self._events.is_synced:
            facts = self.memory.get(token_id)
            if facts is not None or self.memory.is_missing(token_id):
                return facts, AnswerSource.MEMORY
        epoch = self.memory.epoch
        facts = facts_in(await self._rows(token_id))
        if self._events.is_synced and facts is not None:
            self.memory.keep(facts, read_in=epoch)
        elif self._events.is_synced:
            self.memory.put_missing(token_id, read_in=epoch)
        return facts, AnswerSource.DATABASE

    async def _equalize_timing(
        self, secret: Secret, facts: TokenFacts | None, source: AnswerSource
    ) -> None:
        """Do the work that this refusal saved, so that timing does not reveal which tokens exist.

        A first refusal costs one peek into the cache, one look-up that finds a token and one that
        finds none, all for ids that nobody asked for. A repeated refusal, of a cached token or of
        an id cached as unknown, costs no look-up.
        """
        token_id, remembered = secret.token_id, source is AnswerSource.MEMORY
        if remembered and (facts is None or self.memory.had_wrong_value(token_id)):
            return
        another = secrets.choice(self._found or [token_id])
        if not remembered:
            self._is_fingerprinted(secret.reveal().encode("ascii"), self.memory.peek(another))
        if facts is None or remembered:
            facts_in(await self._rows(another))
        if facts is not None:
            facts_in(await self._rows(f"TKN-{secrets.randbelow(10_000):04d}-none"))
            self.memory.put_wrong_value(token_id)

    def _keep_found(self, token_id: str) -> None:
        if len(self._found) < MOST_FOUND:
            self._found.append(token_id)
        else:
            self._found[self._replaced] = token_id
            self._replaced = (self._replaced + 1) % MOST_FOUND

    def _is_fingerprinted(self, text: bytes, facts: TokenFacts | None) -> bool:
        """Return whether this is the value that was right before, in constant time."""
        return facts is not None and hmac.compare_digest(self._mark(text), facts.mark)

    def _mark(self, text: bytes) -> bytes:
        """Return a digest under this process's own key, so that the cache holds no plain value."""
        marking = self._marking.copy()
        marking.update(text)
        return marking.digest()
