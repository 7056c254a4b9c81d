"""The application around a test's own desk, served by uvicorn in the test's own event loop."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn

from server.app import create_app
from server.cli.serving import PROTOCOL, SOCKETS
from server.desk import Desk
from server.services.events.listener import ChangeListener


@asynccontextmanager
async def serving(desk: Desk) -> AsyncIterator[str]:
    """Its URL, while it hears of changes as a real process does. The desk stays open."""
    config = uvicorn.Config(
        create_app(desk),
        host="127.0.0.1",
        port=0,
        http=PROTOCOL,
        lifespan="off",
        log_level="warning",
        **SOCKETS,
    )
    server = uvicorn.Server(config)
    listening = ChangeListener(desk.database, desk.events, desk.clock)
    hearing = asyncio.create_task(listening.run())
    running = asyncio.create_task(server.serve())
    try:
        while not (server.started and desk.events.is_synced):
            assert not running.done(), "the server did not start"
            await asyncio.sleep(0.005)  # neither of them tells when
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        desk.changes.close()
        server.should_exit = True
        await running
        hearing.cancel()
        await asyncio.wait([hearing])
