"""Which form a body has: `Content-Type` (RFC 9110, section 8.3)."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final, NamedTuple

LONGEST: Final = 1_000
"""Characters. A boundary has at most 70; of a longer header nothing is understood."""

_PARAMETER: Final = re.compile(r'[ \t]*;[ \t]*(?:([^\s;="]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s;"]*)))?')
_UTF_8: Final = frozenset({"utf-8", "utf8"})


class MediaType(NamedTuple):
    """A media type with its parameters."""

    name: str
    """In lower case; empty when unsaid."""
    parameters: Mapping[str, str]
    """By their names in lower case; of one that is said again, the first."""

    @property
    def is_utf_8(self) -> bool:
        """Whether the text in it is UTF-8, as it is when nothing is said."""
        return self.parameters.get("charset", "utf-8").strip().lower() in _UTF_8


def read_media_type(header: str) -> MediaType:
    """What such a header says, up to where it breaks the grammar."""
    return _read(header) if len(header) <= LONGEST else MediaType("", {})


@lru_cache(maxsize=128)
def _read(header: str) -> MediaType:
    name, semicolon, _ = header.partition(";")
    parameters: dict[str, str] = {}
    at = len(name) if semicolon else len(header)
    while (found := _PARAMETER.match(header, at)) is not None:
        key, quoted, plain = found.groups()
        if key is not None:
            value = plain if quoted is None else re.sub(r"\\(.)", r"\1", quoted)
            parameters.setdefault(key.lower(), value)
        at = found.end()
    return MediaType(name.strip(" \t").lower(), parameters)
