"""Jobs that delete or condense old data."""

from typing import Final

from server.desk import Desk
from server.jobs.job import Job

HOUSEKEEPING_SECONDS: Final = 30.0


def sweep_drafts(desk: Desk) -> Job:
    """Destroy the values of old commits, and the content of old drafts."""

    async def sweep() -> None:
        await desk.drafts.sweep()
        desk.erasure.begin()

    return Job(
        name="sweep_drafts",
        run=sweep,
        every=HOUSEKEEPING_SECONDS,
        leader_only=True,
    )


def sweep_sessions(desk: Desk) -> Job:
    """Delete expired sessions and sign-in links."""
    return Job(
        name="sweep_sessions",
        run=desk.sessions.sweep,
        every=HOUSEKEEPING_SECONDS,
        leader_only=True,
    )


def roll_up_usage(desk: Desk) -> Job:
    """Roll up hourly usage older than 90 days to days."""
    return Job(
        name="roll_up_usage",
        run=desk.usage.roll_up,
        every=HOUSEKEEPING_SECONDS,
        leader_only=True,
    )


def renew_audit_seals(desk: Desk) -> Job:
    """Seal the heads of audit chains with the key ring's first key, after a key rotation."""
    return Job(
        name="renew_audit_seals",
        run=desk.audit_seals.renew,
        every=HOUSEKEEPING_SECONDS,
        leader_only=True,
    )
