"""Metrics of verification: plain numbers of this process, cheap enough for the hot path."""

from collections.abc import Mapping
from enum import StrEnum
from ipaddress import ip_address
from typing import Final

from server.domain.actor import Actor, ActorKind
from server.domain.errors import NotAllowed, SignInNeeded
from server.domain.verification.verdict import Outcome


class AnswerSource(StrEnum):
    """Where an answer came from."""

    FORM = "form"
    """The text itself: it cannot be a token."""
    MEMORY = "memory"
    DATABASE = "database"
    OUTAGE = "outage"
    """The cache, while the database was down."""
    NOTHING = "nothing"
    """No token was sent, or nothing could be asked about it."""


MISSING: Final = "missing"
"""The outcome if no token was sent, or not as exactly one `Authorization: Bearer`."""

UNAVAILABLE: Final = "unavailable"
"""The outcome if neither the database nor the cache could answer."""

_LOOKED_UP: Final = [outcome for outcome in Outcome if outcome is not Outcome.INVALID]


class VerificationMetrics:
    """Counters since the process started; all callers of the verifier add to them.

    `recognised` counts acceptances on the cached path, `malformed` texts with a wrong form or
    checksum, `missing` and `unavailable` the outcomes of these names, `usage_failures` failed
    writes of usage.
    """

    __slots__ = (
        "_verdicts",
        "malformed",
        "missing",
        "recognised",
        "unavailable",
        "usage_failures",
    )

    def __init__(self) -> None:
        self.recognised = 0
        self.malformed = 0
        self.missing = 0
        self.unavailable = 0
        self.usage_failures = 0
        self._verdicts: dict[tuple[Outcome, AnswerSource], int] = {
            (outcome, source): 0
            for source in (AnswerSource.MEMORY, AnswerSource.DATABASE, AnswerSource.OUTAGE)
            for outcome in _LOOKED_UP
        }

    def count(self, outcome: Outcome, source: AnswerSource) -> None:
        """Count a verdict that followed a look-up; `Outcome.INVALID` needs none."""
        self._verdicts[outcome, source] += 1

    def verifications(self) -> Mapping[tuple[str, str], int]:
        """Return the counts by outcome and source, including zeros."""
        counts: dict[tuple[str, str], int] = {
            (outcome.value, source.value): number
            for (outcome, source), number in self._verdicts.items()
        }
        counts[Outcome.VALID.value, AnswerSource.MEMORY.value] += self.recognised
        counts[Outcome.INVALID.value, AnswerSource.FORM.value] = self.malformed
        counts[MISSING, AnswerSource.NOTHING.value] = self.missing
        counts[UNAVAILABLE, AnswerSource.NOTHING.value] = self.unavailable
        return counts

    def require_access(self, actor: Actor) -> None:
        """Raise unless the actor is of Operations, or unauthenticated on this machine."""
        if actor.kind is not ActorKind.NOBODY and not actor.is_of_operations:
            raise NotAllowed("Only tokens of an Operations account may read this.")
        if actor.kind is ActorKind.NOBODY and not _is_here(actor.origin.address):
            raise SignInNeeded(
                "Ask from this machine, or send a token of an Operations account as "
                "Authorization: Bearer."
            )


def _is_here(address: str) -> bool:
    try:
        known = ip_address(address)
    except ValueError:
        return False
    return (getattr(known, "ipv4_mapped", None) or known).is_loopback
