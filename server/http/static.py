"""Logos and static files."""

from typing import Final

import anyio.to_thread
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.staticfiles import NotModifiedResponse, StaticFiles
from starlette.types import Scope

from server.desk import Desk
from server.http.gzip import accepts_gzip
from server.http.pages.assets import Asset, find

_TYPES: Final = {"png": "image/png", "jpg": "image/jpeg"}
_A_YEAR: Final = "public, max-age=31536000, immutable"


async def logo(request: Request) -> Response:
    """Serve a stored logo. Its name is the hash of its content, so it can be cached forever."""
    desk: Desk = request.app.state.desk
    name = request.path_params["name"]
    content = await desk.logos.read(name)
    return Response(
        content,
        media_type=_TYPES[name.rpartition(".")[2]],
        headers={
            "Cache-Control": _A_YEAR,
            "Content-Security-Policy": "default-src 'none'; sandbox",
        },
    )


class VersionedFiles(StaticFiles):
    """Static files; a URL with the content's version may be cached forever."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return the file, cacheable for a year if the URL names a version."""
        # The first read of a file loads and compresses it, which would block the event loop.
        text = await anyio.to_thread.run_sync(find, path)
        if text and scope["method"] in {"GET", "HEAD"}:
            answer = await anyio.to_thread.run_sync(self._text, text, Headers(scope=scope))
        else:
            answer = await super().get_response(path, scope)
        versioned = scope.get("query_string", b"").startswith(b"v=")
        answer.headers["Cache-Control"] = _A_YEAR if versioned else "no-cache"
        return answer

    def _text(self, text: Asset, asked: Headers) -> Response:
        packed = accepts_gzip(asked.get("accept-encoding", ""))
        headers = {
            "ETag": f'"{text.version}{"-gzip" if packed else ""}"',
            "Vary": "Accept-Encoding",
            **({"Content-Encoding": "gzip"} if packed else {}),
        }
        answer = Response(
            text.compressed if packed else text.content,
            headers=headers,
            media_type=text.media_type,
        )
        return (
            NotModifiedResponse(answer.headers)
            if self.is_not_modified(answer.headers, asked)
            else answer
        )
