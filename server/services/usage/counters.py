"""Usage counters in memory: one for each secret in use, and the batch to be written."""

import asyncio
from collections import deque
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from operator import attrgetter
from typing import Final, NamedTuple

from server.domain.actor import Origin
from server.domain.verification.verdict import Grant, Outcome

HOUR_SECONDS: Final = 3_600
MOST_GREETED: Final = 10_000
"""How many tokens are remembered as used for the first time, so that it is written once."""

Client = str | Sequence[object] | None
"""An address, or the pair of address and port that an ASGI server gives."""

Agent = str | bytes
"""A user agent, also as the bytes of its header."""

_LONG_AGO: Final = datetime.min.replace(tzinfo=UTC)


def hour_of(moment: datetime) -> int:
    """Return the number of the hour that contains a time, counted from 1970 in UTC."""
    return int(moment.timestamp() // HOUR_SECONDS)


def start_of(hour: int) -> datetime:
    """Return the time at which an hour starts."""
    return datetime.fromtimestamp(hour * HOUR_SECONDS, UTC)


class Call(NamedTuple):
    """A call as it was received: its time, client and user agent."""

    at: datetime
    client: Client
    agent: Agent


class LastCall(NamedTuple):
    """The last accepted call of a token."""

    token_id: str
    call: Call

    @property
    def at(self) -> datetime:
        """When the call was made."""
        return self.call.at


@dataclass(slots=True)
class Batch:
    """Data to be written: numbers to add, and the latest time of each kind of use."""

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
    """By secret: its grant, and from where it was tried after its end."""

    def add(self, token_id: str, hour: int, outcome: Outcome, calls: int) -> None:
        """Add a number of calls."""
        key = (token_id, hour, outcome.value)
        self.calls[key] = self.calls.get(key, 0) + calls

    def saw(self, token_id: str, outcome: Outcome, call: Call) -> None:
        """Remember a call, unless a later one of its outcome is known."""
        key = (token_id, outcome.value)
        known = self.callers.get(key)
        if known is None or known.at <= call.at:
            self.callers[key] = call

    def used(self, token_id: str, secret_id: int, call: Call) -> None:
        """Remember an accepted call as the last one of the token and of its secret."""
        self.saw(token_id, Outcome.VALID, call)
        self.accesses[token_id] = max(call.at, self.accesses.get(token_id, call.at))
        self.secrets[secret_id] = max(call.at, self.secrets.get(secret_id, call.at))

    def asked(self, token_id: str, module_ids: Collection[str], at: datetime) -> None:
        """Remember when modules were asked for."""
        for module_id in module_ids:
            key = (token_id, module_id)
            self.modules[key] = max(at, self.modules.get(key, at))

    def __len__(self) -> int:
        return len(self.calls)


class UsageBuffer:
    """What was counted since the last write: in waiting counters, and in a batch beside them.

    `latest` has the last accepted call with each secret, the longest waiting first.
    """

    def __init__(self) -> None:
        self.waiting: deque[UsageCounter] = deque()
        self.latest: dict[int, UsageCounter | LastCall] = {}
        self.batch = Batch()
        self.urgent = asyncio.Event()
        self._greeted: set[str] = set()
        self._hour = (0, _LONG_AGO, _LONG_AGO)

    def hour(self, now: datetime) -> tuple[int, datetime]:
        """Return the number of the hour that contains `now`, and when that hour ends."""
        hour, starts, ends = self._hour
        if not starts <= now < ends:
            hour = hour_of(now)
            ends = start_of(hour + 1)
            self._hour = hour, start_of(hour), ends
        return hour, ends

    def first_use(self, token_id: str) -> None:
        """Ask for an early write; only once for each token."""
        if token_id not in self._greeted:
            if len(self._greeted) >= MOST_GREETED:
                self._greeted.clear()
            self._greeted.add(token_id)
            self.urgent.set()

    def last_call(self, secret_id: int, last: "UsageCounter | LastCall") -> None:
        """Queue an accepted call to be written, unless a later one of the secret is queued."""
        known = self.latest.get(secret_id)
        if known is None or (known is not last and known.at <= last.at):
            self.latest[secret_id] = last

    def take(self) -> Batch:
        """Return the batch and start a new one; sort the waiting counters by token."""
        self.waiting = deque(sorted(self.waiting, key=attrgetter("token_id")))
        taken, self.batch = self.batch, Batch()
        return taken

    def take_counters(self, most: int, batch: Batch) -> None:
        """Empty a number of counters into a batch."""
        for _ in range(most):
            self.waiting.popleft().empty_into(batch)

    def take_latest(self, most: int, batch: Batch) -> None:
        """Move a number of the last calls into a batch."""
        for secret_id in list(islice(self.latest, most)):
            last = self.latest.pop(secret_id)
            batch.used(last.token_id, secret_id, last.call)


class UsageCounter:
    """Counts the accepted calls with one secret. The cached facts hold it.

    From its first call on, the buffer holds it too until it is emptied, even if the facts are gone.
    Several counters of one secret add up.
    """

    __slots__ = (
        "_accepted",
        "_agent",
        "_buffer",
        "_client",
        "_hour",
        "_hour_ends",
        "_secret_id",
        "_used_before",
        "at",
        "token_id",
    )

    def __init__(
        self, buffer: UsageBuffer, token_id: str, secret_id: int, used_before: bool
    ) -> None:
        self.token_id = token_id
        self._buffer = buffer
        self._secret_id = secret_id
        self._used_before = used_before
        self._accepted = 0
        self._hour = 0
        self._hour_ends = _LONG_AGO
        self.at = _LONG_AGO
        """When the last call was accepted."""
        self._client: Client = None
        self._agent: Agent = ""

    def accept(self, now: datetime, client: Client, agent: Agent) -> None:
        """Count one accepted call. `now` is timezone-aware. This is the hot path."""
        if now >= self._hour_ends:
            self._enter_hour(now)
        self._accepted += 1
        self.at = now
        self._client = client
        self._agent = agent

    @property
    def call(self) -> Call:
        """The last accepted call."""
        return Call(self.at, self._client, self._agent)

    def empty_into(self, batch: Batch) -> None:
        """Move the counts into the batch; the next call queues the counter again.

        The number goes into the batch, and so does a first call. Any other last call is queued.
        """
        batch.add(self.token_id, self._hour, Outcome.VALID, self._accepted)
        if self._used_before:
            self._buffer.last_call(self._secret_id, self)
        else:
            batch.used(self.token_id, self._secret_id, self.call)
            self._used_before = True
        self._accepted = 0
        self._hour_ends = _LONG_AGO

    def _enter_hour(self, now: datetime) -> None:
        buffer = self._buffer
        if self._hour_ends is _LONG_AGO:
            buffer.waiting.append(self)
            if not self._used_before:
                buffer.first_use(self.token_id)
        else:
            buffer.batch.add(self.token_id, self._hour, Outcome.VALID, self._accepted)
            self._accepted = 0
        self._hour, self._hour_ends = buffer.hour(now)
