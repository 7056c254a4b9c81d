"""`/metrics`, in the formats that Prometheus reads."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from server.api.metrics.registry import MetricsRegistry
from server.api.verify.bearer_auth import INVALID, INVALID_TOKEN, OUTAGE, caller_of
from server.desk import Desk
from server.domain.actor import NOBODY, Origin
from server.domain.errors import NotAllowed, SignInNeeded, Unavailable

PATH: Final = "/metrics"
FORWARDING: Final = frozenset({"forwarded", "via", "x-forwarded-for", "x-real-ip"})
"""Headers by which a proxy reveals that it forwards another client's request."""

_CHALLENGE: Final = {"WWW-Authenticate": "Bearer"}


class Metrics:
    """Serves the metrics to clients on this machine and to tokens of Operations accounts."""

    def __init__(self, desk: Desk, numbers: MetricsRegistry) -> None:
        self._desk = desk
        self._numbers = numbers

    async def answer(self, request: Request) -> Response:
        """Respond with the metrics, or with the reason for a refusal in plain text."""
        try:
            marks = await self._admit(request)
        except SignInNeeded as refusal:
            sent = "authorization" in request.headers
            return _refusal(401, refusal.message, INVALID_TOKEN if sent else _CHALLENGE)
        except NotAllowed as refusal:
            return _refusal(403, refusal.message)
        except Unavailable as refusal:
            return _refusal(503, refusal.message, {"Retry-After": "5"})
        text, content_type = await self._numbers.written(request.headers.get("accept", ""))
        headers = {"Content-Type": content_type, "Cache-Control": "no-store", **marks}
        return Response(text, headers=headers)

    async def _admit(self, request: Request) -> Mapping[str, str]:
        """Return headers for the response, or raise if the caller may not read the metrics.

        Clients on this machine need no token, so they can read the metrics while the database is
        down.
        """
        nobody = replace(NOBODY, origin=Origin(_address(request)))
        try:
            self._desk.verification_metrics.require_access(nobody)
        except SignInNeeded:
            if "authorization" not in request.headers:
                raise
        else:
            return {}
        caller = await caller_of(request, self._desk)
        if caller.actor is None:
            raise SignInNeeded(INVALID)
        self._desk.verification_metrics.require_access(caller.actor)
        return OUTAGE if caller.from_memory else {}


def _address(request: Request) -> str:
    """Return the client's address; empty if a proxy forwards, as it is then the proxy's."""
    if request.client is None or not FORWARDING.isdisjoint(request.headers):
        return ""
    return request.client.host


def _refusal(
    status: int, message: str, headers: Mapping[str, str] | None = None
) -> PlainTextResponse:
    return PlainTextResponse(f"{message}\n", status, headers)
