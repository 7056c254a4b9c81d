"""Security headers on every answer, and no unsafe request from another origin."""

from collections.abc import Callable
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
FOR_PROGRAMS: Final = frozenset({"/verify", "/oauth/introspect"})
"""Asked by gateways with the original request's headers, and by services: no cookie counts."""

_HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}
_HTTPS: Final = {"Strict-Transport-Security": "max-age=31536000"}


class OriginGuard:
    """ASGI middleware around the whole application."""

    def __init__(self, app: ASGIApp, origin: str, refuse: Callable[[Request], Response]) -> None:
        self._app = app
        self._host = urlsplit(origin).netloc
        self._headers = _HEADERS | (_HTTPS if origin.startswith("https:") else {})
        self._refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse, or pass the request on and complete the answer's headers."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            await send(message)

        if scope["method"] in SAFE_METHODS or scope["path"] in FOR_PROGRAMS or self._same(scope):
            await self._app(scope, receive, send_with_headers)
        else:
            await self._refuse(Request(scope))(scope, receive, send_with_headers)

    def _same(self, scope: Scope) -> bool:
        """By `Sec-Fetch-Site`, else `Origin`; a program sends neither and carries no cookie jar."""
        headers = Headers(scope=scope)
        site = headers.get("sec-fetch-site")
        if site is not None:
            return site in {"same-origin", "none"}
        origin = headers.get("origin")
        if origin is None:
            return True
        return urlsplit(origin).netloc in {self._host, headers.get("host")} - {"", None}
