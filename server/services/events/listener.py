"""Hears changes of other processes: by PostgreSQL's NOTIFY, or from SQLite's audit trail."""

import asyncio
import logging
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import datetime
from typing import Any, Final

from server.database import STORAGE_FAILURES, Database
from server.services.events.bus import CHANNEL, ChangeEvent, EventBus

LOOK_EVERY_SECONDS: Final = 0.02
"""How often a process on SQLite polls for changes of other processes."""

PROVE_EVERY_SECONDS: Final = 1.0
ANSWER_WITHIN_SECONDS: Final = 1.0
AGAIN_AFTER_SECONDS: Final = 0.25

log = logging.getLogger("tokendesk.listening")


class ChangeListener:
    """Feeds the event bus. While it cannot listen, it keeps the bus out of sync."""

    def __init__(self, database: Database, events: EventBus, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._events = events
        self._clock = clock

    async def run(self) -> None:
        """Listen until cancelled; reconnect after any storage failure."""
        listen = self._poll if self._database.file is not None else self._wait
        while True:
            try:
                await listen()
            except STORAGE_FAILURES as error:
                if self._events.is_synced:
                    log.warning("no longer hearing of changes: %s", error or type(error).__name__)
            finally:
                self._events.lose(self._clock())
            await asyncio.sleep(AGAIN_AFTER_SECONDS)

    async def _wait(self) -> None:
        """Wait for PostgreSQL's notifications; a query every second proves the connection alive."""
        async with asyncio.timeout(4 * ANSWER_WITHIN_SECONDS):
            connection = await self._database.connect_alone()
        ended = asyncio.Event()
        failures: list[Exception] = []

        def hear(*message: Any) -> None:
            # The driver only logs an exception raised here, and the change would be missed.
            try:
                self._events.hear(ChangeEvent.read(str(message[3])))
            except Exception as error:
                failures.append(error)
                self._end(ended)

        try:
            connection.add_termination_listener(lambda _: self._end(ended))
            await connection.add_listener(CHANNEL, hear)
            self._events.begin()
            log.info("hearing of changes")
            while not ended.is_set():
                with suppress(TimeoutError):
                    async with asyncio.timeout(PROVE_EVERY_SECONDS):
                        await ended.wait()
                if not ended.is_set():
                    async with asyncio.timeout(ANSWER_WITHIN_SECONDS):
                        await connection.fetchval("SELECT 1")
        finally:
            connection.terminate()
        if failures:
            raise failures[0]
        raise ConnectionError("PostgreSQL ended the listening connection")

    def _end(self, ended: asyncio.Event) -> None:
        self._events.lose(self._clock())
        ended.set()

    async def _poll(self) -> None:
        """Poll SQLite: `data_version` shows that another connection wrote, the audit trail what."""
        with closing(_AuditTailer(self._database.reader_here())) as trail:
            self._events.begin()
            while True:
                for news in trail.news():
                    self._events.hear(news)
                await asyncio.sleep(LOOK_EVERY_SECONDS)


class _AuditTailer:
    """Reads new audit records on a connection of its own; a poll takes microseconds."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._version = self._read_version()
        self._row = self._one("SELECT COALESCE(MAX(rowid), 0) FROM audit_records")

    def news(self) -> list[ChangeEvent]:
        """Return the changes recorded since the last call, by any process."""
        version = self._read_version()
        if version == self._version:
            return []
        self._version = version
        rows = self._connection.execute(
            "SELECT rowid, event, object_id, chain, id FROM audit_records WHERE rowid > ?"
            " ORDER BY rowid",
            [self._row],
        ).fetchall()
        if rows:
            self._row = rows[-1][0]
        return [ChangeEvent(*row[1:]) for row in rows]

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _read_version(self) -> int:
        return self._one("PRAGMA data_version")

    def _one(self, statement: str) -> int:
        return int(self._connection.execute(statement).fetchone()[0])
