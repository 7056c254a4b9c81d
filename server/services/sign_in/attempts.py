"""Limits of wrong passwords, counted so that other people can lock nobody out."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from server.domain.actor import Origin
from server.domain.errors import TooMany
from server.domain.i18n.messages import Message
from server.domain.networks import network_of, site_of
from server.services.rate_limits.limiter import RateLimit, RateLimiter
from server.services.sign_in.known_devices import Device, KnownDevices, person_key

_SPAN: Final = timedelta(minutes=15)
_OF_DEVICE: Final = RateLimit(10, _SPAN)
_OF_SESSION: Final = RateLimit(10, _SPAN)
_OF_NETWORK: Final = RateLimit(100, _SPAN)
_OF_PERSON_AND_NETWORK: Final = RateLimit(10, _SPAN)
_OF_PERSON_AND_SITE: Final = RateLimit(30, _SPAN)
_OF_PERSON: Final = RateLimit(50, _SPAN)
_UNDER_ATTACK: Final = 3
"""Failures per person and network, once strangers have failed 50 times on that person."""

_Count = tuple[RateLimit, tuple[str, ...]]


@dataclass
class Attempt:
    """A password check in progress. It counts as a failure from the start."""

    person: str = ""
    """The key of the typed address; empty if the text cannot be one."""
    known: bool = False
    """Whether this person has signed in from this browser before."""
    failed: bool = False
    """Set this if the password was wrong; otherwise the count is given back."""
    counted: list[_Count] = field(default_factory=list)


class SignInLimits:
    """Counts failed attempts, by rules after OWASP's device cookies:

    - A browser that the person has signed in from has its own budget, which strangers cannot use
      up, wherever they are.
    - Everybody else is counted by network, before any input is looked at, and then by person and
      network: never by person alone, so that no stranger can lock out a person on another network.
      When many strangers fail on one person, each network gets less.

    A refused attempt is not counted and takes no memory. A check in progress counts as failed until
    it succeeds, so that sending many at once gains nothing.
    """

    def __init__(self, rate_limiter: RateLimiter, devices: KnownDevices) -> None:
        self._rate_limiter = rate_limiter
        self._devices = devices

    @asynccontextmanager
    async def attempt(self, email: str, origin: Origin, note: str) -> AsyncIterator[Attempt]:
        """Guard a password check; `note` is the device cookie. Raise `TooMany` over the limit."""
        attempt = Attempt()
        await self._admit(attempt, email, origin, note)
        async with self._settled(attempt):
            yield attempt

    @asynccontextmanager
    async def confirmation(self, session: str) -> AsyncIterator[Attempt]:
        """Guard a password check within a session, which no stranger has."""
        attempt = Attempt(known=True)
        await self._must_count(attempt, _OF_SESSION, "session", session)
        async with self._settled(attempt):
            yield attempt

    @asynccontextmanager
    async def _settled(self, attempt: Attempt) -> AsyncIterator[None]:
        try:
            yield
        except Exception:
            if not attempt.failed:
                await self._give_back(attempt)
            raise
        if not attempt.failed:
            await self._succeed(attempt)

    async def _admit(self, attempt: Attempt, email: str, origin: Origin, note: str) -> None:
        device, network = await self._trusted(attempt, note), network_of(origin.address)
        if device is None:
            await self._must_count(attempt, _OF_NETWORK, "network", network)
        attempt.person = person_key(email)
        if device is not None and self._devices.knows(device, attempt.person):
            attempt.known = True
            return
        if device is not None:
            # If refused, this stays counted for the browser: its cookie must not bypass the
            # network.
            await self._must_count(attempt, _OF_NETWORK, "network", network, keep=True)
            await self._take_back(attempt, _OF_DEVICE)
        await self._count_stranger(attempt, origin)

    async def _trusted(self, attempt: Attempt, note: str) -> Device | None:
        """Return the browser's device while its budget lasts; after that it counts as unknown."""
        device = self._devices.read(note)
        if device is None or not await self._count(attempt, _OF_DEVICE, "device", device.id):
            return None
        return device

    async def _count_stranger(self, attempt: Attempt, origin: Origin) -> None:
        person, network = attempt.person, network_of(origin.address)
        left = await self._must_count(attempt, _OF_PERSON_AND_NETWORK, person, network)
        if (site := site_of(origin.address)) != network:
            await self._must_count(attempt, _OF_PERSON_AND_SITE, person, site)
        is_calm = await self._count(attempt, _OF_PERSON, "person", person)
        if not is_calm and _OF_PERSON_AND_NETWORK.attempts - left > _UNDER_ATTACK:
            await self._refuse(attempt)

    async def _count(self, attempt: Attempt, limit: RateLimit, *who: str) -> bool:
        granted = (await self._rate_limiter.hit(limit, *who)).granted
        if granted:
            attempt.counted.append((limit, who))
        return granted

    async def _must_count(
        self, attempt: Attempt, limit: RateLimit, *who: str, keep: bool = False
    ) -> int:
        """Count a hit and return what remains. If refused, give back all counts and raise.

        `keep` leaves the earlier counts as they are.
        """
        rate_limit = await self._rate_limiter.hit(limit, *who)
        if not rate_limit.granted:
            if keep:
                attempt.counted.clear()
            await self._refuse(attempt)
        attempt.counted.append((limit, who))
        return rate_limit.remaining

    async def _refuse(self, attempt: Attempt) -> None:
        await self._give_back(attempt)
        raise TooMany(
            Message("Too many attempts to sign in. Wait 15 minutes, or use a one-time link."),
            retry_after=_SPAN,
        )

    async def _succeed(self, attempt: Attempt) -> None:
        """Reset the person's own failures; only give back counts that others may share."""
        forgotten = {_OF_DEVICE, _OF_SESSION, _OF_PERSON_AND_NETWORK}
        for limit, who in attempt.counted:
            if limit in forgotten:
                await self._rate_limiter.forget(limit, *who)
            else:
                await self._rate_limiter.give_back(limit, *who)

    async def _give_back(self, attempt: Attempt) -> None:
        for limit, who in attempt.counted:
            await self._rate_limiter.give_back(limit, *who)
        attempt.counted.clear()

    async def _take_back(self, attempt: Attempt, limit: RateLimit) -> None:
        for count in [each for each in attempt.counted if each[0] is limit]:
            attempt.counted.remove(count)
            await self._rate_limiter.give_back(limit, *count[1])
