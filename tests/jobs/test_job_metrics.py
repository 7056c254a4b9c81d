"""What `/metrics` tells of jobs: how their runs ended, and when each last succeeded."""

import asyncio

import httpx
import pytest

from server.app import create_app
from server.desk import Desk
from server.jobs import failures
from server.jobs.registry import JOBS
from server.services.tokens.drafts import Drafts
from tests.api.scrapes import Scrape, scrape
from tests.jobs.scripted import PATIENCE_SECONDS
from tests.support.clock import START

RUNS = "tokendesk_job_runs_total"
LAST_SUCCESS = "tokendesk_job_last_success_timestamp_seconds"


def jobs_in(seen: Scrape, name: str) -> set[str]:
    return {dict(labels)["job"] for labels in seen.all(name)}


async def test_every_job_is_told_of_before_its_first_run(desk: Desk) -> None:
    transport = httpx.ASGITransport(create_app(desk))
    async with httpx.AsyncClient(transport=transport, base_url="http://desk.test") as client:
        seen = await scrape(client)
    names = {make(desk).name for make in JOBS}
    assert len(names) == len(JOBS)
    assert jobs_in(seen, RUNS) == names | {"elect_leader"}
    assert set(seen.all(RUNS).values()) == {0}
    periodic = {job.name for job in (make(desk) for make in JOBS) if job.every is not None}
    assert jobs_in(seen, LAST_SUCCESS) == periodic
    assert set(seen.all(LAST_SUCCESS).values()) == {0}


async def test_a_bug_and_the_success_after_it_are_told(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(failures, "FIRST_BACKOFF_SECONDS", 0.001)
    sweep, calls = Drafts.sweep, []

    async def failing(self: Drafts) -> None:
        calls.append(self)
        if len(calls) < 4:
            raise ValueError("a bug")
        await sweep(self)

    monkeypatch.setattr(Drafts, "sweep", failing)
    await desk.close()
    app = create_app(desk)
    transport = httpx.ASGITransport(app)
    async with (
        asyncio.timeout(PATIENCE_SECONDS),
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://desk.test") as client,
    ):
        while (seen := await scrape(client)).value(LAST_SUCCESS, job="sweep_drafts") == 0:
            assert seen.value(RUNS, job="sweep_drafts", outcome="success") == 0
    assert seen.value(RUNS, job="sweep_drafts", outcome="failure") == 3
    assert seen.value(RUNS, job="sweep_drafts", outcome="success") == 1
    assert seen.value(LAST_SUCCESS, job="sweep_drafts") == pytest.approx(START.timestamp())
    assert seen.value(RUNS, job="sweep_sessions", outcome="failure") == 0
    await desk.open()
