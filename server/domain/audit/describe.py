"""Describes a change to people: labels, values before and after, and a sentence."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from server.domain.actor import AccountType, Role
from server.domain.audit.events import summary
from server.domain.i18n.language import Language
from server.domain.i18n.messages import DateMessage, JoinedMessage, Message
from server.domain.tokens.fields import SPECS, TEXTS
from server.domain.tokens.secret_policy import Grace, RevealPolicy

NOTHING: Final = "—"
"""Written in place of a missing value."""

_OTHER_LABELS: Final = {
    "email": (Message("E-mail"), Message("E-mail")),
    "user": (Message("User"), Message("user")),
    "account": (Message("Account"), Message("account")),
    "sessions": (Message("Sessions"), Message("sessions")),
    "module": (Message("Module"), Message("module")),
    "modules": (Message("Modules"), Message("modules")),
    "status": (Message("Status"), Message("status")),
    "role": (Message("Role"), Message("role")),
    "type": (Message("Type"), Message("type")),
    "reveal": (Message("Reveal policy"), Message("reveal policy")),
    "language": (Message("Language"), Message("language")),
    "grace": (Message("Old secret"), Message("old secret")),
    "old_secret_accepted_until": (
        Message("Old secret accepted until"),
        Message("old secret accepted until"),
    ),
}
"""Labels of fields that are not fields of a token: on their own, and within a sentence."""

LABELS: Final = {name: spec.recorded_label for name, spec in SPECS.items()} | {
    name: alone for name, (alone, _) in _OTHER_LABELS.items()
}
_WITHIN: Final = {name: spec.label_within for name, spec in SPECS.items()} | {
    name: within for name, (_, within) in _OTHER_LABELS.items()
}
_MOMENTS: Final = {"expires_at", "old_secret_accepted_until"}
_GRACES: Final = {grace.value: grace.label for grace in Grace}
_WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "status": {
        "active": Message("Active"),
        "disabled": Message("Disabled"),
        "deactivated": Message("Deactivated"),
    },
    "role": {role.value: role.label for role in Role},
    "type": {each.value: each.label for each in AccountType},
    "reveal": {policy.value: policy.label for policy in RevealPolicy},
    "language": {language.value: language.label for language in Language},
}
_LONGEST_CLAUSE: Final = 120

_SENTENCES: Final = {
    "account.created": Message("The account %(name)s was created"),
    "account.renamed": Message("The account %(name)s was renamed"),
    "account.updated": Message("The account %(name)s was changed"),
    "account.enabled": Message("The account %(name)s was enabled"),
    "account.disabled": Message("The account %(name)s was disabled"),
    "account.reveal_changed": Message("The reveal policy of %(name)s was changed"),
    "account.language_changed": Message("The language of %(name)s was changed"),
    "account.module_enabled": Message("The module %(name)s was enabled for the account"),
    "account.module_disabled": Message("The module %(name)s was disabled for the account"),
    "account.modules_set": Message("The modules of %(name)s were changed"),
    "module.created": Message("The module %(name)s was created"),
    "event.described": Message("The type of event %(name)s was described"),
    "token.created": Message("The API token %(name)s was created"),
    "token.updated": Message("The API token %(name)s was changed"),
    "token.enabled": Message("The API token %(name)s was enabled"),
    "token.disabled": Message("The API token %(name)s was disabled"),
    "token.deleted": Message("The API token %(name)s was deleted"),
    "token.rotated": Message("The API token %(name)s got a new secret"),
    "token.grace_ended": Message("The old secret of the API token %(name)s was ended"),
    "token.old_secret_refused": Message(
        "The old secret of the API token %(name)s was used after its end"
    ),
    "token.secret_revealed": Message("The secret of the API token %(name)s was shown"),
    "user.created": Message("The user %(name)s was created"),
    "user.invited": Message("The user %(name)s was invited to the account"),
    "user.invitation_accepted": Message("%(name)s accepted the invitation"),
    "user.invitation_declined": Message("%(name)s declined the invitation"),
    "user.proved": Message("The e-mail address of %(name)s was vouched for"),
    "user.joined": Message("The user %(name)s was added to the account"),
    "user.role_changed": Message("The role of %(name)s was changed"),
    "user.deactivated": Message("The user %(name)s was deactivated in the account"),
    "user.reactivated": Message("The user %(name)s was activated again in the account"),
    "user.password_set": Message("%(name)s chose a password"),
    "user.password_changed": Message("%(name)s changed the password"),
    "user.password_reset": Message("The password of %(name)s was reset"),
    "user.password_reset_link_created": Message(
        "A one-time link for a new password was made for %(name)s"
    ),
    "user.sessions_ended": Message("Sessions of %(name)s were ended"),
    "user.sign_in_link_created": Message("A one-time sign-in link was made for %(name)s"),
    "user.signed_in": Message("%(name)s signed in"),
    "user.sign_in_failed": Message("A sign-in as %(name)s failed"),
    "user.account_switched": Message("%(name)s switched to this account"),
    "user.password_confirmed": Message("%(name)s confirmed the password"),
    "user.signed_out": Message("%(name)s signed out"),
}


class Difference(NamedTuple):
    """A field that a change affected; a dash stands for no value."""

    label: str
    before: str
    after: str

    @property
    def kind(self) -> str:
        """What happened to the field: set, cleared or changed."""
        if self.before == NOTHING:
            return Message("Set")
        return Message("Cleared") if self.after == NOTHING else Message("Changed")


def differences(
    before: Mapping[str, Any] | None, after: Mapping[str, Any] | None
) -> list[Difference]:
    """Return the fields whose values differ, in the order in which they were recorded."""
    return [
        Difference(
            label(each.key),
            each.before,
            JoinedMessage("", [each.after, " (", each.moved, ")"]) if each.moved else each.after,
        )
        for each in _changes(before or {}, after or {})
    ]


def sentence(
    event: str,
    object_name: str,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
) -> str:
    """Return a sentence about what happened to the object and how its fields changed."""
    known = _SENTENCES.get(event)
    name = object_name or Message("nobody known")
    begin = Message(known, name=name) if known else summary(event)
    clauses = [
        _clause(each)
        for each in _changes(before or {}, after or {})
        if not (each.before == NOTHING and each.after == object_name)
    ]
    written = [": ", JoinedMessage("; ", clauses)] if clauses else []
    return JoinedMessage("", [begin, *written, "."])


def label(key: str) -> str:
    """Return a field's label. For an unknown field, of a later release, tidy up its name."""
    return LABELS.get(key) or key.replace("_", " ").capitalize()


