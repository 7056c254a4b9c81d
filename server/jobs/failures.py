"""Consecutive failures of a job: how long to wait, and what to log."""

import logging
from typing import Final

from server.database import STORAGE_FAILURES
from server.jobs.job import Job

FIRST_BACKOFF_SECONDS: Final = 0.5

log = logging.getLogger("tokendesk.jobs")


class FailureStreak:
    """The failures of one job since its last success."""

    def __init__(self, job: Job, *, is_last: bool = False) -> None:
        """`is_last`: the server stops, and nothing is retried."""
        self._job = job
        self._then = "and the server stops" if is_last else "and is tried again"
        self._length = 0
        self._is_traced = False

    @property
    def backoff(self) -> float:
        """Seconds until the next attempt; 0 after a success, then doubling up to the bound."""
        if not self._length:
            return 0
        # More doublings than any bound needs, and few enough for a float.
        doublings = min(self._length - 1, 32)
        return float(min(FIRST_BACKOFF_SECONDS * 2**doublings, self._job.longest_backoff))

    def add(self, error: Exception) -> None:
        """Log the first failure of a streak, and the first that is not a storage failure.

        Only the latter gets a traceback: unavailable storage says nothing about the code.
        """
        self._length += 1
        reason = str(error) or type(error).__name__
        details = (self._job.name, self._then, reason)
        if not isinstance(error, STORAGE_FAILURES):
            if not self._is_traced:
                log.error("job %s failed, %s: %s", *details, exc_info=error)
            self._is_traced = True
        elif self._length == 1:
            log.warning("job %s failed, %s: %s", *details)

    def end(self) -> None:
        """End the streak after a success, and log the recovery."""
        if self._length:
            log.info("job %s recovered after %d failures", self._job.name, self._length)
        self._length = 0
        self._is_traced = False
