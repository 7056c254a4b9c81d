"""From the application's start to its end: what runs beside requests, and how streams end."""

import asyncio
import logging
import signal
import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from types import FrameType
from typing import Any, Final

from starlette.applications import Starlette

from server.database import STORAGE_FAILURES
from server.desk import Desk
from server.listening import Listening

SWEEP_EVERY_SECONDS: Final = 30
CANCEL_AGAIN_SECONDS: Final = 0.5

log = logging.getLogger("tokendesk")


@asynccontextmanager
async def lifespan(app: Starlette) -> AsyncIterator[None]:
    """Open the desk, do its housekeeping and hear of changes meanwhile, and close it."""
    desk: Desk = app.state.desk
    await desk.open()
    listening = Listening(desk.database, desk.announcements, desk.clock)
    beside: list[Callable[[], Coroutine[Any, Any, None]]] = app.state.beside
    work = (_sweep(desk), _write_usage(desk), listening.run(), *(each() for each in beside))
    tasks = [asyncio.create_task(each) for each in work]
    try:
        with when_told_to_stop(desk.changes.close):
            yield
    finally:
        await ended(tasks)
        await written(desk, all_latest=True)
        await desk.close()


async def ended(tasks: Iterable[asyncio.Task[None]]) -> None:
    """Cancel tasks until none is left: a library on the way may swallow a cancellation."""
    left = set(tasks)
    while left:
        for task in left:
            task.cancel()
        _, left = await asyncio.wait(left, timeout=CANCEL_AGAIN_SECONDS)


@contextmanager
def when_told_to_stop(end: Callable[[], None]) -> Iterator[None]:
    """Call `end` in the event loop as soon as the server is told to stop.

    A server waits for open answers before it ends the application, and an event stream is an
    answer without end. So the signals that servers handle themselves are heard here as well;
    signals that nobody handles, and other threads than the main one, are left alone.
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


async def _sweep(desk: Desk) -> None:
    while True:
        try:
            await desk.sweep()
        except STORAGE_FAILURES as error:
            log.warning("sweeping failed, and is tried again: %s", error)
        await asyncio.sleep(SWEEP_EVERY_SECONDS)


async def _write_usage(desk: Desk) -> None:
    while True:
        await desk.usage.due()
        # A batch that was begun is finished: broken off, it might be written and counted again.
        await asyncio.shield(written(desk))


async def written(desk: Desk, *, all_latest: bool = False) -> None:
    """Write what was counted of usage; a failure is told in the log and in the metrics."""
    try:
        await desk.usage.write(all_latest=all_latest)
    except STORAGE_FAILURES as error:
        desk.tally.usage_failures += 1
        log.warning("usage could not be written, and is tried again: %s", error)
