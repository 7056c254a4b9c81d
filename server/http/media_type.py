"""Parsing of `Content-Type` (RFC 9110, section 8.3)."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final, NamedTuple

LONGEST: Final = 1_000
"""Characters; a longer header is ignored. A boundary alone has at most 70."""

_PARAMETER: Final = re.compile(r'[ \t]*;[ \t]*(?:([^\s;="]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s;"]*)))?')
_UTF_8: Final = frozenset({"utf-8", "utf8"})


class MediaType(NamedTuple):
    """A media type with its parameters."""

    name: str
    """In lower case; empty if the header is missing."""
    parameters: Mapping[str, str]
    """By name in lower case; if a name is repeated, its first value counts."""

    @property
    def is_utf_8(self) -> bool:
        """Whether the charset is UTF-8, which is the default."""
        return self.parameters.get("charset", "utf-8").strip().lower() in _UTF_8


def read_media_type(header: str) -> MediaType:
    """Parse the header up to its first syntax error; return an empty type if it is too long."""
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
