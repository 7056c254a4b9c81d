"""Streams changes as they happen, to actors who may see them, for as long as they may."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Self

from server.domain.actor import Actor
from server.domain.errors import (
    ChangesMissed,
    DomainError,
    NotAllowed,
    SignInNeeded,
    TooMany,
    TooSlow,
    Unavailable,
)
from server.services.clock import Clock
from server.services.events.bus import ChangeEvent, EventBus, Subscriber
from server.services.sign_in.sessions import SignedIn

MOST_WAITING: Final = 100
"""Changes kept for a subscriber who does not take them."""

MOST_PER_CALLER: Final = 50
MOST_PER_ACCOUNT: Final = 200
MOST_IN_ALL: Final = 1_000
"""Subscriptions in one process: per person or program, per account, and in total.

The limit per account leaves room for others, however many people and tokens an account has.
"""

KEPT: Final = 200
FEW: Final = 20
"""The last `KEPT` places are for accounts with fewer than `FEW` subscriptions.

A further account thus gets in, however many accounts use all that they may.
"""

LOOK_EVERY_SECONDS: Final = 1.0
_SURE_OF_PROGRAM: Final = timedelta(seconds=1)
_SURE_OF_PERSON: Final = timedelta(seconds=30)
"""How long an authorization is trusted.

Checking a token again is cheap, as its facts are cached. Checking a session costs a query, but its
end is announced or known beforehand.
"""

HEARING_WITHIN_SECONDS: Final = 5.0

MISSED: Final = "Changes may have been missed. Read anew what you show, and subscribe again."
SLOW: Final = (
    f"More than {MOST_WAITING} changes were waiting to be taken."
    " Read anew what you show, and subscribe again."
)
ENDED: Final = "Your session has ended, or your token is no longer valid."


@dataclass(frozen=True)
class Authorization:
    """A subscriber's actor. It is valid until `sure_until`, unless a change concerns it."""

    actor: Actor
    sure_until: datetime

    @classmethod
    def of_person(cls, signed_in: SignedIn, now: datetime) -> Self:
        """Return the authorization of a session that was resumed now."""
        return cls(signed_in.actor, min(signed_in.ends_at, now + _SURE_OF_PERSON))

    @classmethod
    def of_program(cls, actor: Actor, now: datetime) -> Self:
        """Return the authorization of a token that was verified now."""
        return cls(actor, now + _SURE_OF_PROGRAM)


Reauthorize = Callable[[], Awaitable[Authorization | None]]
"""Checks the session or token again; None if it is no longer valid."""


@dataclass(frozen=True)
class ChangeFilter:
    """Filters changes; all given conditions must hold. `about` lists prefixes of event names."""

    about: tuple[str, ...] = ("",)
    event: str | None = None
    object_id: str | None = None
    account_id: str | None = None

    def admits(self, news: ChangeEvent) -> bool:
        """Return whether the change matches."""
        return (
            news.event.startswith(self.about)
            and self.event in {None, news.event}
            and self.object_id in {None, news.object_id}
            and self.account_id in {None, news.chain}
        )


ALL_CHANGES: Final = ChangeFilter()


