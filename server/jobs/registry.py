"""The list of jobs. A new job is a function in this folder and a line in `JOBS`."""

from collections.abc import Callable, Iterable
from typing import Final

from server.desk import Desk
from server.jobs.change_listener import listen_for_changes
from server.jobs.housekeeping import (
    renew_audit_seals,
    roll_up_usage,
    sweep_drafts,
    sweep_sessions,
)
from server.jobs.job import Job
from server.jobs.leader import CAMPAIGN_EVERY_SECONDS, Leader
from server.jobs.runs import JobRuns
from server.jobs.supervisor import Supervisor
from server.jobs.usage_writer import write_usage

JOBS: Final[tuple[Callable[[Desk], Job], ...]] = (
    listen_for_changes,
    write_usage,
    sweep_drafts,
    sweep_sessions,
    roll_up_usage,
    renew_audit_seals,
)


def build_supervisor(desk: Desk, runs: JobRuns, more: Iterable[Job] = ()) -> Supervisor:
    """Return a supervisor of all the desk's jobs, of `more`, and of the leader election."""
    leader = Leader(desk.database)
    election = Job(
        name="elect_leader", run=leader.run, every=None, longest_backoff=CAMPAIGN_EVERY_SECONDS
    )
    jobs = [election, *(make(desk) for make in JOBS), *more]
    return Supervisor(jobs, leader, runs, desk.clock)
