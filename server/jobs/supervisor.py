"""Keeps jobs running: each on its own, restarted after any failure, stopped with the server."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Final

from server.jobs.failures import FailureStreak
from server.jobs.job import Job, Work
from server.jobs.leader import Leader
from server.jobs.runs import JobRuns

HEALTHY_AFTER: Final = timedelta(minutes=1)
"""A service that ran for this long has recovered from its last failure."""

CANCEL_AGAIN_SECONDS: Final = 0.5

Clock = Callable[[], datetime]
Sleep = Callable[[float], Awaitable[None]]
Jitter = Callable[[], float]
"""Returns a share of the backoff, between a half and all of it."""


class EndedEarlyError(Exception):
    """A service returned, or a run was cancelled by something other than the supervisor."""


def _jitter() -> float:
    return random.uniform(0.5, 1)  # noqa: S311 - it spreads retries, and protects nothing


class Supervisor:
    """Runs every job in its own task, so that none can end, delay or skip another."""

    def __init__(
        self,
        jobs: Sequence[Job],
        leader: Leader,
        runs: JobRuns,
        clock: Clock,
        *,
        sleep: Sleep = asyncio.sleep,
        jitter: Jitter = _jitter,
    ) -> None:
        self.jobs = jobs
        self._leader = leader
        self._runs = runs
        self._clock = clock
        self._sleep = sleep
        self._jitter = jitter
        self._begun: dict[asyncio.Task[None], Job] = {}
        self._streaks = {job.name: FailureStreak(job) for job in jobs}
        for job in jobs:
            runs.register(job)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Supervise the jobs inside the block. At its end they stop and have their last run."""
        tasks = [asyncio.create_task(self._supervise(job), name=job.name) for job in self.jobs]
        try:
            yield
        finally:
            await cancel_all(tasks)
            await self._finish()

    async def _finish(self) -> None:
        begun = dict(self._begun)
        await cancel_all(run for run, job in begun.items() if job.interruptible)
        if begun:
            await asyncio.wait(begun)
        for job in self.jobs:
            if job.at_stop is not None:
                self._streaks[job.name] = FailureStreak(job, is_last=True)
                await self._attempt(job, job.at_stop)

    async def _supervise(self, job: Job) -> None:
        while True:
            if job.leader_only:
                await self._leader.elected()
            await self._run_once(job)
            await self._pause(job)

    async def _run_once(self, job: Job) -> None:
        run = asyncio.create_task(self._attempt(job, job.run), name=job.name)
        self._begun[run] = job
        run.add_done_callback(self._begun.pop)
        if not job.interruptible:
            await asyncio.shield(run)
            return
        until = [run]
        if job.leader_only:
            until.append(asyncio.create_task(self._leader.deposed()))
        try:
            await asyncio.wait(until, return_when=asyncio.FIRST_COMPLETED)
        finally:
            await cancel_all(until)

    async def _attempt(self, job: Job, work: Work) -> None:
        """Run once in the current task, and record the result. Only a cancellation is raised."""
        began = self._clock()
        try:
            await work()
            if job.every is None:
                raise EndedEarlyError("it returned")
        except asyncio.CancelledError:
            if _is_being_cancelled():
                raise
            self._failed(job, EndedEarlyError("it was cancelled from within"), began)
        except Exception as error:
            self._failed(job, error, began)
        else:
            self._runs.succeeded(job, self._clock())
            self._streaks[job.name].end()

    def _failed(self, job: Job, error: Exception, began: datetime) -> None:
        streak = self._streaks[job.name]
        if job.every is None and self._clock() - began >= HEALTHY_AFTER:
            streak.end()
        self._runs.failed(job)
        streak.add(error)

    async def _pause(self, job: Job) -> None:
        """Wait until the next run is due. After failures the wait grows, up to a bound."""
        streak = self._streaks[job.name]
        if streak.backoff:
            await self._sleep(streak.backoff * self._jitter())
        elif callable(job.every):
            try:
                await job.every()
            except Exception as error:
                self._failed(job, error, self._clock())
                await self._sleep(streak.backoff * self._jitter())
        elif job.every is not None:
            await self._sleep(job.every)


def _is_being_cancelled() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


async def cancel_all(tasks: Iterable[asyncio.Task[None]]) -> None:
    """Cancel tasks until none is left: some library may swallow a cancellation."""
    left = {task for task in tasks if not task.done()}
    while left:
        for task in left:
            task.cancel()
        _, left = await asyncio.wait(left, timeout=CANCEL_AGAIN_SECONDS)
