"""The verdict on a token, from its facts, the time and the modules asked for."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple


class Outcome(StrEnum):
    """The possible outcomes of a verification."""

    VALID = "valid"
    INVALID = "invalid"
    UNKNOWN = "unknown"
    DISABLED = "disabled"
    EXPIRED = "expired"
    ROTATED = "rotated"
    INSUFFICIENT_SCOPE = "insufficient_scope"


class Grant(NamedTuple):
    """Facts about one token as stored in the database; nothing here depends on the clock."""

    token_id: str
    token_name: str
    account_id: str
    account_name: str
    account_type: str
    account_active: bool
    token_active: bool
    module_ids: frozenset[str]
    created_at: datetime
    expires_at: datetime | None
    secret_id: int
    secret_accepted_until: datetime | None
    used_before: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """The result of a verification: the outcome, the facts it rests on, and missing modules."""

    outcome: Outcome
    grant: Grant | None = None
    missing_modules: tuple[str, ...] = ()

    @property
    def valid(self) -> bool:
        """Whether the bearer may pass."""
        return self.outcome is Outcome.VALID

    @property
    def reason(self) -> str:
        """The reason for the bearer. A wrong secret and an unknown id read the same."""
        return _REASONS[self.outcome]


_REASONS = {
    Outcome.VALID: "The token is valid.",
    Outcome.INVALID: "The token is invalid.",
    Outcome.UNKNOWN: "The token is invalid.",
    Outcome.DISABLED: "The token is disabled.",
    Outcome.EXPIRED: "The token is expired.",
    Outcome.ROTATED: "The token's secret was rotated.",
    Outcome.INSUFFICIENT_SCOPE: "The token is not granted the module asked for.",
}


def judge(grant: Grant, now: datetime, required_modules: Collection[str] = ()) -> Verdict:
    """Judge a token whose secret was right."""
    if not (grant.token_active and grant.account_active):
        return Verdict(Outcome.DISABLED, grant)
    if grant.expires_at is not None and grant.expires_at <= now:
        return Verdict(Outcome.EXPIRED, grant)
    if grant.secret_accepted_until is not None and grant.secret_accepted_until <= now:
        return Verdict(Outcome.ROTATED, grant)
    missing = tuple(module for module in required_modules if module not in grant.module_ids)
    if missing:
        return Verdict(Outcome.INSUFFICIENT_SCOPE, grant, missing)
    return Verdict(Outcome.VALID, grant)
