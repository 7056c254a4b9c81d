"""What a change changed, in people's words: labels, texts before and after, and a sentence."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from server.domain.errors import say_moment
from server.domain.events import summary
from server.domain.token_rules import Grace

NOTHING: Final = "—"
"""How a value that is not there is written."""

LABELS: Final = {
    "name": "Name",
    "email": "E-mail",
    "description": "Description",
    "module": "Module",
    "modules": "Modules",
    "expires_at": "Expiry",
    "status": "Status",
    "role": "Role",
    "type": "Type",
    "reveal": "Reveal policy",
    "logo": "Logo",
    "grace": "Old secret",
    "old_secret_accepted_until": "Old secret accepted until",
}
_MOMENTS: Final = {"expires_at", "old_secret_accepted_until"}
_WORDS: Final = {"status", "role", "type", "reveal"}
_LONGEST_CLAUSE: Final = 120

_SENTENCES: Final = {
    "account.created": "The account {} was created",
    "account.renamed": "The account {} was renamed",
    "account.enabled": "The account {} was enabled",
    "account.disabled": "The account {} was disabled",
    "account.reveal_changed": "The reveal policy of {} was changed",
    "account.module_enabled": "The module {} was enabled for the account",
    "account.module_disabled": "The module {} was disabled for the account",
    "account.modules_set": "The modules of {} were changed",
    "module.created": "The module {} was created",
    "token.created": "The API token {} was created",
    "token.updated": "The API token {} was changed",
    "token.enabled": "The API token {} was enabled",
    "token.disabled": "The API token {} was disabled",
    "token.deleted": "The API token {} was deleted",
    "token.rotated": "The API token {} got a new secret",
    "token.grace_ended": "The old secret of the API token {} was ended",
    "token.old_secret_refused": "The old secret of the API token {} was used after its end",
    "token.secret_revealed": "The secret of the API token {} was shown",
    "user.created": "The user {} was created",
    "user.joined": "The user {} was added to the account",
    "user.role_changed": "The role of {} was changed",
    "user.deactivated": "The user {} was deactivated in the account",
    "user.reactivated": "The user {} was activated again in the account",
    "user.password_set": "{} chose a password",
    "user.sign_in_link_created": "A one-time sign-in link was made for {}",
    "user.signed_in": "{} signed in",
    "user.sign_in_failed": "A sign-in as {} failed",
    "user.account_switched": "{} switched to this account",
    "user.password_confirmed": "{} confirmed the password",
    "user.signed_out": "{} signed out",
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
            return "Set"
        return "Cleared" if self.after == NOTHING else "Changed"


def differences(
    before: Mapping[str, Any] | None, after: Mapping[str, Any] | None
) -> list[Difference]:
    """The fields whose values differ, in the order they were recorded in."""
    old, new = before or {}, after or {}
    found = []
    for key in dict.fromkeys([*new, *old]):
        texts = _say(key, old.get(key)), _say(key, new.get(key))
        if old.get(key) != new.get(key) and texts != (NOTHING, NOTHING):
            found.append(Difference(label(key), texts[0], texts[1] + _moves(old, new, key)))
    return found


def sentence(
    event: str,
    object_name: str,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
) -> str:
    """What happened to the object, and how its fields changed, for people to read."""
    known = _SENTENCES.get(event)
    begin = known.format(object_name or "nobody known") if known else summary(event)
    clauses = [
        _clause(key, before or {}, after or {})
        for key, difference in _by_key(before, after)
        if not (difference.kind == "Set" and difference.after == object_name)
    ]
    return f"{begin}: {'; '.join(clauses)}." if clauses else f"{begin}."


def label(key: str) -> str:
    """What people call a field; its own name, made readable, where a later release's is read."""
    return LABELS.get(key) or key.replace("_", " ").capitalize()


def _by_key(
    before: Mapping[str, Any] | None, after: Mapping[str, Any] | None
) -> list[tuple[str, Difference]]:
    found = {difference.label: difference for difference in differences(before, after)}
    keys = dict.fromkeys([*(after or {}), *(before or {})])
    return [(key, found[label(key)]) for key in keys if label(key) in found]


def _clause(key: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> str:
    name = label(key)
    name = name if name == "E-mail" else name[0].lower() + name[1:]
    if moved := _moved(old, new, key):
        return f"{name} {moved}"
    was, now = _short(_say(key, old.get(key))), _short(_say(key, new.get(key)))
    if was == NOTHING:
        return f"{name} {now}"
    return f"{name} {was} removed" if now == NOTHING else f"{name} from {was} to {now}"


def _moves(old: Mapping[str, Any], new: Mapping[str, Any], key: str) -> str:
    moved = _moved(old, new, key)
    return f" ({moved})" if moved else ""


def _moved(old: Mapping[str, Any], new: Mapping[str, Any], key: str) -> str:
    """What a list gained and lost; empty where one of the two is not a list."""
    was, now = old.get(key), new.get(key)
    if not isinstance(was, list) or not isinstance(now, list):
        return ""
    added = [str(each) for each in now if each not in was]
    removed = [str(each) for each in was if each not in now]
    parts = [("added ", added), ("removed ", removed)]
    return ", ".join(word + ", ".join(items) for word, items in parts if items)


def _say(key: str, value: Any) -> str:
    if value is None or value in ("", []):
        return NOTHING
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if key in _MOMENTS:
        return _moment(str(value))
    if key in _WORDS:
        return str(value).capitalize()
    if key == "logo":
        return f"Picture {str(value)[:8]}"
    if key == "grace":
        known = {grace.value: grace.label for grace in Grace}
        return known.get(str(value), str(value))
    return str(value)


def _moment(text: str) -> str:
    try:
        return say_moment(datetime.fromisoformat(text).astimezone(UTC))
    except ValueError:
        return text


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_CLAUSE else line[: _LONGEST_CLAUSE - 1] + "…"
