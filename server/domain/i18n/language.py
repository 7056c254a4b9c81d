"""The languages that pages can be in."""

from enum import StrEnum
from typing import Final

from server.domain.i18n.messages import Message


class Language(StrEnum):
    """What an account's pages are in; by itself, what each reader's browser asks for."""

    AUTOMATIC = "automatic"
    ENGLISH = "en"
    GERMAN = "de"

    @property
    def label(self) -> str:
        """The word people read: a language is called what its speakers call it."""
        return _LABELS[self]


_LABELS: Final = {
    Language.AUTOMATIC: Message("Automatic"),
    Language.ENGLISH: "English",
    Language.GERMAN: "Deutsch",
}
