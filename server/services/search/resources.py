"""The properties of each resource that lists can filter and sort by, in the Marketplace's words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from tortoise.models import Model

from server.database.queries.sql import SqlBuilder
from server.domain.actor import AccountType
from server.domain.audit.events import EVENTS
from server.domain.platform_words import (
    ACCOUNT_STATUSES,
    ACTIVE,
    DISABLED,
    OBJECT_TYPES,
    TOKEN_STATUSES,
    account_type_word,
    event_key,
)
from server.models.accounts import Account, Module
from server.models.audit import AuditRecord
from server.models.moments import BEFORE_ALL
from server.models.tokens import Token
from server.services.search.sql.fields import (
    Condition,
    LackingProperty,
    SecretProperty,
    WordProperty,
)
from server.services.search.sql.text_fields import IdProperty, MappedProperty, TextProperty
from server.services.search.sql.text_match import starts_with
from server.services.search.sql.timestamp_fields import TimestampProperty
from server.services.search.sql.where import Collection, Properties

_ACCOUNT: Final = "JOIN accounts a ON a.id = t.account_id"
_ACCESSED: Final = f"t.last_access_at <= '{BEFORE_ALL.isoformat(' ')}'"

_USABLE_MODULES: Final = Collection(
    "EXISTS (SELECT 1 FROM token_grants g JOIN modules m ON m.id = g.module_id"
    " JOIN enabled_modules e ON e.module_id = g.module_id AND e.account_id = t.account_id"
    " WHERE g.token_id = t.id AND {})",
    {
        "id": IdProperty("m.id"),
        "name": TextProperty("m.name"),
        "description": TextProperty("m.description", may_lack=True),
    },
)
"""A token's modules: those granted to it that are enabled for its account."""


@dataclass(frozen=True)
class Resource:
    """A table, aliased `t` in SQL, and its properties."""

    model: type[Model]
    properties: Properties

    @property
    def table(self) -> str:
        """The table's name."""
        return self.model._meta.db_table


def _equal(column: str, value: str) -> Condition:
    return lambda sql: f"{column} = '{value}'"


def _account(table: str, join: str = "") -> dict[str, TextProperty | WordProperty]:
    types = {account_type_word(each): _equal(f"{table}.type", each.value) for each in AccountType}
    statuses: dict[str, Condition | None] = dict.fromkeys(ACCOUNT_STATUSES)
    statuses[ACTIVE] = lambda sql: f"{table}.active"
    statuses[DISABLED] = lambda sql: f"NOT {table}.active"
    return {
        "name": TextProperty(f"{table}.name", join=join),
        "type": WordProperty(types, join),
        "status": WordProperty(statuses, join),
    }


def tokens(now: datetime) -> Resource:
    """Return the token resource with the status as of `now`: expired tokens count as disabled."""
    statuses: dict[str, Condition | None] = dict.fromkeys(TOKEN_STATUSES)
    statuses[ACTIVE] = lambda sql: f"(t.state = 'active' AND t.expires_at > {sql.mark(now)})"
    statuses[DISABLED] = lambda sql: (
        f"(t.state = 'disabled' OR (t.state = 'active' AND t.expires_at <= {sql.mark(now)}))"
    )
    of_account = {f"account.{name}": each for name, each in _account("a", _ACCOUNT).items()}
    return Resource(
        Token,
        {
            "id": IdProperty("t.id"),
            "name": TextProperty("t.name"),
            "description": TextProperty("t.description", may_lack=True),
            "status": WordProperty(statuses),
            "icon": LackingProperty("t.logo"),
            "token": SecretProperty(),
            "lastAccessAt": TimestampProperty("t.last_access_at", missing=_ACCESSED),
            "account.id": TextProperty("t.account_id"),
            **of_account,
            "modules": _USABLE_MODULES,
            "audit.created.at": TimestampProperty("t.created_at"),
            "audit.created.by.id": TextProperty("t.created_by_id"),
            "audit.created.by.name": TextProperty("t.created_by_name"),
            # A token that was never changed is sorted by its creation.
            "audit.updated.at": TimestampProperty(
                "t.updated_at", missing="t.updated_at <= t.created_at"
            ),
        },
    )


MODULES: Final = Resource(
    Module,
    {
        "id": IdProperty("t.id"),
        "name": TextProperty("t.name"),
        "description": TextProperty("t.description", may_lack=True),
        "audit.created.at": TimestampProperty("t.created_at"),
    },
)

ACCOUNTS: Final = Resource(
    Account,
    {
        "id": IdProperty("t.id"),
        **_account("t"),
        "icon": LackingProperty("t.logo"),
        "audit.created.at": TimestampProperty("t.created_at"),
    },
)


def _about(prefix: str) -> Condition:
    def condition(sql: SqlBuilder) -> str:
        return f"({starts_with('t.object_id', f'{prefix}-', sql)})"

    return condition


_OBJECT_TYPES: Final[Mapping[str, Condition]] = {
    word: _about(kind.prefix) for word, kind in sorted(OBJECT_TYPES.items())
}

RECORDS: Final = Resource(
    AuditRecord,
    {
        "id": IdProperty("t.id"),
        "event": MappedProperty("t.event", {event: event_key(event) for event in EVENTS}),
        "timestamp": TimestampProperty("t.at"),
        "object.id": TextProperty("t.object_id"),
        "object.name": TextProperty("t.object_name", may_lack=True),
        "object.objectType": WordProperty(_OBJECT_TYPES),
        "actor.id": TextProperty("t.actor_id"),
        "actor.name": TextProperty("t.actor_name"),
        "request.api.ip": TextProperty("t.address", may_lack=True),
        "request.api.userAgent": TextProperty("t.user_agent", may_lack=True),
    },
)
