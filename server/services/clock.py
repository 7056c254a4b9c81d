"""The time, as a parameter: services ask a clock, tests turn it."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Gives the present moment, aware, in UTC."""


def utc_now() -> datetime:
    """The system's time."""
    return datetime.now(UTC)
