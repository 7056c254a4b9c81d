"""Run counts of this process's jobs: plain numbers, which `/metrics` publishes."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from server.jobs.job import Job


class RunOutcome(StrEnum):
    """How a run of a job ended."""

    SUCCESS = "success"
    FAILURE = "failure"


class JobRuns:
    """Run counts of every registered job since the process started, including zeros."""

    def __init__(self) -> None:
        self._counts: dict[tuple[str, RunOutcome], int] = {}
        self._last_success: dict[str, datetime | None] = {}

    def register(self, job: Job) -> None:
        """Publish a job from now on, even before its first run. A service never succeeds."""
        self._counts[job.name, RunOutcome.FAILURE] = 0
        if job.every is not None:
            self._counts[job.name, RunOutcome.SUCCESS] = 0
            self._last_success[job.name] = None

    def succeeded(self, job: Job, now: datetime) -> None:
        """Count a successful run."""
        self._counts[job.name, RunOutcome.SUCCESS] += 1
        self._last_success[job.name] = now

    def failed(self, job: Job) -> None:
        """Count a failed run."""
        self._counts[job.name, RunOutcome.FAILURE] += 1

    def counts(self) -> Mapping[tuple[str, str], int]:
        """Return the number of runs by job and outcome."""
        return {(name, outcome.value): number for (name, outcome), number in self._counts.items()}

    def last_success(self) -> Mapping[str, datetime | None]:
        """Return when each periodic job last succeeded; None before its first success."""
        return self._last_success
