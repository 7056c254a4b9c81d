"""Liveness and readiness probes."""

import asyncio
from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from server.database import STORAGE_FAILURES
from server.desk import Desk

READY_WITHIN_SECONDS: Final = 3.0
"""A database that takes longer counts as too busy; the probe does not wait for it."""


async def live(_: Request) -> Response:
    """Answer 200 as long as the process responds."""
    return JSONResponse({"status": "live"})


async def ready(request: Request) -> Response:
    """Answer 200 if the database responds, is fully migrated and accepts writes; else 503."""
    desk: Desk = request.app.state.desk
    try:
        async with asyncio.timeout(READY_WITHIN_SECONDS):
            pending = await desk.database.pending_migrations()
            busy = await desk.database.is_busy()
    except TimeoutError:
        pending, busy = [], True
    except STORAGE_FAILURES:
        return JSONResponse({"status": "no database"}, 503)
    if pending:
        return JSONResponse({"status": "migrations pending", "pending": pending}, 503)
    if busy:
        return JSONResponse({"status": "the database is busy"}, 503)
    return JSONResponse({"status": "ready"})