class _Change(NamedTuple):
    """A field that differs, with its values as texts; `moved` says what a list gained and lost."""

    key: str
    before: str
    after: str
    moved: str


def _changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[_Change]:
    found = []
    for key in dict.fromkeys([*new, *old]):
        was, now = old.get(key), new.get(key)
        if was == now:
            continue
        texts = _say(key, was), _say(key, now)
        if texts != (NOTHING, NOTHING):
            found.append(_Change(key, *texts, _moved(was, now)))
    return found


def _clause(change: _Change) -> str:
    name = _WITHIN.get(change.key) or label(change.key).lower()
    if change.moved:
        return JoinedMessage(" ", [name, change.moved])
    was, now = _quote(change.key, change.before), _quote(change.key, change.after)
    if was == NOTHING:
        return JoinedMessage(" ", [name, now])
    if now == NOTHING:
        return Message("%(field)s %(was)s removed", field=name, was=was)
    return Message("%(field)s from %(was)s to %(now)s", field=name, was=was, now=now)


def _moved(was: object, now: object) -> str:
    """Return what a list gained and lost; empty if either value is not a list."""
    if not isinstance(was, list) or not isinstance(now, list):
        return ""
    added = ", ".join(str(each) for each in now if each not in was)
    removed = ", ".join(str(each) for each in was if each not in now)
    parts = [Message("added %(items)s", items=added)] if added else []
    parts += [Message("removed %(items)s", items=removed)] if removed else []
    return JoinedMessage(", ", parts)


def _say(key: str, value: Any) -> str:
    if value is None or value in ("", []):
        return NOTHING
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if key in _MOMENTS:
        return _moment(str(value))
    if key in _WORDS:
        return _WORDS[key].get(str(value)) or str(value).capitalize()
    if key == "logo":
        return Message("Picture %(file)s", file=str(value)[:8])
    if key == "grace":
        return _GRACES.get(str(value), str(value))
    return str(value)


def _moment(text: str) -> str:
    try:
        return DateMessage(datetime.fromisoformat(text).astimezone(UTC))
    except (ValueError, OverflowError):
        return text


def _quote(key: str, said: str) -> str:
    """Return the value for a sentence; texts that people wrote are put in quotation marks."""
    text = _short(said)
    own = key in TEXTS and text != NOTHING
    return Message("“%(text)s”", text=text) if own else text


def _short(text: str) -> str:
    if isinstance(text, Message):
        return text
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_CLAUSE else line[: _LONGEST_CLAUSE - 1] + "…"
