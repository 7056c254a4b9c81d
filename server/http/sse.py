"""Server-sent events: a response that streams until its events end or the client leaves."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from typing import Final

from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

PING_EVERY_SECONDS: Final = 15.0
TAKEN_WITHIN_SECONDS: Final = 30.0
"""A client that accepts no data for this long is disconnected."""

_HEADERS: Final = {
    "Cache-Control": "no-store, no-transform",
    "X-Accel-Buffering": "no",  # nginx would buffer events otherwise
}


def event(name: str, data: str = "", *, again_after_ms: int | None = None) -> str:
    """Format one event (HTML standard, section 9.2); `data` must be a single line.

    `again_after_ms` sets how long the client waits, in milliseconds, before it reconnects.
    """
    retry = "" if again_after_ms is None else f"retry: {again_after_ms}\n"
    return f"{retry}event: {name}\ndata: {data}\n\n"


class EventStream(StreamingResponse):
    """Streams events as they arrive, and a comment when idle, so that proxies keep the connection.

    The events' generator is closed as soon as the client leaves, not only at the next event.
    """

    media_type = "text/event-stream"

    def __init__(
        self, events: AsyncGenerator[str, None], headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(events, headers=_HEADERS | dict(headers or {}))
        self._events = events
        self._turn = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Stream until the events end or the client disconnects."""
        await send(
            {"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers}
        )
        work = (self._write(send), self._ping(send), self.listen_for_disconnect(receive))
        tasks = [asyncio.create_task(each) for each in work]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in tasks:
                each.cancel()
            ended = await asyncio.gather(*tasks, return_exceptions=True)
        for how in ended:
            # OSError: the client left. TimeoutError, a subclass: it accepted no data for too long.
            if isinstance(how, Exception) and not isinstance(how, OSError):
                raise how
        if self.background is not None:
            await self.background()

    async def _write(self, send: Send) -> None:
        async with aclosing(self._events) as events:
            async for each in events:
                await self._send(send, each.encode())
        await self._send(send, b"", more=False)

    async def _ping(self, send: Send) -> None:
        while True:
            await asyncio.sleep(PING_EVERY_SECONDS)
            await self._send(send, b": ping\n\n")

    async def _send(self, send: Send, body: bytes, *, more: bool = True) -> None:
        async with self._turn, asyncio.timeout(TAKEN_WITHIN_SECONDS):
            await send({"type": "http.response.body", "body": body, "more_body": more})
