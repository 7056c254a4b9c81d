"""Redirects from URLs with a trailing slash to the page without it."""

from urllib.parse import quote

from starlette.responses import RedirectResponse
from starlette.routing import Match, Router
from starlette.types import Receive, Scope, Send

from server.http.addresses import safe_path


class TrailingSlash:
    """Fallback of a router for paths that match no route.

    Starlette's own redirect repeats the `Host` header, which the client chooses; this one names no
    host.
    """

    def __init__(self, router: Router) -> None:
        self._router = router

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Redirect to the same path without the slash if that has a route; otherwise answer 404."""
        target = self._target(scope) if scope["type"] == "http" else ""
        answer = RedirectResponse(target) if target else self._router.not_found
        await answer(scope, receive, send)

    def _target(self, scope: Scope) -> str:
        path = scope["path"].rstrip("/")
        if not scope["path"].endswith("/") or not safe_path(path, ""):
            return ""
        meant = {**scope, "path": path}
        if all(route.matches(meant)[0] is Match.NONE for route in self._router.routes):
            return ""
        query = scope["query_string"].decode("latin-1")
        return quote(path) + (f"?{query}" if query else "")
