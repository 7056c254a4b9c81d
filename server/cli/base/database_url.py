"""The database's URL: whether it names a database, and how it is shown without its password."""

import re
from typing import Final

from server.domain.errors import Invalid

MASK: Final = "********"
_SETTING: Final = "TOKENDESK_DATABASE_URL"

# Greedy up to the last @: a password that was not percent-encoded is hidden whole.
_PASSWORD = re.compile(r"(://[^:@/]*):.*@", re.DOTALL)
_PASSWORD_PARAMETER = re.compile(r"([?&][^=&]*pass[^=&]*=)[^&#]*", re.IGNORECASE)


def mask(url: str) -> str:
    """The URL with stars in the place of its passwords."""
    return _PASSWORD_PARAMETER.sub(rf"\1{MASK}", _PASSWORD.sub(rf"\1:{MASK}@", url))


def must_name_a_database(url: str) -> None:
    """Refuse a URL that leaves host or name to the driver: it would pick a stranger's database."""
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
