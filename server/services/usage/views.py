"""Views of a token's usage: by hour or day, by last call, and by module."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from server.domain.verification.verdict import Outcome
from server.services.accounts.views import ModuleView

REFUSALS: Final = (
    Outcome.DISABLED,
    Outcome.EXPIRED,
    Outcome.ROTATED,
    Outcome.INSUFFICIENT_SCOPE,
)
"""The refusals that are counted: those where the secret itself was right."""


class UsageStep(StrEnum):
    """The length of time that a point covers."""

    HOUR = "hour"
    DAY = "day"

    @property
    def hours(self) -> int:
        """The length in hours."""
        return 24 if self is UsageStep.DAY else 1

    @property
    def usual_points(self) -> int:
        """The number of points reported by default."""
        return 30 if self is UsageStep.DAY else 24


@dataclass(frozen=True)
class UsagePoint:
    """The calls of an hour or day: accepted, and refused by reason. All reasons are present."""

    start: datetime
    accepted: int
    refused: Mapping[Outcome, int]

    @property
    def all_refused(self) -> int:
        """The number of refused calls, whatever the reason."""
        return sum(self.refused.values())


def in_all(points: Sequence[UsagePoint]) -> UsagePoint:
    """Add up the points, of which there must be at least one."""
    refused = {reason: sum(point.refused[reason] for point in points) for reason in REFUSALS}
    return UsagePoint(points[0].start, sum(point.accepted for point in points), refused)


@dataclass(frozen=True)
class CallerView:
    """The last call with a given outcome: when, from where, by which program."""

    outcome: Outcome
    at: datetime
    address: str
    user_agent: str


@dataclass(frozen=True)
class ModuleUse:
    """A granted module, and when a service last asked for it; None for never."""

    module: ModuleView
    withdrawn: bool
    asked_at: datetime | None


@dataclass(frozen=True)
class TokenUsage:
    """A token's usage: calls by hour or day in order, last calls, and modules.

    Last calls are latest first, one for each outcome. Modules are by name, withdrawn ones last.
    """

    points: Sequence[UsagePoint]
    callers: Sequence[CallerView]
    modules: Sequence[ModuleUse]
