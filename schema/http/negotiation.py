"""Content negotiation: the media type by `Accept`, the status by the kind of error.

The rules are GraphQL over HTTP's (draft of 2026), and RFC 9110's for `Accept`. Under
`application/json`, clients can only trust a 200 to come from GraphQL itself, so every well-formed
request is answered with 200, even if its document is invalid. Under
`application/graphql-response+json`, the status reports the error.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

import orjson
from starlette.requests import HTTPConnection
from starlette.responses import Response

from schema.base.http_error import HTTPError
from schema.base.request_headers import RequestHeaders
from server.http.accept import read_ranges

JSON: Final = "application/json"


GRAPHQL_JSON: Final = "application/graphql-response+json"


EVENTS: Final = "text/event-stream"


HTML: Final = "text/html"


BODIES: Final = (JSON, GRAPHQL_JSON)
"""Media types of a result; the first is the default."""


_NOT_KEPT: Final = (b"cache-control", b"no-store")


_STATUS: Final = {"TOO_MANY": 429, "INTERNAL": 500, "UNAVAILABLE": 503, "TIMEOUT": 503}


@lru_cache(maxsize=128)
def negotiate(accept: str, offered: tuple[str, ...]) -> str | None:
    """Return the offered media type that the client prefers; None if it accepts none of them.

    Among equal weights, an exact type wins over a wildcard, then the earlier range wins. Without
    `Accept`, the first offered type is used.
    """
    if not accept.strip():
        return offered[0]
    liked = [(*_q_value(accept, each), each) for each in offered]
    quality, *_, best = max(liked, key=lambda each: each[:3])
    return best if quality > 0 else None


def _q_value(accept: str, offered: str) -> tuple[float, int, int]:
    """Return weight, specificity and earliness of the best match (RFC 9110, section 12.5.1)."""
    wildcards = ("*/*", offered.partition("/")[0] + "/*", offered)
    found = [(-1, 0, 0.0)]
    for name, quality, position in read_ranges(accept):
        if name in wildcards:
            # A malformed weight counts as missing.
            found.append((wildcards.index(name), -position, 1.0 if quality is None else quality))
    exactness, earliness, liked = max(found)
    return liked, exactness, earliness


def status_of(answer: Mapping[str, Any], media_type: str) -> int:
    """Return the status of a result: 200 if anything was executed, even with errors."""
    if "data" in answer or media_type == JSON:
        return 200
    return _STATUS.get(answer["errors"][0]["extensions"]["code"], 400)


def json_response(answer: object, media_type: str, status: int = 200) -> Response:
    """Return a JSON response in UTF-8, marked as such, that no cache may store."""
    written = Response(orjson.dumps(answer), status, media_type=f"{media_type}; charset=utf-8")
    written.raw_headers.append(_NOT_KEPT)
    return written


def write_error(
    connection: HTTPConnection, status: int, message: str, headers: Mapping[str, str]
) -> Response:
    """Write an error from before execution as a GraphQL error body."""
    return error_response(connection, HTTPError(status, message, dict(headers)))


def error_response(connection: HTTPConnection, refused: HTTPError) -> Response:
    """Write a refusal as a GraphQL error body, in the media type that the client prefers."""
    media_type = negotiate(RequestHeaders.of(connection.scope).accept, BODIES) or JSON
    status = 200 if refused.well_formed and media_type == JSON else refused.status
    answer = json_response({"errors": [refused.error]}, media_type, status)
    answer.headers.update(refused.headers)
    return answer
