"""Which form an answer takes: its media type by `Accept`, its status by what went wrong.

The rules are GraphQL over HTTP's (draft of 2026), and RFC 9110's for `Accept`. Under
`application/json` a client can trust nothing but 200 to be GraphQL's own word, so that a
well-formed request is answered with 200 whatever its document is worth; under
`application/graphql-response+json` the status tells.
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
"""What a result can be written in; the first where a client does not care."""


_NOT_KEPT: Final = (b"cache-control", b"no-store")


_STATUS: Final = {"TOO_MANY": 429, "INTERNAL": 500, "UNAVAILABLE": 503, "TIMEOUT": 503}


@lru_cache(maxsize=128)
def negotiate(accept: str, offered: tuple[str, ...]) -> str | None:
    """The offered media type that the client likes best; None where it takes none of them.

    Of types that it likes alike, one that it names comes before one that a wildcard covers, then
    the one that it names first. Without `Accept`, the first that is offered.
    """
    if not accept.strip():
        return offered[0]
    liked = [(*_q_value(accept, each), each) for each in offered]
    quality, *_, best = max(liked, key=lambda each: each[:3])
    return best if quality > 0 else None


def _q_value(accept: str, offered: str) -> tuple[float, int, int]:
    """Quality, how exactly the type is named, and how early (RFC 9110, section 12.5.1)."""
    wildcards = ("*/*", offered.partition("/")[0] + "/*", offered)
    found = [(-1, 0, 0.0)]
    for name, quality, position in read_ranges(accept):
        if name in wildcards:
            # A weight that is none counts as unsaid.
            found.append((wildcards.index(name), -position, 1.0 if quality is None else quality))
    exactness, earliness, liked = max(found)
    return liked, exactness, earliness


def status_of(answer: Mapping[str, Any], media_type: str) -> int:
    """The status of a result: 200 where something was executed, whatever came of it."""
    if "data" in answer or media_type == JSON:
        return 200
    return _STATUS.get(answer["errors"][0]["extensions"]["code"], 400)


def json_response(answer: object, media_type: str, status: int = 200) -> Response:
    """A result as JSON, in UTF-8 and said to be so, that nothing on the way may keep."""
    written = Response(orjson.dumps(answer), status, media_type=f"{media_type}; charset=utf-8")
    written.raw_headers.append(_NOT_KEPT)
    return written


def write_error(
    connection: HTTPConnection, status: int, message: str, headers: Mapping[str, str]
) -> Response:
    """An error that was found before GraphQL was asked, as GraphQL's error body."""
    return error_response(connection, HTTPError(status, message, dict(headers)))


def error_response(connection: HTTPConnection, refused: HTTPError) -> Response:
    """A refusal as GraphQL's error body, in the media type that the client likes."""
    media_type = negotiate(RequestHeaders.of(connection.scope).accept, BODIES) or JSON
    status = 200 if refused.well_formed and media_type == JSON else refused.status
    answer = json_response({"errors": [refused.error]}, media_type, status)
    answer.headers.update(refused.headers)
    return answer
