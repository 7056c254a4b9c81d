"""The events of the audit trail, `object.what_happened`, each with its text for people."""

import re
from typing import Final

from server.domain.i18n.messages import Message

EVENTS: Final = {
    "account.created": Message("Account created"),
    "account.renamed": Message("Account renamed"),
    "account.updated": Message("Account changed"),
    "account.enabled": Message("Account enabled"),
    "account.disabled": Message("Account disabled"),
    "account.reveal_changed": Message("Reveal policy changed"),
    "account.language_changed": Message("Language changed"),
    "account.module_enabled": Message("Module enabled for the account"),
    "account.module_disabled": Message("Module disabled for the account"),
    "account.modules_set": Message("Modules of the account changed"),
    "module.created": Message("Module created"),
    "event.described": Message("Type of event described"),
    "token.created": Message("API token created"),
    "token.updated": Message("API token changed"),
    "token.enabled": Message("API token enabled"),
    "token.disabled": Message("API token disabled"),
    "token.deleted": Message("API token deleted"),
    "token.rotated": Message("API token rotated"),
    "token.grace_ended": Message("API token's old secret ended"),
    "token.old_secret_refused": Message("API token's old secret used after its end"),
    "token.secret_revealed": Message("API token's secret shown"),
    "user.created": Message("User created"),
    "user.invited": Message("User invited"),
    "user.invitation_accepted": Message("Invitation accepted"),
    "user.invitation_declined": Message("Invitation declined"),
    "user.proved": Message("User's e-mail address vouched for"),
    "user.joined": Message("User added to the account"),
    "user.role_changed": Message("User's role changed"),
    "user.deactivated": Message("User deactivated in the account"),
    "user.reactivated": Message("User activated again in the account"),
    "user.password_set": Message("Password chosen"),
    "user.password_changed": Message("Password changed"),
    "user.password_reset": Message("Password reset"),
    "user.password_reset_link_created": Message("One-time link for a new password created"),
    "user.sessions_ended": Message("Sessions ended"),
    "user.sign_in_link_created": Message("One-time sign-in link created"),
    "user.signed_in": Message("Signed in"),
    "user.sign_in_failed": Message("Sign-in failed"),
    "user.account_switched": Message("Switched to this account"),
    "user.password_confirmed": Message("Password confirmed"),
    "user.signed_out": Message("Signed out"),
}


def summary(event: str) -> str:
    """Return the text for an event; its name if it is unknown, as of a later release."""
    return EVENTS.get(event, event)


LONGEST_EVENT: Final = 64
"""Maximum length of an event's name, in characters."""

_EXTENSION_EVENT: Final = re.compile(r"extensions(\.[A-Za-z0-9_-]+){2,}")


def is_extension_event(event: str) -> bool:
    """Return whether a program may write this event itself, such as `extensions.e2e.test`."""
    return len(event) <= LONGEST_EVENT and _EXTENSION_EVENT.fullmatch(event) is not None
