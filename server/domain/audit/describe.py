"""What a change changed, in people's words: labels, texts before and after, and a sentence."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from server.domain.actor import AccountType, Role
from server.domain.audit.events import summary
from server.domain.i18n.language import Language
from server.domain.i18n.messages import Joined, Moment, Phrase
from server.domain.tokens.secret_policy import Grace, RevealPolicy

NOTHING: Final = "—"
"""How a value that is not there is written."""

LABELS: Final = {
    "name": Phrase("Name"),
    "email": Phrase("E-mail"),
    "user": Phrase("User"),
    "account": Phrase("Account"),
    "sessions": Phrase("Sessions"),
    "description": Phrase("Description"),
    "module": Phrase("Module"),
    "modules": Phrase("Modules"),
    "expires_at": Phrase("Expiry"),
    "status": Phrase("Status"),
    "role": Phrase("Role"),
    "type": Phrase("Type"),
    "reveal": Phrase("Reveal policy"),
    "language": Phrase("Language"),
    "logo": Phrase("Logo"),
    "grace": Phrase("Old secret"),
    "old_secret_accepted_until": Phrase("Old secret accepted until"),
}
_WITHIN: Final = {
    "name": Phrase("name"),
    "email": Phrase("E-mail"),
    "user": Phrase("user"),
    "account": Phrase("account"),
    "sessions": Phrase("sessions"),
    "description": Phrase("description"),
    "module": Phrase("module"),
    "modules": Phrase("modules"),
    "expires_at": Phrase("expiry"),
    "status": Phrase("status"),
    "role": Phrase("role"),
    "type": Phrase("type"),
    "reveal": Phrase("reveal policy"),
    "language": Phrase("language"),
    "logo": Phrase("logo"),
    "grace": Phrase("old secret"),
    "old_secret_accepted_until": Phrase("old secret accepted until"),
}
_WRITTEN: Final = {"name", "description"}
_MOMENTS: Final = {"expires_at", "old_secret_accepted_until"}
_GRACES: Final = {grace.value: grace.label for grace in Grace}
_WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "status": {
        "active": Phrase("Active"),
        "disabled": Phrase("Disabled"),
        "deactivated": Phrase("Deactivated"),
    },
    "role": {role.value: role.label for role in Role},
    "type": {each.value: each.label for each in AccountType},
    "reveal": {policy.value: policy.label for policy in RevealPolicy},
    "language": {language.value: language.label for language in Language},
}
_LONGEST_CLAUSE: Final = 120

_SENTENCES: Final = {
    "account.created": Phrase("The account %(name)s was created"),
    "account.renamed": Phrase("The account %(name)s was renamed"),
    "account.updated": Phrase("The account %(name)s was changed"),
    "account.enabled": Phrase("The account %(name)s was enabled"),
    "account.disabled": Phrase("The account %(name)s was disabled"),
    "account.reveal_changed": Phrase("The reveal policy of %(name)s was changed"),
    "account.language_changed": Phrase("The language of %(name)s was changed"),
    "account.module_enabled": Phrase("The module %(name)s was enabled for the account"),
    "account.module_disabled": Phrase("The module %(name)s was disabled for the account"),
    "account.modules_set": Phrase("The modules of %(name)s were changed"),
    "module.created": Phrase("The module %(name)s was created"),
    "event.described": Phrase("The type of event %(name)s was described"),
    "token.created": Phrase("The API token %(name)s was created"),
    "token.updated": Phrase("The API token %(name)s was changed"),
    "token.enabled": Phrase("The API token %(name)s was enabled"),
    "token.disabled": Phrase("The API token %(name)s was disabled"),
    "token.deleted": Phrase("The API token %(name)s was deleted"),
    "token.rotated": Phrase("The API token %(name)s got a new secret"),
    "token.grace_ended": Phrase("The old secret of the API token %(name)s was ended"),
    "token.old_secret_refused": Phrase(
        "The old secret of the API token %(name)s was used after its end"
    ),
    "token.secret_revealed": Phrase("The secret of the API token %(name)s was shown"),
    "user.created": Phrase("The user %(name)s was created"),
    "user.invited": Phrase("The user %(name)s was invited to the account"),
    "user.invitation_accepted": Phrase("%(name)s accepted the invitation"),
    "user.invitation_declined": Phrase("%(name)s declined the invitation"),
    "user.proved": Phrase("The e-mail address of %(name)s was vouched for"),
    "user.joined": Phrase("The user %(name)s was added to the account"),
    "user.role_changed": Phrase("The role of %(name)s was changed"),
    "user.deactivated": Phrase("The user %(name)s was deactivated in the account"),
    "user.reactivated": Phrase("The user %(name)s was activated again in the account"),
    "user.password_set": Phrase("%(name)s chose a password"),
    "user.password_changed": Phrase("%(name)s changed the password"),
    "user.password_reset": Phrase("The password of %(name)s was reset"),
    "user.password_reset_link_created": Phrase(
        "A one-time link for a new password was made for %(name)s"
    ),
    "user.sessions_ended": Phrase("Sessions of %(name)s were ended"),
    "user.sign_in_link_created": Phrase("A one-time sign-in link was made for %(name)s"),
    "user.signed_in": Phrase("%(name)s signed in"),
    "user.sign_in_failed": Phrase("A sign-in as %(name)s failed"),
    "user.account_switched": Phrase("%(name)s switched to this account"),
    "user.password_confirmed": Phrase("%(name)s confirmed the password"),
    "user.signed_out": Phrase("%(name)s signed out"),
}


class Difference(NamedTuple):
    """One field that a change touched; a dash stands for no value."""

    label: str
    before: str
    after: str

    @property
    def kind(self) -> str:
        """What happened to the field, in a word."""
        if self.before == NOTHING:
            return Phrase("Set")
        return Phrase("Cleared") if self.after == NOTHING else Phrase("Changed")


def differences(
    before: Mapping[str, Any] | None, after: Mapping[str, Any] | None
) -> list[Difference]:
    """The fields whose values differ, in the order they were recorded in."""
    return [
        Difference(
            label(each.key),
            each.before,
            Joined("", [each.after, " (", each.moved, ")"]) if each.moved else each.after,
        )
        for each in _changes(before or {}, after or {})
    ]


def sentence(
    event: str,
    object_name: str,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
) -> str:
    """What happened to the object, and how its fields changed, for people to read."""
    known = _SENTENCES.get(event)
    name = object_name or Phrase("nobody known")
    begin = Phrase(known, name=name) if known else summary(event)
    clauses = [
        _clause(each)
        for each in _changes(before or {}, after or {})
        if not (each.before == NOTHING and each.after == object_name)
    ]
    told = [": ", Joined("; ", clauses)] if clauses else []
    return Joined("", [begin, *told, "."])


def label(key: str) -> str:
    """What people call a field; its own name, made readable, where a later release's is read."""
    return LABELS.get(key) or key.replace("_", " ").capitalize()