class ChangeSubscription:
    """One subscriber's changes, in commit order, each once.

    It ends with an error: `SignInNeeded` if the session or token has ended, `NotAllowed` if the
    token has lost Access management, `TooSlow` if more changes wait than are kept, `ChangesMissed`
    if some may have been missed.
    """

    def __init__(
        self, actor: Actor, ask_again: Reauthorize, wanted: ChangeFilter, clock: Clock
    ) -> None:
        self._standing = Authorization(actor, clock())
        self._ask_again = ask_again
        self._wanted = wanted
        self._clock = clock
        self._waiting: deque[ChangeEvent] = deque()
        self._concerned = False
        self._woken = asyncio.Event()
        self._ended: DomainError | None = None

    @property
    def actor(self) -> Actor:
        """The subscriber, as last authorized."""
        return self._standing.actor

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> ChangeEvent:
        while True:
            await self._look()
            if self._ended is not None:
                raise self._ended
            if self._waiting:
                return self._waiting.popleft()
            self._woken.clear()
            await _wait(self._woken, LOOK_EVERY_SECONDS)

    def hear(self, news: ChangeEvent) -> None:
        """Queue a change if it matches and is visible; reauthorize if it concerns the actor."""
        if news.object_id in {self.actor.id, self.actor.account_id}:
            self._concerned = True
            self._woken.set()
        visible = self.actor.sees_every_account or news.chain == self.actor.account_id
        if self._ended is not None or not visible or not self._wanted.admits(news):
            return
        if len(self._waiting) >= MOST_WAITING:
            self.end(TooSlow(SLOW))
            return
        self._waiting.append(news)
        self._woken.set()

    def end(self, reason: DomainError) -> None:
        """End the subscription, and drop the waiting changes."""
        self._ended = self._ended or reason
        self._waiting.clear()
        self._woken.set()

    async def _look(self) -> None:
        """Reauthorize if due, so that nothing is delivered to somebody who may no longer see it."""
        if self._ended is not None:
            return
        is_due = self._clock() >= self._standing.sure_until
        while self._concerned or is_due:
            self._concerned = is_due = False
            standing = await self._ask_again()
            if standing is None:
                self.end(SignInNeeded(ENDED))
                return
            try:
                standing.actor.must_read_account()
            except NotAllowed as refusal:
                self.end(refusal)
                return
            self._standing = standing


class ChangeStream:
    """Delivers the changes that this process hears of, whichever process made them."""

    def __init__(self, events: EventBus, clock: Clock) -> None:
        self._events = events
        self._clock = clock
        self._followings: set[ChangeSubscription] = set()
        self._hearing = asyncio.Event()
        self._closed = False
        events.follow(Subscriber(self._hear, self._hearing.set, self._lose))

    @asynccontextmanager
    async def follow(
        self, actor: Actor, ask_again: Reauthorize, wanted: ChangeFilter = ALL_CHANGES
    ) -> AsyncIterator[ChangeSubscription]:
        """Subscribe to changes of the actor's account, or of every account for Operations.

        `ask_again` is called when a change concerns the actor or their account, and when its last
        answer expires, which is checked every second.
        """
        actor.must_read_account()
        await self._must_hear()
        self._must_have_room(actor)
        following = ChangeSubscription(actor, ask_again, wanted, self._clock)
        self._followings.add(following)
        try:
            yield following
        finally:
            self._followings.discard(following)

    def close(self) -> None:
        """End all subscriptions and accept no more, because the process is about to stop."""
        self._closed = True
        self._lose()

    def __len__(self) -> int:
        return len(self._followings)

    async def _must_hear(self) -> None:
        """Wait for the listener; one that lost its connection is usually back within moments."""
        if not self._events.is_synced and not self._closed:
            self._hearing.clear()
            await _wait(self._hearing, HEARING_WITHIN_SECONDS)
        if not self._events.is_synced or self._closed:
            raise Unavailable("Tokendesk cannot hear of changes right now. Try again in a moment.")

    def _must_have_room(self, actor: Actor) -> None:
        own = sum(each.actor.id == actor.id for each in self._followings)
        account = sum(each.actor.account_id == actor.account_id for each in self._followings)
        taken = len(self._followings)
        is_full = taken >= MOST_IN_ALL or (taken >= MOST_IN_ALL - KEPT and account >= FEW)
        if own >= MOST_PER_CALLER or account >= MOST_PER_ACCOUNT or is_full:
            raise TooMany(
                "There are too many open subscriptions. End some of them first.",
                retry_after=timedelta(seconds=30),
            )

    def _hear(self, news: ChangeEvent) -> None:
        for following in self._followings:
            following.hear(news)

    def _lose(self) -> None:
        self._hearing.clear()
        for following in self._followings:
            following.end(ChangesMissed(MISSED))


async def _wait(event: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
