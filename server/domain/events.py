"""The events of the audit trail: `object.what_happened`, each with its sentence for people."""

import re
from typing import Final

EVENTS: Final = {
    "account.created": "Account created",
    "account.renamed": "Account renamed",
    "account.enabled": "Account enabled",
    "account.disabled": "Account disabled",
    "account.reveal_changed": "Reveal policy changed",
    "account.module_enabled": "Module enabled for the account",
    "account.module_disabled": "Module disabled for the account",
    "account.modules_set": "Modules of the account changed",
    "module.created": "Module created",
    "token.created": "API token created",
    "token.updated": "API token changed",
    "token.enabled": "API token enabled",
    "token.disabled": "API token disabled",
    "token.deleted": "API token deleted",
    "token.rotated": "API token rotated",
    "token.grace_ended": "API token's old secret ended",
    "token.old_secret_refused": "API token's old secret used after its end",
    "token.secret_revealed": "API token's secret shown",
    "user.created": "User created",
    "user.joined": "User added to the account",
    "user.role_changed": "User's role changed",
    "user.deactivated": "User deactivated in the account",
    "user.reactivated": "User activated again in the account",
    "user.password_set": "Password chosen",
    "user.sign_in_link_created": "One-time sign-in link created",
    "user.signed_in": "Signed in",
    "user.sign_in_failed": "Sign-in failed",
    "user.account_switched": "Switched to this account",
    "user.password_confirmed": "Password confirmed",
    "user.signed_out": "Signed out",
}


def summary(event: str) -> str:
    """The sentence for an event; its name where a later release's record is read."""
    return EVENTS.get(event, event)


LONGEST_EVENT: Final = 64
"""Characters of an event's name."""

_EXTENSION_EVENT: Final = re.compile(r"extensions(\.[A-Za-z0-9_-]+){2,}")


def is_extension_event(event: str) -> bool:
    """Whether it is an event that programs tell of by themselves: `extensions.e2e.test`."""
    return len(event) <= LONGEST_EVENT and _EXTENSION_EVENT.fullmatch(event) is not None