class _Change(NamedTuple):
    """One field that differs, its values as texts; `moved` tells what a list gained and lost."""

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
        return Joined(" ", [name, change.moved])
    was, now = _quote(change.key, change.before), _quote(change.key, change.after)
    if was == NOTHING:
        return Joined(" ", [name, now])
    if now == NOTHING:
        return Phrase("%(field)s %(was)s removed", field=name, was=was)
    return Phrase("%(field)s from %(was)s to %(now)s", field=name, was=was, now=now)


def _moved(was: object, now: object) -> str:
    """What a list gained and lost; empty where one of the two is not a list."""
    if not isinstance(was, list) or not isinstance(now, list):
        return ""
    added = ", ".join(str(each) for each in now if each not in was)
    removed = ", ".join(str(each) for each in was if each not in now)
    parts = [Phrase("added %(items)s", items=added)] if added else []
    parts += [Phrase("removed %(items)s", items=removed)] if removed else []
    return Joined(", ", parts)


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
        return Phrase("Picture %(file)s", file=str(value)[:8])
    if key == "grace":
        return _GRACES.get(str(value), str(value))
    return str(value)


def _moment(text: str) -> str:
    try:
        return Moment(datetime.fromisoformat(text).astimezone(UTC))
    except (ValueError, OverflowError):
        return text


def _quote(key: str, said: str) -> str:
    """The value in a sentence: what people wrote themselves stands in quotation marks."""
    text = _short(said)
    own = key in _WRITTEN and text != NOTHING
    return Phrase("“%(text)s”", text=text) if own else text


def _short(text: str) -> str:
    if isinstance(text, Phrase):
        return text
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_CLAUSE else line[: _LONGEST_CLAUSE - 1] + "…"
