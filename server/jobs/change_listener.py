"""Hearing of changes made by other processes, so that what is remembered can be believed."""

from typing import Final

from server.desk import Desk
from server.jobs.job import Job
from server.services.events.listener import ChangeListener

LONGEST_BACKOFF_SECONDS: Final = 5.0
"""Short: meanwhile every verification asks the database."""


def listen_for_changes(desk: Desk) -> Job:
    """Listen as long as the server runs; while it fails, memory is not believed."""
    return Job(
        name="listen_for_changes",
        run=ChangeListener(desk.database, desk.events, desk.clock).run,
        every=None,
        longest_backoff=LONGEST_BACKOFF_SECONDS,
    )
