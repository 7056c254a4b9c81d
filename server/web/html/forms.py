"""What forms send besides text: files, as streams."""

from collections.abc import AsyncIterator

from starlette.datastructures import FormData, UploadFile

_CHUNK_BYTES = 64 * 1024


def upload_of(form: FormData) -> AsyncIterator[bytes] | None:
    """The chosen logo as a stream; None where no file was chosen."""
    logo = form.get("logo")
    return _chunks(logo) if isinstance(logo, UploadFile) and logo.filename else None


async def _chunks(file: UploadFile) -> AsyncIterator[bytes]:
    while chunk := await file.read(_CHUNK_BYTES):
        yield chunk
