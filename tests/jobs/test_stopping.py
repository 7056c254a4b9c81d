"""Stopping: waits and interruptible runs end at once, a batch that was begun is finished."""

import asyncio

import pytest

from server.jobs import supervisor
from server.jobs.job import Job
from server.jobs.runs import JobRuns
from tests.jobs.scripted import PATIENCE_SECONDS, Scripted, supervisor_of


async def test_a_stop_cancels_waits_and_interruptible_runs() -> None:
    running, waiting = Scripted(), Scripted()
    runs = JobRuns()
    done = Scripted(None)
    jobs = [
        Job(name="running", run=running, every=30),
        Job(name="waiting", run=done, every=waiting),
        Job(name="service", run=(service := Scripted()), every=None),
    ]
    async with asyncio.timeout(PATIENCE_SECONDS), supervisor_of(jobs, runs=runs).running():
        for each in (running, waiting, service):
            await each.is_through.wait()
    assert running.was_cancelled
    assert waiting.was_cancelled
    assert service.was_cancelled
    assert {name: number for name, number in runs.counts().items() if number} == {
        ("waiting", "success"): 1
    }


async def test_a_stop_waits_for_a_batch_that_was_begun_and_then_runs_the_last(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(supervisor, "CANCEL_AGAIN_SECONDS", 0.01)
    begun, may_end = asyncio.Event(), asyncio.Event()
    told: list[str] = []
    runs = JobRuns()

    async def write() -> None:
        begun.set()
        try:
            await may_end.wait()
        except asyncio.CancelledError:
            told.append("cut off")
            raise
        told.append("written")

    async def write_last() -> None:
        told.append("last")

    async def after() -> None:
        told.append("after")

    jobs = [
        Job(name="write", run=write, every=2, interruptible=False, at_stop=write_last),
        Job(name="swallowing", run=Scripted(), every=2, at_stop=after),
    ]

    async def run() -> None:
        async with supervisor_of(jobs, runs=runs).running():
            await begun.wait()

    async with asyncio.timeout(PATIENCE_SECONDS):
        stopping = asyncio.create_task(run())
        await begun.wait()
        # By then all tasks were cancelled twice.
        done, _ = await asyncio.wait([stopping], timeout=0.05)
        assert not done
        may_end.set()
        await stopping
    assert told == ["written", "last", "after"]
    assert runs.counts()["write", "success"] == 2


async def test_a_last_run_that_fails_is_logged_and_the_others_still_have_theirs(
    caplog: pytest.LogCaptureFixture,
) -> None:
    last = Scripted(None)

    async def fail() -> None:
        raise OSError("disk full")

    first = Scripted(OSError("disk full"))
    jobs = [
        Job(name="write", run=first, every=2, at_stop=fail),
        Job(name="share", run=Scripted(), every=2, at_stop=last),
    ]
    async with asyncio.timeout(PATIENCE_SECONDS), supervisor_of(jobs).running():
        await first.is_through.wait()
    assert last.calls == 1
    assert [each.getMessage() for each in caplog.records] == [
        "job write failed, and is tried again: disk full",
        "job write failed, and the server stops: disk full",
    ]


async def test_a_task_that_lost_its_cancellation_is_cancelled_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Seen from outside, as a job: a library on the way may swallow it."""
    monkeypatch.setattr(supervisor, "CANCEL_AGAIN_SECONDS", 0.01)
    swallowed: list[bool] = []
    begun = asyncio.Event()
    ended: list[bool] = []

    async def swallows_two() -> None:
        begun.set()
        while True:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                if len(swallowed) == 2:
                    ended.append(True)
                    raise
                swallowed.append(True)

    job = Job(name="job", run=swallows_two, every=30)
    async with asyncio.timeout(PATIENCE_SECONDS), supervisor_of([job]).running():
        await begun.wait()
    assert (swallowed, ended) == ([True, True], [True])
