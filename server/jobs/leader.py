"""Elects one of the processes that share a database, by a PostgreSQL advisory lock."""

import asyncio
import logging
from typing import Final

import asyncpg

from server.database import Database

LEADER_LOCK: Final = 7_052_027
"""The key of the advisory lock. The migration lock has the number before it."""

CAMPAIGN_EVERY_SECONDS: Final = 5.0
"""How long there may be no leader."""

PROVE_EVERY_SECONDS: Final = 1.0
ANSWER_WITHIN_SECONDS: Final = 2.0

log = logging.getLogger("tokendesk.jobs")


class Leader:
    """This process's candidacy. It leads only while its own connection holds the lock."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._elected = asyncio.Event()
        self._deposed = asyncio.Event()
        self._deposed.set()

    @property
    def leads(self) -> bool:
        """Whether this process is the leader."""
        return self._elected.is_set()

    async def elected(self) -> None:
        """Wait until this process is the leader."""
        await self._elected.wait()

    async def deposed(self) -> None:
        """Wait until this process is not the leader."""
        await self._deposed.wait()

    async def run(self) -> None:
        """Become the leader as soon as there is no other. Raise when the connection is lost.

        SQLite has one process, which leads at once.
        """
        try:
            if self._database.file is not None:
                self._lead()
                await asyncio.Event().wait()
            else:
                await self._campaign()
        finally:
            self._step_down()

    async def _campaign(self) -> None:
        async with asyncio.timeout(2 * ANSWER_WITHIN_SECONDS):
            connection = await self._database.connect_alone()
        ended = asyncio.Event()

        def end(_: object) -> None:
            self._step_down()
            ended.set()

        connection.add_termination_listener(end)
        try:
            # Poll the lock: waiting inside the database would hold a snapshot and delay vacuum.
            while not await _ask(connection, f"SELECT pg_try_advisory_lock({LEADER_LOCK})"):
                await _pause(ended, CAMPAIGN_EVERY_SECONDS)
            self._lead()
            while True:
                await _pause(ended, PROVE_EVERY_SECONDS)
                await _ask(connection, "SELECT true")
        finally:
            # This ends the session, and with it the lock, without waiting for an answer.
            connection.terminate()

    def _lead(self) -> None:
        log.info("this process leads: it runs the jobs that only one process runs")
        self._deposed.clear()
        self._elected.set()

    def _step_down(self) -> None:
        self._elected.clear()
        self._deposed.set()


async def _ask(connection: asyncpg.Connection, question: str) -> bool:
    async with asyncio.timeout(ANSWER_WITHIN_SECONDS):
        return bool(await connection.fetchval(question))


async def _pause(ended: asyncio.Event, seconds: float) -> None:
    """Sleep, or raise as soon as the connection has ended."""
    try:
        async with asyncio.timeout(seconds):
            await ended.wait()
    except TimeoutError:
        return
    raise ConnectionError("PostgreSQL ended the connection that holds the leader's lock")
