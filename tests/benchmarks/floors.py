"""What nothing can beat on this machine: applications that do no work, on our server's settings."""

from typing import Final

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

BODY: Final = b'{"active":true,"filler":"' + b"." * 173 + b'"}'
_START: Final = {
    "type": "http.response.start",
    "status": 200,
    "headers": [(b"content-type", b"application/json"), (b"content-length", b"200")],
}
_BODY: Final = {"type": "http.response.body", "body": BODY}
_CONTENT: Final = {
    "active": True,
    "id": "TKN-0000-0001",
    "name": "Robot 0000001",
    "account": {"id": "ACC-9000-0001", "type": "Client"},
    "modules": ["MOD-3001", "MOD-3008"],
    "filler": "." * 58,
}


async def constant(scope: Scope, receive: Receive, send: Send) -> None:
    """(a) The same 200 bytes for everyone."""
    if scope["type"] == "lifespan":
        await _live(receive, send)
        return
    await send(_START)
    await send(_BODY)


async def _answer(_: Request) -> JSONResponse:
    return JSONResponse(_CONTENT)


routed: Final = Starlette(routes=[Route("/", _answer)])
"""(c) A Starlette route with a JSONResponse of like size."""


async def _live(receive: Receive, send: Send) -> None:
    for word in ("startup", "shutdown"):
        await receive()
        await send({"type": f"lifespan.{word}.complete"})
