"""The Marketplace's words for what the desk knows: on the wire, and in filters of lists."""

from typing import Final

from server.domain.actor import AccountType
from server.domain.ids import IdKind, kind_of
from server.domain.tokens.lifecycle import TokenStatus

ACTIVE: Final = "Active"
DISABLED: Final = "Disabled"
DELETED: Final = "Deleted"
ENABLED: Final = "Enabled"

TOKEN_STATUSES: Final = (ACTIVE, DISABLED, DELETED)
"""All that a client may ask for; a token that was deleted is never listed."""

ACCOUNT_STATUSES: Final = (ACTIVE, ENABLED, DISABLED)
"""All that a client may ask for; an account of the desk is never merely enabled."""

_OBJECTS: Final = {
    IdKind.TOKEN: "ApiToken",
    IdKind.ACCOUNT: "Account",
    IdKind.MODULE: "Module",
    IdKind.USER: "User",
}
OBJECT_TYPES: Final = {word: kind for kind, word in _OBJECTS.items()}
"""The kinds of ids by the words of audit records."""


def status_word(status: TokenStatus) -> str:
    """The platform's tokens do not expire; one that did is `Disabled`, as it is refused."""
    return ACTIVE if status is TokenStatus.ACTIVE else DISABLED


def account_status_word(active: bool) -> str:
    """The status of an account."""
    return ACTIVE if active else DISABLED


def account_type_word(account_type: AccountType) -> str:
    """`Client`, `Vendor` or `Operations`."""
    return account_type.label


def object_type(object_id: str) -> str | None:
    """What sort of object an audit record is about; None for what the desk does not keep."""
    kind = kind_of(object_id)
    return None if kind is None else _OBJECTS.get(kind)


def event_key(event: str) -> str:
    """An event's name on the platform: `token.created` is `platform.accounts.api-token.created`.

    Names of another form, which extensions give, are the same in both places.
    """
    thing, _, happened = event.partition(".")
    if not happened or "." in happened:
        return event
    thing = "api-token" if thing == "token" else thing
    return f"platform.accounts.{thing}.{happened.replace('_', '-')}"
