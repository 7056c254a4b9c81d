"""The token that a request carries in `Authorization: Bearer` (RFC 6750, section 2.1)."""

import re
from typing import Final

_BEARER: Final = re.compile(r"bearer +(\S+) *", re.IGNORECASE)


def bearer(credentials: list[str]) -> str | None:
    """The token in the one `Authorization: Bearer` header; None for anything else."""
    match = _BEARER.fullmatch(credentials[0]) if len(credentials) == 1 else None
    return match[1] if match else None
