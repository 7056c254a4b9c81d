"""Logos and static files."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from server.desk import Desk

_TYPES = {"png": "image/png", "jpg": "image/jpeg"}
_A_YEAR = "public, max-age=31536000, immutable"


async def logo(request: Request) -> Response:
    """A kept logo. Its name is the hash of its content, so that it never changes."""
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
    """Static files; an address with its content's version may be cached for good."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file, with a cache life by whether its address names a version."""
        answer = await super().get_response(path, scope)
        versioned = scope.get("query_string", b"").startswith(b"v=")
        answer.headers["Cache-Control"] = _A_YEAR if versioned else "no-cache"
        return answer
