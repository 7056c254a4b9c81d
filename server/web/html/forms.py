"""Reading of forms: the fields of tokens and drafts, and uploads as streams."""

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
    """Return the token or draft fields of a form, as typed."""
    return {name: str(form.get(name, "")) for name in TYPED}


def fields_in(form: FormData, field_errors: FieldErrors) -> dict[str, Any]:
    """Parse these fields for a patch; add errors for those that are invalid."""
    return {name: SPECS[name].parse(text, field_errors) for name, text in typed_in(form).items()}


def typed_of(fields: TokenFields) -> dict[str, str]:
    """Return stored values as the form's fields show them."""
    return {name: SPECS[name].form_text(value) for name, value in typed_values_of(fields).items()}


_CHUNK_BYTES = 64 * 1024


def upload_of(form: FormData) -> AsyncIterator[bytes] | None:
    """Return the chosen logo as a stream; None if no file was chosen."""
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
    """Return the label with the number of ticked modules."""
    return _("%(ticked)s of %(rows)s selected", ticked=ticked, rows=rows)
