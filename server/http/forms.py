"""Parsing of forms, in time linear in their size.

The route limits the size of the body. Long forms are parsed in a thread or in small steps, so that
they don't block the event loop.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Final
from urllib.parse import parse_qsl

from starlette.datastructures import FormData, Headers, UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from server.http.media_type import MediaType, read_media_type

URLENCODED: Final = "application/x-www-form-urlencoded"
MULTIPART: Final = "multipart/form-data"

_SHORT: Final = 16 * 1024
"""Bytes; a longer URL-encoded form is parsed in a thread."""
_STEP: Final = 32 * 1024
"""Bytes of a multipart form that are parsed before the event loop runs other tasks."""


async def read_form(request: Request, *, max_files: int = 0, max_fields: int = 1_000) -> FormData:
    """Return the fields and files of a form, read once; empty if the body is not a form.

    Raises `HTTPException` with status 400 if the form is malformed, not in UTF-8, or has too many
    parts. Callers that accept files must close the request afterwards.
    """
    if request._form is None:
        # The request closes what files there are.
        request._form = await _read(request, max_files, max_fields)
    return request._form


async def _read(request: Request, max_files: int, max_fields: int) -> FormData:
    sent = read_media_type(request.headers.get("content-type", ""))
    if sent.name not in {URLENCODED, MULTIPART}:
        return FormData()
    if not sent.is_utf_8:
        raise HTTPException(400, "Send the form in UTF-8.")
    if sent.name == URLENCODED:
        body = await request.body()
        if len(body) <= _SHORT:
            return _fields(body, max_fields)
        return await asyncio.to_thread(_fields, body, max_fields)
    return await _parts(request, sent, max_files, max_fields)


def _fields(body: bytes, most: int) -> FormData:
    try:
        # Browsers percent-encode everything that is not ASCII.
        pairs = parse_qsl(body.decode("latin-1"), keep_blank_values=True, max_num_fields=most)
    except ValueError:
        raise HTTPException(400, f"The form has more than {most} fields.") from None
    return FormData(list[tuple[str, str | UploadFile]](pairs))


async def _parts(request: Request, sent: MediaType, max_files: int, max_fields: int) -> FormData:
    boundary = sent.parameters.get("boundary")
    if boundary is None:
        raise HTTPException(400, "Missing boundary in multipart.")
    # The parser reads the header again, so it gets the boundary as it was parsed here.
    quoted = boundary.replace("\\", "\\\\").replace('"', '\\"')
    headers = Headers({"content-type": f'{MULTIPART}; boundary="{quoted}"'})
    try:
        async with aclosing(_in_steps(request)) as stream:
            parser = MultiPartParser(headers, stream, max_files=max_files, max_fields=max_fields)
            return await parser.parse()
    except MultiPartException as error:
        raise HTTPException(400, error.message) from None


async def _in_steps(request: Request) -> AsyncGenerator[bytes, None]:
    async with aclosing(request.stream()) as stream:
        async for chunk in stream:
            for start in range(0, len(chunk), _STEP):
                yield chunk[start : start + _STEP]
                await asyncio.sleep(0)
