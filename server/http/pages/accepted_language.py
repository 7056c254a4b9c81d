"""How much a browser likes a language: `Accept-Language` (RFC 9110, section 12.5.4)."""

import re
from typing import Final

from server.http.accept import read_ranges

_TAG: Final = re.compile(r"[a-z]{1,8}(?:-[a-z0-9]{1,8})*|\*")


def quality(accepted: str, language: str) -> float:
    """0.0 to 1.0 for a language such as `de`; a hair less for what is named later.

    `de-AT` asks for `de` as well; `*` stands for what is not named. What breaks the grammar is
    passed over.
    """
    named: float | None = None
    others = 0.0
    for tag, liked, position in read_ranges(accepted):
        if liked is None or _TAG.fullmatch(tag) is None:
            continue
        liked = liked and liked - position / 1_000_000
        if tag == "*":
            others = max(others, liked)
        elif tag.partition("-")[0] == language:
            named = max(named or 0.0, liked)
    return others if named is None else named
