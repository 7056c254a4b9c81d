"""Deleting and condensing what has outlived its time."""

from typing import Final

from server.desk import Desk
from server.jobs.job import Job

HOUSEKEEPING_SECONDS: Final = 30.0


def sweep_drafts(desk: Desk) -> Job:
    """Destroy the values of old commits, and the content of old drafts."""
    return Job(
        name="sweep_drafts",
        run=desk.drafts.sweep,
        every=HOUSEKEEPING_SECONDS,
        leader_only=True,
    )


def sweep_sessions(desk: Desk) -> Job:
    """Delete sessions and sign-in links whose time is over."""
    return Job(
        name="sweep_sessions",
        run=desk.sessions.sweep,
        every=HOUSEKEEPING_SECONDS,
        leader_only=True,
    )


def roll_up_usage(desk: Desk) -> Job:
    """Condense the hourly usage of more than 90 days ago to days."""
    return Job(
        name="roll_up_usage",
        run=desk.usage.roll_up,
        every=HOUSEKEEPING_SECONDS,
        leader_only=True,
    )
