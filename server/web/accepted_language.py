"""How much a browser likes a language: `Accept-Language` (RFC 9110, section 12.5.4)."""

import re
from typing import Final

MOST_RANGES: Final = 50
"""Browsers send a handful; what follows these is not read."""

_RANGE: Final = re.compile(
    r"(?P<tag>[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*|\*)"
    r"(?:[ \t]*;[ \t]*[Qq]=(?P<quality>0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?))?"
)


def quality(accepted: str, language: str) -> float:
    """0.0 to 1.0 for a language such as `de`; a hair less for what is named later.

    `de-AT` asks for `de` as well; `*` stands for what is not named. What breaks the grammar is
    passed over.
    """
    named: float | None = None
    others = 0.0
    for position, part in enumerate(accepted.split(",", MOST_RANGES)[:MOST_RANGES]):
        found = _RANGE.fullmatch(part.strip(" \t"))
        if found is None:
            continue
        liked = float(found["quality"] or 1)
        liked = liked and liked - position / 1_000_000
        if found["tag"] == "*":
            others = max(others, liked)
        elif found["tag"].partition("-")[0].lower() == language:
            named = max(named or 0.0, liked)
    return others if named is None else named
