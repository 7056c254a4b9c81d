"""How long a token's value can be shown, and how long an old one is accepted."""

from datetime import timedelta
from enum import StrEnum
from typing import Final

from server.domain.i18n.messages import Message

COMMIT_ANSWER_LIFE: Final = timedelta(minutes=10)
"""How long a repeated commit gets the same answer, value included."""


REVEAL_WITHOUT_PASSWORD: Final = timedelta(minutes=5)
"""How recent a sign-in must be to reveal a value without confirming the password."""


class Grace(StrEnum):
    """How long the old secret is still accepted after a rotation."""

    NONE = "none"
    ONE_HOUR = "1h"
    ONE_DAY = "24h"
    ONE_WEEK = "7d"

    @property
    def span(self) -> timedelta:
        """The duration."""
        return _SPANS[self]

    @property
    def label(self) -> str:
        """The text that people read."""
        return _GRACE_LABELS[self]


_SPANS: Final = {
    Grace.NONE: timedelta(0),
    Grace.ONE_HOUR: timedelta(hours=1),
    Grace.ONE_DAY: timedelta(hours=24),
    Grace.ONE_WEEK: timedelta(days=7),
}


_GRACE_LABELS: Final = {
    Grace.NONE: Message("Not at all: it ends now"),
    Grace.ONE_HOUR: Message("For 1 hour"),
    Grace.ONE_DAY: Message("For 24 hours"),
    Grace.ONE_WEEK: Message("For 7 days"),
}


class RevealPolicy(StrEnum):
    """Whether an account's values can be shown again after creation."""

    ALWAYS = "always"
    ONCE = "once"

    @property
    def label(self) -> str:
        """The text that people read."""
        return _POLICY_LABELS[self]


_POLICY_LABELS: Final = {
    RevealPolicy.ALWAYS: Message("Always"),
    RevealPolicy.ONCE: Message("Once"),
}
