"""The application's lifespan: the jobs beside requests, and how streams end."""

import asyncio
import signal
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from types import FrameType

from starlette.applications import Starlette

from server.desk import Desk
from server.jobs.supervisor import Supervisor


@asynccontextmanager
async def lifespan(app: Starlette) -> AsyncIterator[None]:
    """Open the desk, supervise its jobs, and close it at the end."""
    desk: Desk = app.state.desk
    supervisor: Supervisor = app.state.supervisor
    await desk.open()
    try:
        async with supervisor.running():
            with on_stop_signal(desk.changes.close):
                yield
    finally:
        await desk.close()


@contextmanager
def on_stop_signal(end: Callable[[], None]) -> Iterator[None]:
    """Call `end` in the event loop as soon as the server is told to stop.

    A server waits for open responses before it ends the application, and an event stream never ends
    by itself. So this also handles the signals that the server handles. Signals without a handler,
    and threads other than the main one, are left alone.
    """
    loop = asyncio.get_running_loop()
    handled = {}
    if threading.current_thread() is threading.main_thread():
        found = {each: signal.getsignal(each) for each in (signal.SIGTERM, signal.SIGINT)}
        handled = {each: handler for each, handler in found.items() if callable(handler)}

    def tell(number: int, frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(end)
        handled[signal.Signals(number)](number, frame)

    for each in handled:
        signal.signal(each, tell)
    try:
        yield
    finally:
        for each, handler in handled.items():
            signal.signal(each, handler)
