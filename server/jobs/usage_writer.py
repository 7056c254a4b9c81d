"""The job that writes counted usage behind the requests."""

from functools import partial
from typing import Final

from server.desk import Desk
from server.jobs.job import Job

LONGEST_BACKOFF_SECONDS: Final = 5.0
"""Short, because meanwhile usage is only in memory, where a crash would lose it."""


def write_usage(desk: Desk) -> Job:
    """Write usage every two seconds, a first use at once, and all of it at the end."""
    return Job(
        name="write_usage",
        run=partial(write, desk),
        every=desk.usage.due,
        # If cut off, a batch might be written and counted again.
        interruptible=False,
        longest_backoff=LONGEST_BACKOFF_SECONDS,
        at_stop=partial(write, desk, all_latest=True),
    )


async def write(desk: Desk, *, all_latest: bool = False) -> None:
    """Write what was counted. Count a failure, and raise it."""
    try:
        await desk.usage.write(all_latest=all_latest)
    except Exception:
        desk.verification_metrics.usage_failures += 1
        raise
