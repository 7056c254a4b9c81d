"""The events of the audit trail: `object.what_happened`, each with its sentence for people."""

from typing import Final

EVENTS: Final = {
    "account.created": "Account created",
    "account.reveal_changed": "Reveal policy changed",
    "account.module_enabled": "Module enabled for the account",
    "account.module_disabled": "Module disabled for the account",
    "module.created": "Module created",
    "token.created": "API token created",
    "token.secret_revealed": "API token's secret shown",
    "user.created": "User created",
    "user.joined": "User added to the account",
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
