"""The facts about one token that a verification needs, read in one query."""

import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from server.domain.tokens.lifecycle import TokenState
from server.domain.verification.verdict import Grant
from server.models.moments import AFTER_ALL, BEFORE_ALL
from server.services.usage.counters import UsageCounter

_MODULES: Final = (
    " FROM (SELECT g.module_id FROM token_grants g JOIN enabled_modules e"
    " ON e.module_id = g.module_id AND e.account_id = t.account_id"
    " WHERE g.token_id = t.id ORDER BY g.module_id) usable"
)
_QUERY: Final = (
    "SELECT t.id, t.name, t.state, t.created_at, t.expires_at, t.last_access_at,"
    " a.id AS account_id, a.name AS account_name, a.type AS account_type, a.active,"
    " s.id AS secret_id, s.key_id, s.digest, s.accepted_until, (SELECT {listed}) AS modules"
    " FROM tokens t JOIN accounts a ON a.id = t.account_id"
    " JOIN token_secrets s ON s.token_id = t.id"
    " WHERE t.id = {key} AND t.state <> 'deleted' ORDER BY s.id DESC"
)
SQLITE_QUERY: Final = _QUERY.format(listed="group_concat(usable.module_id)" + _MODULES, key="?")
"""Selects a token that is not deleted: one row per secret, the current secret first."""

POSTGRES_QUERY: Final = _QUERY.format(
    listed="string_agg(usable.module_id, ',' ORDER BY usable.module_id)" + _MODULES,
    key="ANY($1::text[])",
)
"""The same for many tokens."""

Rows = Callable[[str], Awaitable[Sequence[Mapping[str, Any]]]]
"""Looks up the rows of a token by its id."""


class AccountFacts:
    """What all tokens of an account share. If it is outdated, so are the facts of each token."""

    __slots__ = ("active", "id", "name", "outdated", "type")

    def __init__(self, account_id: str, name: str, account_type: str, active: bool) -> None:
        self.id = account_id
        self.name = name
        self.type = account_type
        self.active = active
        self.outdated = False


class SecretFacts(NamedTuple):
    """A stored digest, and until when its secret is accepted; None for the current secret."""

    id: int
    key_id: str
    digest: str
    accepted_until: datetime | None


class TokenFacts:
    """One token as stored in the database; nothing here depends on the clock.

    `valid_until` is when the current secret stops working by itself: the expiry, or the minimum
    date if token or account are not active. `mark` is this process's own digest of the current
    secret, set after its first match, and `counter` counts its uses. `kept` is free for the caller.
    """

    __slots__ = (
        "account",
        "active",
        "counter",
        "created_at",
        "expires_at",
        "kept",
        "mark",
        "module_ids",
        "name",
        "secrets",
        "token_id",
        "used_before",
        "valid_until",
    )

    def __init__(self, row: Any, secrets: tuple[SecretFacts, ...], account: AccountFacts) -> None:
        self.token_id: str = row["id"]
        self.name: str = row["name"]
        self.active = row["state"] == TokenState.ACTIVE
        self.created_at = _moment(row["created_at"])
        self.expires_at = _or_none(_moment(row["expires_at"]), AFTER_ALL)
        self.used_before = _moment(row["last_access_at"]) != BEFORE_ALL
        self.module_ids = frozenset(filter(None, (row["modules"] or "").split(",")))
        self.account = account
        self.secrets = secrets
        works = self.active and account.active
        self.valid_until = (self.expires_at or AFTER_ALL) if works else BEFORE_ALL
        self.mark = b""
        self.counter: UsageCounter | None = None
        self.kept: Any = None

    def grant(self, secret: SecretFacts) -> Grant:
        """Return the facts as a `Grant`, the input of `judge`."""
        return Grant(
            token_id=self.token_id,
            token_name=self.name,
            account_id=self.account.id,
            account_name=self.account.name,
            account_type=self.account.type,
            account_active=self.account.active,
            token_active=self.active,
            module_ids=self.module_ids,
            created_at=self.created_at,
            expires_at=self.expires_at,
            secret_id=secret.id,
            secret_accepted_until=secret.accepted_until,
            used_before=self.used_before,
        )


def facts_in(rows: Sequence[Mapping[str, Any]]) -> TokenFacts | None:
    """Build the facts from a token's rows; None if there are none."""
    if not rows:
        return None
    first = rows[0]
    account = AccountFacts(
        first["account_id"], first["account_name"], first["account_type"], bool(first["active"])
    )
    secrets = tuple(
        SecretFacts(
            row["secret_id"],
            sys.intern(row["key_id"]),
            row["digest"],
            None if row["accepted_until"] is None else _moment(row["accepted_until"]),
        )
        for row in rows
    )
    return TokenFacts(first, secrets, account)


def _moment(value: datetime | str) -> datetime:
    """Return a datetime: SQLite stores it as text."""
    return datetime.fromisoformat(value) if isinstance(value, str) else value


def _or_none(moment: datetime, missing: datetime) -> datetime | None:
    return None if moment == missing else moment
