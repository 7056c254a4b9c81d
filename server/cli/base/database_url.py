"""Checking the database's URL, and masking its password."""

import re
from typing import Final

from server.domain.errors import Invalid

MASK: Final = "********"
_SETTING: Final = "TOKENDESK_DATABASE_URL"

# Greedy up to the last @, so that a password with unescaped characters is masked as a whole.
_PASSWORD = re.compile(r"(://[^:@/]*):.*@", re.DOTALL)
_PASSWORD_PARAMETER = re.compile(r"([?&][^=&]*pass[^=&]*=)[^&#]*", re.IGNORECASE)


def mask(url: str) -> str:
    """Return the URL with its passwords replaced by asterisks."""
    return _PASSWORD_PARAMETER.sub(rf"\1{MASK}", _PASSWORD.sub(rf"\1:{MASK}@", url))


def must_name_a_database(url: str) -> None:
    """Raise `Invalid` if the URL lacks host or name: the driver's defaults may be wrong."""
    if not _names_a_database(url):
        raise Invalid.one(
            _SETTING,
            f"{_SETTING}: write sqlite://FILE or postgres://user:password@host/name, "
            "with the password percent-encoded.",
        )


def _names_a_database(url: str) -> bool:
    if url.startswith("sqlite:"):
        return url.startswith("sqlite://") and len(url) > len("sqlite://")
    from server.database import PostgresUrl

    named = PostgresUrl.parse(url)
    return bool(named.hosts and named.database)
