"""Parsing of `Accept`, `Accept-Encoding` and `Accept-Language` (RFC 9110).

All three are lists of ranges with parameters; the parameter `q` is the weight (section 12.4.2).
"""

import re
from typing import Final, NamedTuple

MOST_RANGES: Final = 50
"""Browsers send a handful; ranges beyond this number are ignored."""
LONGEST_RANGE: Final = 200
"""Characters, parameters included; a longer range is ignored."""

_WEIGHT: Final = re.compile(r"0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?")


class Liked(NamedTuple):
    """One range of the list."""

    name: str
    """In lower case: `text/html`, `gzip`, `de-at`, `*`."""
    quality: float | None
    """0.0 to 1.0; 1.0 if the weight is missing, None if it is malformed."""
    position: int
    """Index of the range in the header, from 0."""


def read_ranges(header: str) -> list[Liked]:
    """Return the first 50 ranges of the header in their order, without empty and overlong ones."""
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
