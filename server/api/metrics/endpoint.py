"""`/metrics`: what an operator watches, in the formats that Prometheus reads."""

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
"""Headers by which a proxy says that it asks for somebody else."""

_CHALLENGE: Final = {"WWW-Authenticate": "Bearer"}


class Metrics:
    """The page, for this machine and for programs of Operations accounts."""

    def __init__(self, desk: Desk, numbers: MetricsRegistry) -> None:
        self._desk = desk
        self._numbers = numbers

    async def answer(self, request: Request) -> Response:
        """The metrics, or in plain text why not."""
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
        """Refuse, or give the headers that the answer needs.

        Whoever is on this machine is asked for no token, so that storage may be away.
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
    """Whose request it is; nobody's where a proxy asks, as then the address is the proxy's."""
    if request.client is None or not FORWARDING.isdisjoint(request.headers):
        return ""
    return request.client.host


def _refusal(
    status: int, message: str, headers: Mapping[str, str] | None = None
) -> PlainTextResponse:
    return PlainTextResponse(f"{message}\n", status, headers)
