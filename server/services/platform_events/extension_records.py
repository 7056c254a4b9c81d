"""Audit records that programs write about events outside the desk."""

from dataclasses import dataclass

from server.domain.actor import Actor
from server.domain.audit.events import LONGEST_EVENT, is_extension_event
from server.domain.errors import FieldErrors, NotFound
from server.domain.ids import IdKind
from server.domain.text.validation import validate_description
from server.services.accounts.accounts import visible_account
from server.services.audit.writer import AuditLog
from server.services.tokens.reader import find_token


@dataclass(frozen=True)
class ExtensionRecord:
    """An event `extensions.…` that a program reports about an account or one of its tokens."""

    event: str
    object_id: str
    summary: str = ""
    details: str = ""


class ExtensionRecords:
    """Writes the records into the chain of the account that they concern."""

    def __init__(self, audit: AuditLog) -> None:
        self._audit = audit

    async def add(self, actor: Actor, sent: ExtensionRecord) -> str:
        """Write the record and return its id; the actor is its author.

        For actors that may manage tokens. The object's present name is recorded. Raise `Invalid`
        for the desk's own events, and for an object that the actor cannot see.
        """
        actor.require_token_management()
        field_errors = FieldErrors()
        if not is_extension_event(sent.event):
            field_errors.add(
                "event",
                "Programs write events such as extensions.billing.invoice.sent,"
                f" of at most {LONGEST_EVENT} characters.",
            )
        texts = {
            name: validate_description(text, field_errors, field=name)
            for name, text in (("summary", sent.summary), ("details", sent.details))
        }
        chain, name = "", ""
        try:
            chain, name = await _seen(actor, sent.object_id)
        except NotFound:
            field_errors.add("object", "There is no such account or API token.")
        field_errors.raise_if_any()
        async with self._audit.change(actor, sent.event, sent.object_id, chain=chain) as change:
            change.object_name = name
            change.after = texts
        return change.record_id


async def _seen(actor: Actor, object_id: str) -> tuple[str, str]:
    """Return the object's account, whose chain gets the record, and the object's name."""
    if IdKind.ACCOUNT.matches(object_id):
        account = await visible_account(actor, object_id)
        return account.id, account.name
    token = await find_token(actor, object_id, deleted=True)
    return token.account_id, token.name
