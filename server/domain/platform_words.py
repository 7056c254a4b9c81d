"""The Marketplace's words for the desk's states and objects, on the wire and in filters."""

from typing import Final

from server.domain.actor import AccountType
from server.domain.ids import IdKind, kind_of
from server.domain.tokens.lifecycle import TokenStatus

ACTIVE: Final = "Active"
DISABLED: Final = "Disabled"
DELETED: Final = "Deleted"
ENABLED: Final = "Enabled"

TOKEN_STATUSES: Final = (ACTIVE, DISABLED, DELETED)
"""The statuses that a client may filter by. Deleted tokens are never listed."""

ACCOUNT_STATUSES: Final = (ACTIVE, ENABLED, DISABLED)
"""The statuses that a client may filter by. An account of the desk is never `Enabled`."""

_OBJECTS: Final = {
    IdKind.TOKEN: "ApiToken",
    IdKind.ACCOUNT: "Account",
    IdKind.MODULE: "Module",
    IdKind.USER: "User",
}
OBJECT_TYPES: Final = {word: kind for kind, word in _OBJECTS.items()}
"""Kinds of ids by the object type in audit records."""


def status_word(status: TokenStatus) -> str:
    """Return a token's status. The platform has no expired tokens, so they are `Disabled`."""
    return ACTIVE if status is TokenStatus.ACTIVE else DISABLED


def account_status_word(active: bool) -> str:
    """Return an account's status."""
    return ACTIVE if active else DISABLED


def account_type_word(account_type: AccountType) -> str:
    """Return `Client`, `Vendor` or `Operations`."""
    return account_type.label


def object_type(object_id: str) -> str | None:
    """Return the type of an audit record's object; None for what the desk does not store."""
    kind = kind_of(object_id)
    return None if kind is None else _OBJECTS.get(kind)


def event_key(event: str) -> str:
    """Return the platform's event key: `platform.accounts.api-token.created` for `token.created`.

    Names of any other form, which extensions use, are returned unchanged.
    """
    thing, _, happened = event.partition(".")
    if not happened or "." in happened:
        return event
    thing = "api-token" if thing == "token" else thing
    return f"platform.accounts.{thing}.{happened.replace('_', '-')}"
