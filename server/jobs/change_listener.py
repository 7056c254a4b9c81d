"""The job that hears of other processes' changes, without which caches are not trusted."""

from typing import Final

from server.desk import Desk
from server.jobs.job import Job
from server.services.events.listener import ChangeListener

LONGEST_BACKOFF_SECONDS: Final = 5.0
"""Short, because meanwhile every verification queries the database."""


def listen_for_changes(desk: Desk) -> Job:
    """Listen as long as the server runs. While it fails, caches are not trusted."""
    return Job(
        name="listen_for_changes",
        run=ChangeListener(desk.database, desk.events, desk.clock).run,
        every=None,
        longest_backoff=LONGEST_BACKOFF_SECONDS,
    )
