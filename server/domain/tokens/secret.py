"""A token's secret: `idt:TKN-1234-5678:` + 58 random characters + a checksum of 6."""

import re
import secrets
import string
import zlib
from typing import Final, NoReturn

from server.domain.ids import IdKind

ALPHABET: Final = string.digits + string.ascii_uppercase + string.ascii_lowercase
RANDOM_CHARACTERS: Final = 58
CHECKSUM_CHARACTERS: Final = 6

CHARACTERS: Final = len("idt:TKN-1234-5678:") + RANDOM_CHARACTERS + CHECKSUM_CHARACTERS
FORM: Final = re.compile(rb"idt:TKN-[0-9]{4}-[0-9]{4}:[0-9A-Za-z]{64}")
_ID: Final = slice(4, 17)
_PAIRS: Final = tuple((high + low).encode() for high in ALPHABET for low in ALPHABET)


def checksum(text: str) -> str:
    """Return the CRC-32 of the text as six base-62 digits. It detects typos, not forgery."""
    return _checksum(text.encode("ascii")).decode("ascii")


def _checksum(text: bytes) -> bytes:
    rest, low = divmod(zlib.crc32(text), len(_PAIRS))
    high, middle = divmod(rest, len(_PAIRS))
    return _PAIRS[high] + _PAIRS[middle] + _PAIRS[low]


class Secret:
    """A token's value. It never prints itself: only `reveal()` gives the text."""

    __slots__ = ("_text", "token_id")

    def __init__(self, token_id: str, text: str) -> None:
        self.token_id: Final = token_id
        self._text: Final = text

    @classmethod
    def generate(cls, token_id: str) -> "Secret":
        """Create a new random secret for a token."""
        if not IdKind.TOKEN.matches(token_id):
            raise ValueError(f"not a token id: {token_id!r}")
        characters = (secrets.choice(ALPHABET) for _ in range(RANDOM_CHARACTERS))
        body = f"idt:{token_id}:" + "".join(characters)
        return cls(token_id, body + checksum(body))

    @classmethod
    def parse(cls, text: str) -> "Secret | None":
        """Parse a secret; None if its form or checksum is wrong. This needs no look-up."""
        if len(text) != CHARACTERS or not cls.is_well_formed(text.encode("ascii", "replace")):
            return None
        return cls(text[_ID], text)

    @staticmethod
    def is_well_formed(text: bytes) -> bool:
        """Return whether form and checksum are those of a secret."""
        if FORM.fullmatch(text) is None:
            return False
        return _checksum(text[:-CHECKSUM_CHARACTERS]) == text[-CHECKSUM_CHARACTERS:]

    def reveal(self) -> str:
        """Return the text. Call it only to hand the value to its owner, or to digest or seal it."""
        return self._text

    def __repr__(self) -> str:
        return f"<Secret of {self.token_id}>"

    __str__ = __repr__

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not written to a pickle")

    def __copy__(self) -> "Secret":
        return self

    def __deepcopy__(self, _: object) -> "Secret":
        return self

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return secrets.compare_digest(self._text, other._text)

    def __hash__(self) -> int:
        return hash(self.token_id)
