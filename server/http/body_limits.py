"""An HTML page for 413 Content Too Large, instead of Starlette's plain text."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_FOR_PROGRAMS: Final = ("/graphql", "/oauth/", "/public/")
"""Paths that enforce body limits of their own."""

_MOST_TAKEN: Final = 64 * 1024 * 1024
_LONGEST_SECONDS: Final = 10


class TooLargeAsPage:
    """ASGI middleware that wraps Starlette's `RequestBodyLimitMiddleware`."""

    def __init__(self, app: ASGIApp, tell: Callable[[Request], Awaitable[Response]]) -> None:
        self._app = app
        self._tell = tell

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and replace a plain-text 413 with a page."""
        if scope["type"] != "http" or scope["path"].startswith(_FOR_PROGRAMS):
            await self._app(scope, receive, send)
            return
        held = False

        async def send_or_hold(message: Message) -> None:
            nonlocal held
            held = held or _is_bare_refusal(message)
            if not held:
                await send(message)

        await self._app(scope, receive, send_or_hold)
        if held:
            await _take_the_rest(receive)
            answer = await self._tell(Request(scope))
            await answer(scope, receive, send)


def _is_bare_refusal(message: Message) -> bool:
    if message["type"] != "http.response.start" or message["status"] != 413:
        return False
    return Headers(raw=message["headers"]).get("content-type", "").startswith("text/plain")


async def _take_the_rest(receive: Receive) -> None:
    """Read and discard the rest of the body, up to 64 MiB or 10 seconds.

    Browsers read no response before they have sent the whole body.
    """
    taken, more = 0, True
    with suppress(TimeoutError):
        async with asyncio.timeout(_LONGEST_SECONDS):
            while more and taken < _MOST_TAKEN:
                message = await receive()
                taken += len(message.get("body", b""))
                more = message["type"] == "http.request" and message.get("more_body", False)
