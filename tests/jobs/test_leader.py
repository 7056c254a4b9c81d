"""The leader: one of all processes that share a database, another when its connection dies."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from server.database import Database
from server.jobs import leader as leader_module
from server.jobs.job import Job
from server.jobs.leader import LEADER_LOCK, Leader
from server.jobs.runs import JobRuns
from tests.jobs.scripted import PATIENCE_SECONDS, Scripted, supervisor_of
from tests.support.postgres import temporary_database


@pytest.fixture
async def server(postgres: str) -> AsyncIterator[str]:
    """A database of the test's own: the lock is one for each database."""
    async with temporary_database(postgres) as url:
        yield url


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Candidates ask more often than they would, and have the patience of a busy machine."""
    monkeypatch.setattr(leader_module, "CAMPAIGN_EVERY_SECONDS", 0.02)
    monkeypatch.setattr(leader_module, "PROVE_EVERY_SECONDS", 0.02)
    monkeypatch.setattr(leader_module, "ANSWER_WITHIN_SECONDS", PATIENCE_SECONDS)


class Process:
    """What each of several processes has: a leader, and jobs."""

    def __init__(self, url: str) -> None:
        self.leader = Leader(Database(url))
        self.swept, self.served = Scripted(), Scripted()
        self.runs = JobRuns()
        jobs = [
            Job(name="elect_leader", run=self.leader.run, every=None),
            Job(name="sweep", run=self.swept, every=30, leader_only=True),
            Job(name="share", run=self.served, every=30),
        ]
        self.supervisor = supervisor_of(jobs, leader=self.leader, runs=self.runs)


async def end_session_of_leader(url: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        ended = await connection.fetch(
            "SELECT pg_terminate_backend(pid) AS ended FROM pg_locks"
            " WHERE locktype = 'advisory' AND granted AND objid = $1"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
            LEADER_LOCK,
        )
    finally:
        await connection.close()
    assert [row["ended"] for row in ended] == [True], "one session holds the lock"


async def test_one_of_two_leads_and_the_other_takes_over_when_its_connection_dies(
    server: str,
) -> None:
    first, second = Process(server), Process(server)
    async with asyncio.timeout(PATIENCE_SECONDS), first.supervisor.running():
        await first.swept.is_through.wait()
        async with second.supervisor.running():
            await second.served.is_through.wait()
            assert (first.leader.leads, second.leader.leads) == (True, False)
            assert (first.swept.calls, second.swept.calls) == (1, 0)
            # The first cannot come back, so that it must be the second that wins.
            first.leader._database = Database("postgres://nobody@127.0.0.1:1/nowhere")
            await end_session_of_leader(server)
            await second.swept.is_through.wait()
            await first.leader.deposed()
            assert first.swept.was_cancelled
    assert first.runs.counts()["elect_leader", "failure"] >= 1
    assert first.runs.counts()["sweep", "failure"] == 0, "to be deposed is no failure"


async def test_one_of_two_stops_and_the_other_leads(server: str) -> None:
    first, second = Process(server), Process(server)
    async with asyncio.timeout(PATIENCE_SECONDS):
        async with first.supervisor.running():
            await first.leader.elected()
            running = second.supervisor.running()
            await running.__aenter__()
            await second.served.is_through.wait()
            assert not second.leader.leads
        await second.leader.elected()
        assert not first.leader.leads
        await running.__aexit__(None, None, None)


async def test_a_leader_whose_connection_died_leads_again(server: str) -> None:
    one = Process(server)
    async with asyncio.timeout(PATIENCE_SECONDS), one.supervisor.running():
        await one.leader.elected()
        await end_session_of_leader(server)
        await one.leader.deposed()
        await one.leader.elected()


async def test_a_leader_that_gets_no_answer_steps_down(
    server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    leader = Leader(Database(server))
    running = asyncio.create_task(leader.run())
    async with asyncio.timeout(PATIENCE_SECONDS):
        await leader.elected()

        async def silent(*_: object) -> None:
            await asyncio.Event().wait()

        monkeypatch.setattr(leader_module, "ANSWER_WITHIN_SECONDS", 0.01)
        monkeypatch.setattr(asyncpg.Connection, "fetchval", silent)
        with pytest.raises(TimeoutError):
            await running
    assert not leader.leads


async def test_the_one_process_of_a_file_leads(tmp_path: Path) -> None:
    leader = Leader(Database(f"sqlite://{tmp_path / 'desk.sqlite3'}"))
    running = asyncio.create_task(leader.run())
    async with asyncio.timeout(PATIENCE_SECONDS):
        await leader.elected()
    running.cancel()
    await asyncio.wait([running])
    assert not leader.leads
