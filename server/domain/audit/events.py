"""The events of the audit trail: `object.what_happened`, each with its sentence for people."""

import re
from typing import Final

from server.domain.i18n.messages import Phrase

EVENTS: Final = {
    "account.created": Phrase("Account created"),
    "account.renamed": Phrase("Account renamed"),
    "account.updated": Phrase("Account changed"),
    "account.enabled": Phrase("Account enabled"),
    "account.disabled": Phrase("Account disabled"),
    "account.reveal_changed": Phrase("Reveal policy changed"),
    "account.language_changed": Phrase("Language changed"),
    "account.module_enabled": Phrase("Module enabled for the account"),
    "account.module_disabled": Phrase("Module disabled for the account"),
    "account.modules_set": Phrase("Modules of the account changed"),
    "module.created": Phrase("Module created"),
    "event.described": Phrase("Type of event described"),
    "token.created": Phrase("API token created"),
    "token.updated": Phrase("API token changed"),
    "token.enabled": Phrase("API token enabled"),
    "token.disabled": Phrase("API token disabled"),
    "token.deleted": Phrase("API token deleted"),
    "token.rotated": Phrase("API token rotated"),
    "token.grace_ended": Phrase("API token's old secret ended"),
    "token.old_secret_refused": Phrase("API token's old secret used after its end"),
    "token.secret_revealed": Phrase("API token's secret shown"),
    "user.created": Phrase("User created"),
    "user.invited": Phrase("User invited"),
    "user.invitation_accepted": Phrase("Invitation accepted"),
    "user.invitation_declined": Phrase("Invitation declined"),
    "user.proved": Phrase("User's e-mail address vouched for"),
    "user.joined": Phrase("User added to the account"),
    "user.role_changed": Phrase("User's role changed"),
    "user.deactivated": Phrase("User deactivated in the account"),
    "user.reactivated": Phrase("User activated again in the account"),
    "user.password_set": Phrase("Password chosen"),
    "user.password_changed": Phrase("Password changed"),
    "user.password_reset": Phrase("Password reset"),
    "user.password_reset_link_created": Phrase("One-time link for a new password created"),
    "user.sessions_ended": Phrase("Sessions ended"),
    "user.sign_in_link_created": Phrase("One-time sign-in link created"),
    "user.signed_in": Phrase("Signed in"),
    "user.sign_in_failed": Phrase("Sign-in failed"),
    "user.account_switched": Phrase("Switched to this account"),
    "user.password_confirmed": Phrase("Password confirmed"),
    "user.signed_out": Phrase("Signed out"),
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
