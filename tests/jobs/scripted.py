"""Jobs that do what a test tells them, and a sleep that takes no time."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from server.database import Database
from server.jobs.job import Job
from server.jobs.leader import Leader
from server.jobs.runs import JobRuns
from server.jobs.supervisor import Supervisor
from tests.support.clock import TurnableClock

PATIENCE_SECONDS = 60


class Scripted:
    """Work that ends as each step says: raises it, or succeeds; after the last it blocks."""

    def __init__(self, *steps: Exception | None) -> None:
        self._steps = list(steps)
        self.calls = 0
        self.is_through = asyncio.Event()
        self.was_cancelled = False

    async def __call__(self) -> None:
        self.calls += 1
        if not self._steps:
            self.is_through.set()
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                self.was_cancelled = True
                raise
        step = self._steps.pop(0)
        if step is not None:
            raise step


class Naps:
    """A sleep that returns at once, and remembers for how long it was asked."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)
        await asyncio.sleep(0)


def supervisor_of(
    jobs: Sequence[Job],
    *,
    runs: JobRuns | None = None,
    clock: TurnableClock | None = None,
    naps: Naps | None = None,
    leader: Leader | None = None,
) -> Supervisor:
    return Supervisor(
        jobs,
        leader or Leader(Database(f"sqlite://{Path('nowhere.sqlite3')}")),
        runs or JobRuns(),
        clock or TurnableClock(),
        sleep=naps or Naps(),
        jitter=lambda: 1,
    )
