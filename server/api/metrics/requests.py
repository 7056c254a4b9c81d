"""Request counts of all faces except `/verify`, which the verifier counts itself."""

from time import perf_counter
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

WEB: Final = "web"
FACES: Final = {
    "/graphql": "graphql",
    "/schema.graphql": "graphql",
    "/oauth": "oauth",
    "/.well-known": "oauth",
    "/public": "rest",
    "/static": "files",
    "/logos": "files",
    "/healthz": "health",
    "/readyz": "health",
    "/metrics": "health",
}
"""First segment of a path to its face; every other path is a page."""

STATUSES: Final = ("2xx", "3xx", "4xx", "5xx")
BUCKETS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)
"""Seconds."""


class RequestMetricsMiddleware:
    """ASGI middleware in front of the whole application, so that failures count as well."""

    def __init__(self, app: ASGIApp, registry: CollectorRegistry) -> None:
        self._app = app
        requests = Counter(
            "tokendesk_http_requests",
            "Requests but those of /verify, by face and class of status.",
            ["face", "status"],
            registry=registry,
        )
        seconds = Histogram(
            "tokendesk_http_request_duration_seconds",
            "Time until an answer begins.",
            ["face"],
            buckets=BUCKETS,
            registry=registry,
        )
        faces = sorted({WEB, *FACES.values()})
        self._seconds = {face: seconds.labels(face) for face in faces}
        self._requests = {
            (face, status[0]): requests.labels(face, status)
            for face in faces
            for status in STATUSES
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; record the response's status and the time until it starts."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = perf_counter()
        face = face_of(scope["path"])

        async def noting(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._seconds[face].observe(perf_counter() - began)
                self._requests[face, str(message["status"])[0]].inc()
            await send(message)

        await self._app(scope, receive, noting)


def face_of(path: str) -> str:
    """Return the face that serves a path; always one of a few names, so labels stay bounded."""
    end = path.find("/", 1)
    return FACES.get(path if end < 0 else path[:end], WEB)
