"""Reading a request's parameters from the URL, a JSON body or a multipart form."""

from typing import Final

import orjson
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.types import Message, Receive
from strawberry.file_uploads.utils import replace_placeholders_with_files

from schema.base.http_error import HTTPError
from schema.base.request import GraphQLRequest
from schema.base.request_headers import RequestHeaders
from schema.http.negotiation import JSON
from server.http.forms import MULTIPART, read_form
from server.http.media_type import read_media_type

LARGEST_JSON: Final = 1024 * 1024
"""Bytes of a body without files."""


PREFLIGHT: Final = "GraphQL-Require-Preflight"


_MALFORMED: Final = (AttributeError, IndexError, KeyError, RecursionError, TypeError, ValueError)


async def read_parameters(request: Request, head: RequestHeaders) -> GraphQLRequest:
    """Return the parameters of a GET or POST; raise `HTTPError` with 400, 413 or 415."""
    if request.method == "GET":
        return GraphQLRequest.of(_from_url(request))
    if head.body_type == JSON:
        return GraphQLRequest.of(_decode(await _body(request.receive), "The body"))
    if head.body_type == MULTIPART:
        return GraphQLRequest.of(await _from_form(request))
    raise _unsupported(f"Send the operation as {JSON}, or as {MULTIPART} with a file.")


def bounded(head: RequestHeaders, receive: Receive, largest_upload: int) -> Receive:
    """Wrap `receive` so that it refuses a body larger than the limit of its media type.

    It raises `HTTPError` 413: at the first call if Content-Length is too large, else once too many
    bytes were received.
    """
    largest = largest_upload if head.body_type == MULTIPART else LARGEST_JSON
    declared = head.headers.get("content-length", "")
    taken = 0

    async def receive_bounded() -> Message:
        nonlocal taken
        if declared.isdecimal() and int(declared[:20]) > largest:
            raise _too_large(largest)
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > largest:
            raise _too_large(largest)
        return message

    return receive_bounded


def require_readable(head: RequestHeaders) -> None:
    """Raise `HTTPError` 415 for an unsupported encoding, 400 without the preflight header.

    Other sites' pages can post a multipart form without a CORS preflight, but not with this header.
    """
    headers = head.headers
    if headers.get("content-encoding", "identity").lower() != "identity":
        raise _unsupported("Send the body without a Content-Encoding.")
    if not read_media_type(headers.get("content-type", "")).is_utf_8:
        raise _unsupported("Send the body in UTF-8.")
    if head.body_type.startswith("multipart/") and PREFLIGHT.lower() not in headers:
        raise HTTPError(400, f"A multipart request needs the header {PREFLIGHT}: 1.")


async def _body(receive: Receive) -> bytes:
    """Return the whole body, which usually arrives as one message."""
    chunks, more = [], True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        chunks.append(message.get("body", b""))
        more = message.get("more_body", False)
    return b"".join(chunks)


def _from_url(request: Request) -> dict[str, object]:
    sent: dict[str, object] = dict(request.query_params)
    for name in ("variables", "extensions"):
        text = sent.pop(name, None)
        if text:
            sent[name] = _decode(str(text), f"The parameter {name}")
    return sent


async def _from_form(request: Request) -> object:
    """Read a form of operations, map and files (GraphQL multipart request specification)."""
    try:
        form = await read_form(request, max_files=1_000)
    except HTTPException as error:
        raise HTTPError(400, f"The multipart form is malformed: {error.detail}") from None
    operations, places = form.get("operations"), form.get("map")
    if not isinstance(operations, str) or not isinstance(places, str):
        raise HTTPError(400, "A multipart request needs the text fields operations and map.")
    files = {name: file for name, file in form.items() if isinstance(file, UploadFile)}
    sent = _decode(operations, "The field operations")
    try:
        return replace_placeholders_with_files(
            sent,  # type: ignore[arg-type]  # any JSON; what does not fit raises and is caught
            _places(_decode(places, "The field map")),
            files,
        )
    except _MALFORMED:
        message = "The field map must lead each file to a variable that the operations hold."
        raise HTTPError(400, message) from None


def _places(sent: object) -> dict[str, list[str]]:
    if not isinstance(sent, dict) or not all(isinstance(each, list) for each in sent.values()):
        raise TypeError
    return sent


def _decode(text: str | bytes, what: str) -> object:
    """Parse JSON by orjson: strict UTF-8, limited nesting, no number beyond a double."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise HTTPError(400, f"{what} is not JSON: {error}") from None


def _unsupported(message: str) -> HTTPError:
    headers = {"Accept": f"{JSON}, {MULTIPART}", "Accept-Encoding": "identity"}
    return HTTPError(415, message, headers)


def _too_large(largest: int) -> HTTPError:
    return HTTPError(413, f"The body is larger than {largest:,} bytes.")
