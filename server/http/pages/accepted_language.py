"""How much a browser prefers a language: `Accept-Language` (RFC 9110, section 12.5.4)."""

import re
from typing import Final

from server.http.accept import read_ranges

_TAG: Final = re.compile(r"[a-z]{1,8}(?:-[a-z0-9]{1,8})*|\*")


def quality(accepted: str, language: str) -> float:
    """Return the weight of a language such as `de`, 0.0 to 1.0; later ranges weigh slightly less.

    `de-AT` counts for `de` as well, and `*` for every language that is not named. Malformed ranges
    are ignored.
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
