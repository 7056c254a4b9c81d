"""The cache of verification: facts about tokens, bounded, and invalidated by change events."""

import time
from collections import OrderedDict
from collections.abc import Collection
from typing import Final

from server.services.events.bus import ChangeEvent
from server.services.verification.facts import AccountFacts, TokenFacts

MAX_REFUSED: Final = 10_000
REFUSED_SECONDS: Final = 30


class _ExpiringSet:
    """Ids refused within the last half minute. It is bounded; the oldest are dropped first."""

    def __init__(self) -> None:
        self._until: dict[str, float] = {}

    def __contains__(self, token_id: str) -> bool:
        return self._until.get(token_id, 0.0) > time.monotonic()

    def add(self, token_id: str) -> None:
        self._until.pop(token_id, None)
        self._until[token_id] = time.monotonic() + REFUSED_SECONDS
        while len(self._until) > MAX_REFUSED:
            del self._until[next(iter(self._until))]

    def discard(self, token_id: str) -> None:
        self._until.pop(token_id, None)

    def clear(self) -> None:
        self._until.clear()


class TokenCache:
    """An LRU cache of facts by token id, and of ids that were refused."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._tokens: OrderedDict[str, TokenFacts] = OrderedDict()
        self._accounts: dict[str, AccountFacts] = {}
        self._modules: dict[frozenset[str], frozenset[str]] = {}
        self._unknown = _ExpiringSet()
        self._wrong = _ExpiringSet()
        self.epoch = 0
        """Incremented by each change: facts read in an earlier epoch must not be cached."""

    def get(self, token_id: str) -> TokenFacts | None:
        """Return the cached facts, and mark them as used."""
        facts = self._tokens.get(token_id)
        if facts is None:
            return None
        if facts.account.outdated:
            del self._tokens[token_id]
            return None
        self._tokens.move_to_end(token_id)
        return facts

    def peek(self, token_id: str) -> TokenFacts | None:
        """Return the cached facts without marking them as used."""
        return self._tokens.get(token_id)

    def keep(self, facts: TokenFacts, *, read_in: int) -> None:
        """Cache facts that were read in an epoch, unless something has changed since."""
        if read_in != self.epoch or not self._most:
            return
        account = self._accounts.setdefault(facts.account.id, facts.account)
        facts.account = account
        facts.module_ids = self._modules.setdefault(facts.module_ids, facts.module_ids)
        self._tokens[facts.token_id] = facts
        while len(self._tokens) > self._most:
            self._tokens.popitem(last=False)

    def is_missing(self, token_id: str) -> bool:
        """Return whether the id is cached as unknown."""
        return token_id in self._unknown

    def put_missing(self, token_id: str, *, read_in: int) -> None:
        """Cache for half a minute that no token has this id."""
        if read_in == self.epoch and self._most:
            self._unknown.add(token_id)

    def had_wrong_value(self, token_id: str) -> bool:
        """Return whether a wrong secret was tried for this cached token within half a minute."""
        return token_id in self._wrong

    def put_wrong_value(self, token_id: str) -> None:
        """Remember for half a minute that a wrong secret was tried for this cached token."""
        if token_id in self._tokens:
            self._wrong.add(token_id)

    def hear(self, news: ChangeEvent) -> None:
        """Invalidate what a change may have altered."""
        self.epoch += 1
        if news.event.startswith("token."):
            self._tokens.pop(news.object_id, None)
            self._unknown.discard(news.object_id)
        elif news.event.startswith("account."):
            self._forget_account(news.object_id)

    def clear(self) -> None:
        """Invalidate everything."""
        self.epoch += 1
        for kept in (self._tokens, self._accounts, self._modules, self._unknown, self._wrong):
            kept.clear()

    def _forget_account(self, account_id: str) -> None:
        account = self._accounts.pop(account_id, None)
        if account is not None:
            account.outdated = True

    def __len__(self) -> int:
        return len(self._tokens)

    def __contains__(self, token_id: str) -> bool:
        return token_id in self._tokens

    def ids(self) -> Collection[str]:
        """Return the cached ids, the least recently used first."""
        return list(self._tokens)
