"""How verifications end: plain numbers of this process, cheap enough for the hottest path."""

from collections.abc import Mapping
from enum import StrEnum
from ipaddress import ip_address
from typing import Final

from server.domain.actor import Actor, ActorKind
from server.domain.errors import NotAllowed, SignInNeeded
from server.domain.verification.verdict import Outcome


class AnswerSource(StrEnum):
    """What an answer rests on."""

    FORM = "form"
    """The text alone: it cannot be a token."""
    MEMORY = "memory"
    DATABASE = "database"
    OUTAGE = "outage"
    """Memory, while the database was away."""
    NOTHING = "nothing"
    """There was no token, or nothing that could be asked about it."""


MISSING: Final = "missing"
"""The outcome where no token was sent, or not as one `Authorization: Bearer`."""

UNAVAILABLE: Final = "unavailable"
"""The outcome where neither the database nor memory could be asked."""

_LOOKED_UP: Final = [outcome for outcome in Outcome if outcome is not Outcome.INVALID]


class VerificationMetrics:
    """Counts since the process started; whoever verifies adds to them.

    `recognised`: accepted from memory on the short way. `malformed`: no token by form or checksum.
    `missing` and `unavailable`: as the outcomes of these names. `usage_failures`: how often usage
    could not be written.
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
        """Count one verdict that a look-up led to; `Outcome.INVALID` needs none."""
        self._verdicts[outcome, source] += 1

    def verifications(self) -> Mapping[tuple[str, str], int]:
        """The counts by outcome and source; also those that are 0."""
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
        """Refuse whoever is not of an Operations account; nobody may be here, on this machine."""
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
