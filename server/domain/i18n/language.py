"""The languages of pages."""

from enum import StrEnum
from typing import Final

from server.domain.i18n.messages import Message


class Language(StrEnum):
    """The language of an account's pages. `AUTOMATIC` follows each reader's browser."""

    AUTOMATIC = "automatic"
    ENGLISH = "en"
    GERMAN = "de"

    @property
    def label(self) -> str:
        """The text that people read: each language's own name for itself."""
        return _LABELS[self]


_LABELS: Final = {
    Language.AUTOMATIC: Message("Automatic"),
    Language.ENGLISH: "English",
    Language.GERMAN: "Deutsch",
}
