"""The supervisor: whatever a job does, it is tried again, and the others never notice."""

import asyncio
import logging
from datetime import timedelta

import pytest
from tortoise.exceptions import DBConnectionError

from server.jobs.job import Job
from server.jobs.runs import JobRuns
from server.jobs.supervisor import HEALTHY_AFTER, _jitter
from tests.jobs.scripted import PATIENCE_SECONDS, Naps, Scripted, supervisor_of
from tests.support.clock import START, TurnableClock

WRONG = ValueError("a bug")
AWAY = DBConnectionError("gone")


async def test_a_job_that_raises_is_restarted_and_counted_and_the_others_go_on() -> None:
    failing, fine = Scripted(WRONG, WRONG, None), Scripted(None, None)
    runs = JobRuns()
    jobs = [Job(name="failing", run=failing, every=30), Job(name="fine", run=fine, every=30)]
    async with supervisor_of(jobs, runs=runs).running(), asyncio.timeout(PATIENCE_SECONDS):
        await fine.is_through.wait()
        await failing.is_through.wait()
    assert runs.counts() == {
        ("failing", "failure"): 2,
        ("failing", "success"): 1,
        ("fine", "failure"): 0,
        ("fine", "success"): 2,
    }
    assert runs.last_success() == {"failing": START, "fine": START}


async def test_a_failing_job_delays_no_other() -> None:
    """The other one succeeds while the first neither ends nor fails."""
    hanging, fine = Scripted(), Scripted(None)
    jobs = [Job(name="hanging", run=hanging, every=30), Job(name="fine", run=fine, every=30)]
    async with supervisor_of(jobs).running(), asyncio.timeout(PATIENCE_SECONDS):
        await fine.is_through.wait()
        assert hanging.calls == 1


async def test_the_backoff_doubles_up_to_its_bound_and_a_success_resets_it() -> None:
    naps = Naps()
    run = Scripted(*[WRONG] * 6, None, AWAY, None)
    job = Job(name="job", run=run, every=30, longest_backoff=5)
    async with supervisor_of([job], naps=naps).running(), asyncio.timeout(PATIENCE_SECONDS):
        await run.is_through.wait()
    assert naps.seconds == [0.5, 1, 2, 4, 5, 5, 30, 0.5, 30]


async def test_ten_thousand_failures_still_wait_for_the_bound() -> None:
    naps = Naps()
    run = Scripted(*[AWAY] * 10_000)
    job = Job(name="job", run=run, every=30)
    async with supervisor_of([job], naps=naps).running(), asyncio.timeout(PATIENCE_SECONDS):
        await run.is_through.wait()
    assert set(naps.seconds[6:]) == {30}


async def test_a_service_is_restarted_when_it_fails_or_returns(
    caplog: pytest.LogCaptureFixture,
) -> None:
    naps, runs = Naps(), JobRuns()
    run = Scripted(None, WRONG)
    service = Job(name="service", run=run, every=None)
    async with (
        supervisor_of([service], naps=naps, runs=runs).running(),
        asyncio.timeout(PATIENCE_SECONDS),
    ):
        await run.is_through.wait()
    assert naps.seconds == [0.5, 1]
    assert runs.counts() == {("service", "failure"): 2}
    assert runs.last_success() == {}
    assert "job service failed, and is tried again: it returned" in caplog.text


async def test_a_service_that_ran_for_a_minute_has_recovered() -> None:
    clock, naps = TurnableClock(), Naps()
    lives = [timedelta(0), HEALTHY_AFTER - timedelta(microseconds=1), HEALTHY_AFTER]
    through = asyncio.Event()

    async def run() -> None:
        if not lives:
            through.set()
            await asyncio.Event().wait()
        clock.advance(lives.pop(0))
        raise WRONG

    service = Job(name="service", run=run, every=None)
    async with (
        supervisor_of([service], naps=naps, clock=clock).running(),
        asyncio.timeout(PATIENCE_SECONDS),
    ):
        await through.wait()
    assert naps.seconds == [0.5, 1, 0.5]


async def test_a_run_that_is_cancelled_from_within_is_a_failure() -> None:
    naps, runs = Naps(), JobRuns()
    through = Scripted()
    calls = 0

    async def run() -> None:
        nonlocal calls
        calls += 1
        if calls == 1:
            raise asyncio.CancelledError
        await through()

    jobs = [Job(name="job", run=run, every=30)]
    async with (
        supervisor_of(jobs, naps=naps, runs=runs).running(),
        asyncio.timeout(PATIENCE_SECONDS),
    ):
        await through.is_through.wait()
    assert runs.counts()["job", "failure"] == 1


async def test_a_wait_that_fails_is_a_failure_and_the_next_run_comes() -> None:
    naps, runs = Naps(), JobRuns()
    run, due = Scripted(None), Scripted(WRONG)
    jobs = [Job(name="job", run=run, every=due)]
    async with (
        supervisor_of(jobs, naps=naps, runs=runs).running(),
        asyncio.timeout(PATIENCE_SECONDS),
    ):
        await run.is_through.wait()
    assert naps.seconds == [0.5]
    assert runs.counts() == {("job", "failure"): 1, ("job", "success"): 1}


async def test_a_streak_of_failures_is_logged_once_and_a_bug_with_its_traceback(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO, "tokendesk.jobs")
    run = Scripted(AWAY, AWAY, WRONG, WRONG, AWAY, None, WRONG, None, AWAY)
    jobs = [Job(name="job", run=run, every=30)]
    async with supervisor_of(jobs).running(), asyncio.timeout(PATIENCE_SECONDS):
        await run.is_through.wait()
    told = [(each.levelname, each.getMessage(), each.exc_info is None) for each in caplog.records]
    assert told == [
        ("WARNING", "job job failed, and is tried again: gone", True),
        ("ERROR", "job job failed, and is tried again: a bug", False),
        ("INFO", "job job recovered after 5 failures", True),
        ("ERROR", "job job failed, and is tried again: a bug", False),
        ("INFO", "job job recovered after 1 failures", True),
        ("WARNING", "job job failed, and is tried again: gone", True),
    ]


async def test_the_pause_between_retries_is_jittered_between_a_half_and_the_whole() -> None:
    drawn = [_jitter() for _ in range(1_000)]
    assert all(0.5 <= each <= 1 for each in drawn)
    assert len(set(drawn)) > 900
