"""Whether the process lives, and whether it can do its work."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from server.database import STORAGE_FAILURES
from server.desk import Desk


async def live(_: Request) -> Response:
    """The process answers."""
    return JSONResponse({"status": "live"})


async def ready(request: Request) -> Response:
    """The database answers and has every migration; else 503."""
    desk: Desk = request.app.state.desk
    try:
        pending = await desk.database.pending_migrations()
    except STORAGE_FAILURES:
        return JSONResponse({"status": "no database"}, 503)
    if pending:
        return JSONResponse({"status": "migrations pending", "pending": pending}, 503)
    return JSONResponse({"status": "ready"})
