"""What a client likes, and how much: `Accept`, `Accept-Encoding`, `Accept-Language` (RFC 9110).

Their lists have one form: ranges, each with parameters, of which `q` is the weight (12.4.2).
"""

import re
from typing import Final, NamedTuple

MOST_RANGES: Final = 50
"""Browsers send a handful; what follows these is not read."""
LONGEST_RANGE: Final = 200
"""Characters, parameters included; a longer one is passed over."""

_WEIGHT: Final = re.compile(r"0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?")


class Liked(NamedTuple):
    """One range of a list."""

    name: str
    """In lower case: `text/html`, `gzip`, `de-at`, `*`."""
    quality: float | None
    """0.0 to 1.0, and 1.0 when unsaid; None where the weight breaks the grammar."""
    position: int
    """How many stand before it in the list."""


def read_ranges(header: str) -> list[Liked]:
    """The first 50 ranges of such a header, as they stand in it; empty ones are left out."""
    parts = header.split(",", MOST_RANGES)[:MOST_RANGES]
    return [
        _range(part.lower(), position)
        for position, part in enumerate(parts)
        if len(part) <= LONGEST_RANGE and not part.isspace() and part
    ]


def _range(text: str, position: int) -> Liked:
    name, *parameters = (part.strip(" \t") for part in text.split(";"))
    weights = [each[2:] for each in parameters if each.startswith("q=")]
    if not weights:
        return Liked(name, 1.0, position)
    return Liked(name, float(weights[0]) if _WEIGHT.fullmatch(weights[0]) else None, position)
