"""Security headers on every answer, and no unsafe request from another origin."""

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
"""Asked by gateways with the original request's headers, and by services: no cookie counts."""
FOR_MARKETPLACE: Final = "/public/v1"
"""What begins so is for programs as well."""

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
    """What every answer tells a browser to be careful about, where it does not say so itself."""

    def __init__(self, origin: str) -> None:
        wanted = _HEADERS | (_HTTPS if origin.startswith("https:") else {})
        self._wanted = Headers(wanted).raw

    def added_to(self, send: Send) -> Send:
        """`send`, which completes the headers of an answer."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                sent = message["headers"]
                names = {name for name, _ in sent}
                missing = [header for header in self._wanted if header[0] not in names]
                message = {**message, "headers": [*sent, *missing]}
            await send(message)

        return send_with_headers


class OriginGuard:
    """ASGI middleware around all that is routed."""

    def __init__(
        self, app: ASGIApp, settings: Settings, refuse: Callable[[Request], Response]
    ) -> None:
        self._app = app
        self._base_url = settings.base_url
        self._headers = SecurityHeaders(settings.origin)
        self._refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse, or pass the request on and complete the answer's headers."""
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
    """Whether no other site's page can have asked: by `Sec-Fetch-Site`, and by `Origin`.

    `base_url` is the public origin, where it is set: then no other one is ours, whatever Host was
    asked for. Where it is not, the Host that was asked for is ours, but for a browser that says by
    itself that a page asked its own origin. A program sends neither header, and carries no cookie
    jar.
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
    # Whether https was spoken to a proxy before us is not known here.
    return parts is not None and parts == _parts(f"{parts[0]}://{headers.get('host', '')}")


def _parts(origin: str) -> tuple[str, str, int] | None:
    """Scheme, host and port; None for what is no web origin."""
    try:
        parts = urlsplit(origin)
        port = parts.port or _PORTS.get(parts.scheme)
    except ValueError:
        return None
    if port is None or parts.hostname is None or parts.scheme not in _PORTS:
        return None
    return parts.scheme, parts.hostname, port
