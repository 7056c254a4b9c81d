"""A clock that a test turns."""

from datetime import UTC, datetime, timedelta
from typing import Final

START: Final = datetime(2030, 3, 14, 9, 26, 53, 589793, tzinfo=UTC)


class TurnableClock:
    """Stands still until it is turned; the desk asks it as it would ask the system's."""

    def __init__(self, now: datetime = START) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, by: timedelta) -> datetime:
        """Turn it on, and answer the new moment."""
        self.now += by
        return self.now
