"""Forms: what a browser or a program posts, read in a time that grows with its size alone.

The body's limit is the route's. A long form is read off the event loop, or in small steps.
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
"""Bytes of a form that are read at once."""
_STEP: Final = 32 * 1024
"""Bytes of a form with files that are read before others have their turn."""


async def read_form(request: Request, *, max_files: int = 0, max_fields: int = 1_000) -> FormData:
    """The fields and files of a form; none where the body is not one. Read once.

    `HTTPException` with 400 where it is damaged, not in UTF-8, or has too many parts. Whoever takes
    files closes the request in the end.
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
        # As browsers write it: what is not ASCII is escaped.
        pairs = parse_qsl(body.decode("latin-1"), keep_blank_values=True, max_num_fields=most)
    except ValueError:
        raise HTTPException(400, f"The form has more than {most} fields.") from None
    return FormData(list[tuple[str, str | UploadFile]](pairs))


async def _parts(request: Request, sent: MediaType, max_files: int, max_fields: int) -> FormData:
    boundary = sent.parameters.get("boundary")
    if boundary is None:
        raise HTTPException(400, "Missing boundary in multipart.")
    # The parser reads this header again: it gets what was understood of it.
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
