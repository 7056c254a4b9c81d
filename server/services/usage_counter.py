"""Counting in memory: a counter for each secret in use, and what it leads to be written."""

import asyncio
from collections import deque
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from server.domain.actor import Origin
from server.domain.verdict import Grant, Outcome

HOUR_SECONDS: Final = 3_600
MOST_GREETED: Final = 10_000
"""Of how many tokens it is remembered that their first use was told of."""

Client = str | Sequence[object] | None
"""An address, or the pair of address and port that an ASGI server gives."""

Agent = str | bytes
"""A user agent, also as the bytes of its header."""

_LONG_AGO: Final = datetime.min.replace(tzinfo=UTC)


def hour_of(moment: datetime) -> int:
    """The hour that a moment is in, counted from 1970 in UTC."""
    return int(moment.timestamp() // HOUR_SECONDS)


def start_of(hour: int) -> datetime:
    """The moment at which an hour starts."""
    return datetime.fromtimestamp(hour * HOUR_SECONDS, UTC)


@dataclass(frozen=True, slots=True)
class Call:
    """When a call was made, from where and by which program, as it was received."""

    at: datetime
    client: Client
    agent: Agent


@dataclass(slots=True)
class Batch:
    """What is to be written: numbers to add, and the latest of each moment."""

    calls: dict[tuple[str, int, str], int] = field(default_factory=dict)
    """By token, hour and outcome."""
    callers: dict[tuple[str, str], Call] = field(default_factory=dict)
    """By token and outcome."""
    accesses: dict[str, datetime] = field(default_factory=dict)
    """By token."""
    secrets: dict[int, datetime] = field(default_factory=dict)
    """By secret."""
    modules: dict[tuple[str, str], datetime] = field(default_factory=dict)
    """By token and module."""
    rotated_out: dict[int, tuple[Grant, Origin]] = field(default_factory=dict)
    """By secret: whose it is, and from where it was tried after its end."""

    def add(self, token_id: str, hour: int, outcome: Outcome, calls: int) -> None:
        """Count so many calls more."""
        key = (token_id, hour, outcome.value)
        self.calls[key] = self.calls.get(key, 0) + calls

    def saw(self, token_id: str, outcome: Outcome, call: Call) -> None:
        """Remember a call, where none of its outcome is later."""
        key = (token_id, outcome.value)
        known = self.callers.get(key)
        if known is None or known.at <= call.at:
            self.callers[key] = call

    def accessed(self, token_id: str, secret_id: int, at: datetime) -> None:
        """Remember when a token and its secret were accepted."""
        self.accesses[token_id] = max(at, self.accesses.get(token_id, at))
        self.secrets[secret_id] = max(at, self.secrets.get(secret_id, at))

    def asked(self, token_id: str, module_ids: Collection[str], at: datetime) -> None:
        """Remember when modules were asked for."""
        for module_id in module_ids:
            key = (token_id, module_id)
            self.modules[key] = max(at, self.modules.get(key, at))


class Ledger:
    """What was counted since the last writing: in counters that wait, and beside them."""

    def __init__(self) -> None:
        self.waiting: deque[UsageCounter] = deque()
        self.batch = Batch()
        self.urgent = asyncio.Event()
        self._greeted: set[str] = set()

    def first_use(self, token_id: str) -> None:
        """Have it written at once; once for each token."""
        if token_id not in self._greeted:
            if len(self._greeted) >= MOST_GREETED:
                self._greeted.clear()
            self._greeted.add(token_id)
            self.urgent.set()

    def take(self) -> Batch:
        """What stands beside the counters, for somebody to write."""
        taken, self.batch = self.batch, Batch()
        return taken


class UsageCounter:
    """Counts the accepted calls with one secret; to be held beside the facts about it.

    From its first call on it waits in the ledger to be emptied, also where nobody else holds it
    any more. Several of one secret add up.
    """

    __slots__ = (
        "_accepted",
        "_agent",
        "_at",
        "_client",
        "_hour",
        "_hour_ends",
        "_ledger",
        "_secret_id",
        "_token_id",
        "_used_before",
    )

    def __init__(self, ledger: Ledger, token_id: str, secret_id: int, used_before: bool) -> None:
        self._ledger = ledger
        self._token_id = token_id
        self._secret_id = secret_id
        self._used_before = used_before
        self._accepted = 0
        self._hour = 0
        self._hour_ends = _LONG_AGO
        self._at = _LONG_AGO
        self._client: Client = None
        self._agent: Agent = ""

    def accept(self, now: datetime, client: Client, agent: Agent) -> None:
        """Count one accepted call. `now` is aware; this is the hot path."""
        if now >= self._hour_ends:
            self._enter_hour(now)
        self._accepted += 1
        self._at = now
        self._client = client
        self._agent = agent

    def empty_into(self, batch: Batch) -> None:
        """Hand over what was counted; the next call makes it wait again."""
        token_id, call = self._token_id, Call(self._at, self._client, self._agent)
        batch.add(token_id, self._hour, Outcome.VALID, self._accepted)
        batch.saw(token_id, Outcome.VALID, call)
        batch.accessed(token_id, self._secret_id, self._at)
        self._accepted = 0
        self._hour_ends = _LONG_AGO

    def _enter_hour(self, now: datetime) -> None:
        ledger = self._ledger
        if self._hour_ends is _LONG_AGO:
            ledger.waiting.append(self)
            if not self._used_before:
                ledger.first_use(self._token_id)
        else:
            ledger.batch.add(self._token_id, self._hour, Outcome.VALID, self._accepted)
            self._accepted = 0
        self._hour = hour_of(now)
        self._hour_ends = start_of(self._hour + 1)
