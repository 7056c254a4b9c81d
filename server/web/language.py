"""The language of a page: chosen for each request, and used by whatever writes text."""

from contextvars import ContextVar
from gettext import NullTranslations
from typing import Final

_ENGLISH: Final = NullTranslations()
_chosen: Final[ContextVar[NullTranslations]] = ContextVar("language", default=_ENGLISH)


def gettext(text: str) -> str:
    """The text in the language of this request; as it is where it has no translation."""
    return _chosen.get().gettext(text)


def ngettext(one: str, many: str, count: int) -> str:
    """The form that belongs to a count, in the language of this request."""
    return _chosen.get().ngettext(one, many, count)
