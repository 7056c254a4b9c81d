"""Parsing of request bodies: JSON, or a multipart form with a JSON part."""

import re
from collections.abc import AsyncIterator
from typing import Final, TypeVar

from pydantic import ValidationError
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Message, Receive

from server.api.marketplace.problems import ProblemError
from server.api.marketplace.wire.inputs import Sent
from server.http import forms
from server.http.media_type import MediaType, read_media_type

LARGEST: Final = 8 * 1024 * 1024
"""Bytes of a body: a logo of 5 MB takes 6.7 MB as a data URL."""

FORM: Final = forms.MULTIPART
JSON_TYPES: Final = ("application/json", "text/json", "application/*+json")
_JSON: Final = re.compile(r"(application|text)/json|application/[a-z0-9!#$&^_.-]+\+json")

Body = TypeVar("Body", bound=Sent)


def bounded(request: Request, receive: Receive) -> Receive:
    """Wrap `receive` so that it raises 413 if the declared or actual size exceeds `LARGEST`."""
    declared = request.headers.get("content-length", "")
    declared_bytes = int(declared[:20]) if declared.isdecimal() and declared.isascii() else 0
    read = 0

    async def receive_bounded() -> Message:
        nonlocal read
        message = await receive() if declared_bytes <= LARGEST else {}
        read += len(message.get("body", b""))
        if max(declared_bytes, read) > LARGEST:
            raise ProblemError(413, f"The body is larger than {LARGEST // 1024**2} MiB.")
        return message

    return receive_bounded


async def read_json(request: Request, kind: type[Body]) -> Body:
    """Parse and validate a JSON body; raise `ProblemError` with 400, 413 or 415."""
    sent = _media_type(request)
    if _JSON.fullmatch(sent.name) is None or not sent.is_utf_8:
        raise ProblemError(415, f"Send the body as {', '.join(JSON_TYPES)}, in UTF-8.")
    return _read(await request.body(), kind)


async def read_form(request: Request, kind: type[Body]) -> tuple[Body, bytes | None]:
    """Return the parsed part `account` of a form, and the bytes of its file `logo`, if any.

    Raises `ProblemError` with 400, 413 or 415.
    """
    sent = _media_type(request)
    if sent.name != FORM or not sent.is_utf_8:
        raise ProblemError(415, f"Send a form as {FORM}, with the part account in JSON.")
    try:
        form = await forms.read_form(request, max_files=2, max_fields=2)
        text = await _only(form, "account")
        if text is None:
            raise _wrong_part("account", "Send the part account, once.")
        logo = await _only(form, "logo")
    except HTTPException as error:
        raise ProblemError(400, "The form is damaged, or has too many parts.") from error
    return _read(text, kind), logo


async def once(content: bytes) -> AsyncIterator[bytes]:
    """Yield the content as one chunk, since services take uploads as streams."""
    yield content


async def _only(form: FormData, name: str) -> bytes | None:
    """Return the content of a form part; None if it is absent."""
    parts = form.getlist(name)
    if len(parts) > 1:
        raise _wrong_part(name, f"Send the part {name}, once.")
    for part in parts:
        if isinstance(part, UploadFile):
            return await part.read()
        return part.encode("utf-8", "surrogatepass")
    return None


def _wrong_part(name: str, message: str) -> ProblemError:
    return ProblemError(400, message, errors={name: [message]})


def _read(text: bytes, kind: type[Body]) -> Body:
    try:
        return kind.model_validate_json(text)
    except ValidationError as error:
        raise ProblemError.by_shape(error) from None


def _media_type(request: Request) -> MediaType:
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise ProblemError(415, "Send the body without a Content-Encoding.")
    return read_media_type(request.headers.get("content-type", ""))
