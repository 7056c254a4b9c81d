"""What forms send: the fields of tokens and drafts, and files, as streams."""

from collections.abc import AsyncIterator
from typing import Any, Final

from starlette.datastructures import FormData, UploadFile

from server.domain.errors import FieldErrors
from server.domain.text.validation import DESCRIPTION_CHARACTERS, NAME_CHARACTERS
from server.domain.tokens.fields import SPECS, TYPED, TokenFields, typed_values_of
from server.http.pages.i18n import gettext as _
from server.services.media.logos import LARGEST_BYTES

LOGO_FORM_BYTES: Final = 64 * 1024 * 1024
"""Far more than a logo may have, so that a camera's picture gets its message beside the field."""


def typed_in(form: FormData) -> dict[str, str]:
    """What stands in the form's fields of a token or a draft."""
    return {name: str(form.get(name, "")) for name in TYPED}


def fields_in(form: FormData, field_errors: FieldErrors) -> dict[str, Any]:
    """The same as a patch takes it; what cannot be read is added to what is wrong."""
    return {name: SPECS[name].parse(text, field_errors) for name, text in typed_in(form).items()}


def typed_of(fields: TokenFields) -> dict[str, str]:
    """What is kept, as the form's fields show it."""
    return {name: SPECS[name].form_text(value) for name, value in typed_values_of(fields).items()}


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
