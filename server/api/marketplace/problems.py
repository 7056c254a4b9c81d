"""Errors as problem details (RFC 9457) with the Marketplace's titles."""

import math
import re
import secrets
from collections.abc import Mapping, Sequence
from typing import Any, Final

import orjson
from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response

from server.domain.errors import (
    DomainError,
    IllegalTransition,
    Invalid,
    NotAllowed,
    NotFound,
    SignInNeeded,
    Stale,
    Taken,
    TooMany,
    Unavailable,
)

MEDIA_TYPE: Final = "application/problem+json"
RETRY_SECONDS: Final = 5

_RFC_9110: Final = "https://tools.ietf.org/html/rfc9110#section-"
TITLES: Final = {
    400: ("Bad Request", f"{_RFC_9110}15.5.1"),
    401: ("Authentication Failed", f"{_RFC_9110}15.5.2"),
    403: ("Forbidden", f"{_RFC_9110}15.5.4"),
    404: ("Not Found", f"{_RFC_9110}15.5.5"),
    405: ("Method Not Allowed", f"{_RFC_9110}15.5.6"),
    409: ("Conflict", f"{_RFC_9110}15.5.10"),
    413: ("Content Too Large", f"{_RFC_9110}15.5.14"),
    415: ("Unsupported Media Type", f"{_RFC_9110}15.5.16"),
    429: ("Too Many Requests", "https://tools.ietf.org/html/rfc6585#section-4"),
    500: ("Internal Server Error", f"{_RFC_9110}15.6.1"),
    503: ("Service Unavailable", f"{_RFC_9110}15.6.4"),
}
"""Title and type of each status; clients recognize a problem by its title."""

_STATUS: Final[Mapping[type[DomainError], int]] = {
    Invalid: 400,
    IllegalTransition: 400,
    SignInNeeded: 401,
    NotAllowed: 403,
    NotFound: 404,
    Stale: 409,
    Taken: 409,
    TooMany: 429,
    Unavailable: 503,
}
_TRACEPARENT: Final = re.compile("00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})")

Errors = Mapping[str, Sequence[str]]


class ProblemError(Exception):
    """An error response; `errors` are messages by field, or by piece of the query."""

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        errors: Errors | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.errors = errors
        self.headers = headers or {}

    @classmethod
    def by(cls, refusal: DomainError, words: Mapping[str, str] | None = None) -> "ProblemError":
        """Convert a refusal of the desk; `words` maps the desk's field names to public ones."""
        headers = {}
        if isinstance(refusal, TooMany):
            headers["Retry-After"] = str(math.ceil(refusal.retry_after.total_seconds()))
        elif isinstance(refusal, Unavailable):
            headers["Retry-After"] = str(RETRY_SECONDS)
        status = _STATUS.get(type(refusal), 400)
        return cls(status, refusal.message, errors=_errors(refusal, words or {}), headers=headers)

    @classmethod
    def by_shape(cls, error: ValidationError) -> "ProblemError":
        """Convert validation errors of a body; they repeat no value of it."""
        errors: dict[str, list[str]] = {}
        for each in error.errors(include_url=False, include_context=False, include_input=False):
            where = ".".join(map(str, each["loc"])) or "body"
            errors.setdefault(where, []).append(f"{each['msg']}.")
        return cls(400, "The body has not the form that is expected.", errors=errors)


def problem(request: Request, refused: ProblemError, trace: str | None = None) -> Response:
    """Return the problem document; `trace` is the trace id if it was logged already."""
    title, kind = TITLES[refused.status]
    body: dict[str, Any] = {
        "type": kind,
        "title": title,
        "status": refused.status,
        "detail": refused.detail,
        "traceId": trace or trace_id(request),
    }
    if refused.errors:
        body["errors"] = refused.errors
    return Response(orjson.dumps(body), refused.status, refused.headers, MEDIA_TYPE)


def trace_id(request: Request) -> str:
    """Continue the request's W3C traceparent with a new span id, or start a new trace."""
    sent = _TRACEPARENT.fullmatch(request.headers.get("traceparent", ""))
    trace, flags = (sent[1], sent[3]) if sent else (secrets.token_hex(16), "00")
    return f"00-{trace}-{secrets.token_hex(8)}-{flags}"


def _errors(refusal: DomainError, words: Mapping[str, str]) -> Errors | None:
    if isinstance(refusal, IllegalTransition):
        return {"status": [refusal.message]}
    if not isinstance(refusal, Invalid):
        return None
    errors: dict[str, list[str]] = {}
    for field_error in refusal.field_errors:
        errors.setdefault(words.get(field_error.field, field_error.field), []).append(
            field_error.message
        )
    return errors
