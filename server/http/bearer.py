"""Reading the token from `Authorization: Bearer` (RFC 6750, section 2.1)."""

import re
from typing import Final

_BEARER: Final = re.compile(r"bearer +(\S+) *", re.IGNORECASE)


def bearer(credentials: list[str]) -> str | None:
    """Return the token from all `Authorization` headers; None unless there is one, a bearer."""
    match = _BEARER.fullmatch(credentials[0]) if len(credentials) == 1 else None
    return match[1] if match else None
