"""What forms send besides text: files, as streams."""

from collections.abc import AsyncIterator
from typing import Final

from starlette.datastructures import FormData, UploadFile

from server.domain.text.validation import DESCRIPTION_CHARACTERS, NAME_CHARACTERS
from server.http.pages.i18n import gettext as _
from server.services.media.logos import LARGEST_BYTES

_CHUNK_BYTES = 64 * 1024


def upload_of(form: FormData) -> AsyncIterator[bytes] | None:
    """The chosen logo as a stream; None where no file was chosen."""
    logo = form.get("logo")
    return _chunks(logo) if isinstance(logo, UploadFile) and logo.filename else None


async def _chunks(file: UploadFile) -> AsyncIterator[bytes]:
    while chunk := await file.read(_CHUNK_BYTES):
        yield chunk


LIMITS: Final = {
    "name": NAME_CHARACTERS,
    "description": DESCRIPTION_CHARACTERS,
    "logo_bytes": LARGEST_BYTES,
}


def count_label(ticked: int, rows: int) -> str:
    """How many of the modules are ticked."""
    return _("%(ticked)s of %(rows)s selected", ticked=ticked, rows=rows)
