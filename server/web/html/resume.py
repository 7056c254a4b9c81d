"""Forms that were submitted after the session ended: kept until the person signs in again."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from starlette.datastructures import FormData, Headers, UploadFile
from starlette.requests import Request
from starlette.responses import Response

from server.domain.errors import DomainError
from server.http.addresses import path_of
from server.http.forms import read_form
from server.http.pages.i18n import gettext as _
from server.http.pages.templates import Htmx, html

LARGEST_KEPT: Final = 512 * 1024
"""Bytes; a larger form of an unknown sender is not kept."""
MOST_FIELDS: Final = 2_000
DIALOG: Final = "sign-in/again.html"
_PREFIX: Final = "kept:"
_NEVER: Final = frozenset({"password"})


@dataclass(frozen=True)
class Unsent:
    """A form that could not be processed: its URL, its fields, and whether all of it was kept."""

    url: str
    fields: Sequence[tuple[str, str]] = ()
    whole: bool = True

    @staticmethod
    async def of(request: Request) -> "Unsent":
        """Keep a form sent without scripts; files and passwords are never kept."""
        if not _is_small(request.headers):
            return Unsent(path_of(request), whole=False)
        form = await read_form(request, max_files=1, max_fields=MOST_FIELDS)
        files = [each for each in form.values() if isinstance(each, UploadFile) and each.filename]
        fields = [
            (name, value)
            for name, value in form.multi_items()
            if isinstance(value, str) and name not in _NEVER
        ]
        await form.close()
        return Unsent(path_of(request), fields, not files and not _NEVER & set(form))

    @staticmethod
    def carried(url: str, form: FormData) -> "Unsent":
        """Restore the form that the sign-in form carries in hidden fields."""
        fields = [
            (name.removeprefix(_PREFIX), value)
            for name, value in form.multi_items()
            if name.startswith(_PREFIX) and isinstance(value, str)
        ]
        return Unsent(url, fields, form.get("whole") == "1")


async def ask_again(request: Request) -> Response:
    """Ask to sign in: over the current page, or without scripts on a page that carries the form."""
    if Htmx.of(request).partial:
        return show_again(request, Unsent(path_of(request)), status=401)
    return show_again(request, await Unsent.of(request), status=401)


def show_again(
    request: Request,
    unsent: Unsent,
    *,
    status: int = 200,
    email: str = "",
    refusal: DomainError | None = None,
    signed_in: bool = False,
) -> Response:
    """Render the dialog; after signing in without scripts, it offers to submit the form again."""
    partial = Htmx.of(request).partial
    prefix = "" if signed_in else _PREFIX
    context = {
        "viewer": None,
        "partial": partial,
        "title": _("Sign in again"),
        "url": unsent.url,
        "kept": [{"name": prefix + name, "value": value} for name, value in unsent.fields],
        "whole": unsent.whole,
        "form": {"email": email},
        "errors": {"email": refusal.message} if refusal else {},
        "signed_in": signed_in,
        "dialog": DIALOG,
    }
    return html(DIALOG if partial else "dialog-page.html", context, status=status)


def _is_small(headers: Headers) -> bool:
    length = headers.get("content-length", "")
    return length.isascii() and length.isdigit() and int(length) <= LARGEST_KEPT
