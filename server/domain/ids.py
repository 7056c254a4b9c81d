"""Product ids such as `TKN-1234-5678`: their forms, and new random ones."""

import re
import secrets
from enum import Enum
from typing import Final

NO_DIGITS: Final = "0000"


class IdKind(Enum):
    """A kind of object, with the number of four-digit groups in its ids."""

    ACCOUNT = ("ACC", 2)
    USER = ("USR", 2)
    MODULE = ("MOD", 1)
    TOKEN = ("TKN", 2)
    DRAFT = ("DRF", 4)
    AUDIT_RECORD = ("AUD", 4)

    @property
    def prefix(self) -> str:
        """The three letters that its ids start with."""
        return self.value[0]

    @property
    def example(self) -> str:
        """An example of such an id, for messages."""
        return "-".join([self.prefix, *("1234", "5678", "9012", "3456")[: self.value[1]]])

    def new(self) -> str:
        """Return a random id. It may be taken: the database's constraint ensures uniqueness.

        It is never all zeros, which clients take for a missing id.
        """
        groups = [NO_DIGITS]
        while set(groups) == {NO_DIGITS}:
            groups = [f"{secrets.randbelow(10_000):04d}" for _ in range(self.value[1])]
        return "-".join([self.prefix, *groups])

    def matches(self, text: str) -> bool:
        """Return whether the text has the form of an id of this kind."""
        return _FORMS[self].fullmatch(text) is not None


def kind_of(text: str) -> IdKind | None:
    """Return the kind of object that an id names, or None if the text is not an id."""
    kind = _BY_PREFIX.get(text[:3])
    return kind if kind is not None and kind.matches(text) else None


_FORMS: Final = {
    kind: re.compile(rf"{kind.prefix}(-[0-9]{{4}}){{{kind.value[1]}}}") for kind in IdKind
}
_BY_PREFIX: Final = {kind.prefix: kind for kind in IdKind}
