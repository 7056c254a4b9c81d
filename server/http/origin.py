"""Security headers for every response, and the origin check of unsafe requests."""

from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.settings import Settings

SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
FOR_PROGRAMS: Final = frozenset({"/verify", "/oauth/introspect"})
"""Called by gateways, which forward the original request's headers, and by services.

These paths ignore cookies, so they need no origin check.
"""
FOR_MARKETPLACE: Final = "/public/v1"
"""Prefix of the REST interface, which ignores cookies as well."""

_HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}
_PORTS: Final = {"http": 80, "https": 443}
_HTTPS: Final = {"Strict-Transport-Security": "max-age=31536000"}


class SecurityHeaders:
    """Adds default security headers to responses that do not set them themselves."""

    def __init__(self, origin: str) -> None:
        wanted = _HEADERS | (_HTTPS if origin.startswith("https:") else {})
        self._wanted = Headers(wanted).raw

    def added_to(self, send: Send) -> Send:
        """Wrap `send` so that it adds the missing headers to a response."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                sent = message["headers"]
                names = {name for name, _ in sent}
                missing = [header for header in self._wanted if header[0] not in names]
                message = {**message, "headers": [*sent, *missing]}
            await send(message)

        return send_with_headers


class OriginGuard:
    """ASGI middleware around all routes: checks the origin and adds security headers.

    `/graphql` is answered before routing; its endpoint checks the origin by `is_own_page` itself.
    """

    def __init__(
        self, app: ASGIApp, settings: Settings, refuse: Callable[[Request], Response]
    ) -> None:
        self._app = app
        self._base_url = settings.base_url
        self._headers = SecurityHeaders(settings.origin)
        self._refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse an unsafe request of another origin; pass on every other one."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        answer = self._app
        if not self._may_pass(scope):
            answer = self._refuse(Request(scope))
        await answer(scope, receive, self._headers.added_to(send))

    def _may_pass(self, scope: Scope) -> bool:
        return (
            scope["method"] in SAFE_METHODS
            or _is_for_programs(scope["path"])
            or is_own_page(Headers(scope=scope), self._base_url)
        )


def _is_for_programs(path: str) -> bool:
    return path in FOR_PROGRAMS or path.startswith(FOR_MARKETPLACE)


def is_own_page(headers: Mapping[str, str], base_url: str | None) -> bool:
    """Return whether a request cannot come from another site's page.

    It checks `Sec-Fetch-Site`, and `Origin` against the desk's own origin. If `base_url` is set,
    that is the only own origin, whatever the `Host` header says. If it is None, the requested host
    counts as own, and a browser's `Sec-Fetch-Site: same-origin` is trusted. Programs send neither
    header and no cookies.
    """
    site = headers.get("sec-fetch-site")
    if site not in {None, "same-origin", "none"}:
        return False
    origin = headers.get("origin")
    if origin is None:
        return True
    if base_url is not None:
        return (own := _parts(base_url)) is not None and _parts(origin) == own
    if site == "same-origin":
        return True
    parts = _parts(origin)
    # Use the Origin's scheme: our own is unknown, as a proxy may terminate TLS.
    return parts is not None and parts == _parts(f"{parts[0]}://{headers.get('host', '')}")


def _parts(origin: str) -> tuple[str, str, int] | None:
    """Return scheme, host and port; None if this is not an http or https origin."""
    try:
        parts = urlsplit(origin)
        port = parts.port or _PORTS.get(parts.scheme)
    except ValueError:
        return None
    if port is None or parts.hostname is None or parts.scheme not in _PORTS:
        return None
    return parts.scheme, parts.hostname, port
