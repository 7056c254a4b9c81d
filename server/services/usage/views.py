"""What is told of a token's use: by the hour or day, by whom last, and by module."""

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
"""The reasons that are counted: the secret itself was right."""


class UsageStep(StrEnum):
    """How much time a point stands for."""

    HOUR = "hour"
    DAY = "day"

    @property
    def hours(self) -> int:
        """Its length."""
        return 24 if self is UsageStep.DAY else 1

    @property
    def usual_points(self) -> int:
        """How many are told where nothing else is asked for."""
        return 30 if self is UsageStep.DAY else 24


@dataclass(frozen=True)
class UsagePoint:
    """The calls of an hour or a day: accepted, and refused by reason, all reasons named."""

    start: datetime
    accepted: int
    refused: Mapping[Outcome, int]

    @property
    def all_refused(self) -> int:
        """Refused for whatever reason."""
        return sum(self.refused.values())


def in_all(points: Sequence[UsagePoint]) -> UsagePoint:
    """All points, at least one, as one."""
    refused = {reason: sum(point.refused[reason] for point in points) for reason in REFUSALS}
    return UsagePoint(points[0].start, sum(point.accepted for point in points), refused)


@dataclass(frozen=True)
class CallerView:
    """The last call that ended in one way: when, from where, by which program."""

    outcome: Outcome
    at: datetime
    address: str
    user_agent: str


@dataclass(frozen=True)
class ModuleUse:
    """A module granted to a token, and when a service last asked for it; None for never."""

    module: ModuleView
    withdrawn: bool
    asked_at: datetime | None


@dataclass(frozen=True)
class TokenUsage:
    """A token's calls by hour or day, in order; its last call of each outcome, and its modules.

    The latest call stands first. Modules are by name, those withdrawn from the account last.
    """

    points: Sequence[UsagePoint]
    callers: Sequence[CallerView]
    modules: Sequence[ModuleUse]
