"""What the product promises of a token's life, in plain Python: the model beside the desk.

Every method answers with the refusal that the desk must give; where that is None the model has
taken the step, and has noted the audit record that the desk must have left.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from server.domain.errors import DomainError, IllegalTransition, Invalid, NotAllowed, Stale
from server.domain.tokens.secret_policy import Grace
from server.domain.verification.verdict import Outcome

Refused = type[DomainError] | None

HOUR: Final = timedelta(hours=1)
GRACES: Final = {
    Grace.NONE: timedelta(0),
    Grace.ONE_HOUR: HOUR,
    Grace.ONE_DAY: timedelta(hours=24),
    Grace.ONE_WEEK: timedelta(days=7),
}


@dataclass
class ModelSecret:
    """One value that was handed out."""

    text: str
    until: datetime | None = None
    refused_at: datetime | None = None
    forgotten: bool = False


@dataclass
class ModelToken:
    """One token, deleted ones included."""

    id: str
    name: str
    modules: set[str]
    expires_at: datetime | None
    state: str = "active"
    version: int = 1
    last_access_at: datetime | None = None
    secrets: list[ModelSecret] = field(default_factory=list)

    def old(self) -> list[ModelSecret]:
        """The rotated-out secrets that are kept, the oldest first."""
        return [each for each in self.secrets if each.until is not None and not each.forgotten]


@dataclass
class Model:
    """One account, its modules and its tokens."""

    account_id: str
    now: datetime
    enabled: set[str]
    account_active: bool = True
    tokens: list[ModelToken] = field(default_factory=list)
    records: list[tuple[str, str]] = field(default_factory=list)

    def alive(self) -> list[ModelToken]:
        """The tokens that are not deleted."""
        return [token for token in self.tokens if token.state != "deleted"]

    def token(self, number: int) -> ModelToken:
        """One of those alive, or the last that was deleted."""
        deleted = [token for token in self.tokens if token.state == "deleted"]
        choice = self.alive() + deleted[-1:]
        return choice[number % len(choice)]

    def outcome(self, token: ModelToken, secret: ModelSecret, module: str | None) -> Outcome:
        """What verifying this secret must answer now."""
        if token.state == "deleted" or secret.forgotten:
            return Outcome.UNKNOWN
        if token.state == "disabled" or not self.account_active:
            return Outcome.DISABLED
        if self.expired(token):
            return Outcome.EXPIRED
        if secret.until is not None and secret.until <= self.now:
            return Outcome.ROTATED
        if module is not None and module not in token.modules & self.enabled:
            return Outcome.INSUFFICIENT_SCOPE
        return Outcome.VALID

    def expired(self, token: ModelToken) -> bool:
        """Whether the token's time is over."""
        return token.expires_at is not None and token.expires_at <= self.now

    def status(self, token: ModelToken) -> str:
        """What people are shown."""
        return "expired" if token.state == "active" and self.expired(token) else token.state

    def create(self, modules: set[str], expires_at: datetime | None) -> Refused:
        """Whether a token can be made; the machine adds it, with the id and secret it got."""
        if not modules or (expires_at is not None and expires_at <= self.now):
            return Invalid
        if not self.account_active:
            return NotAllowed
        return None if modules <= self.enabled else Invalid

    def created(self, token: ModelToken) -> None:
        """Note the token that was made."""
        self.tokens.append(token)
        self.records.append(("token.created", token.id))

    def edit(
        self, token: ModelToken, version: int | None, name: str, modules: set[str] | None
    ) -> Refused:
        """Another name, and other modules where they are given."""
        if modules is not None and not modules:
            return Invalid
        if token.state == "deleted":
            return IllegalTransition
        if version not in {None, token.version}:
            return Stale
        wanted = token.modules if modules is None else modules
        if wanted - token.modules - self.enabled:
            return Invalid
        if (name, wanted) != (token.name, token.modules):
            token.name, token.modules = name, wanted
            self._touched(token, "token.updated")
        return None

    def set_expiry(self, token: ModelToken, expires_at: datetime | None) -> Refused:
        """Another expiry; None is none. What a form sends back is the same to the minute."""
        current = token.expires_at
        same = (
            expires_at is not None
            and current is not None
            and (timedelta(0) <= current - expires_at < timedelta(minutes=1))
        )
        if not same and expires_at is not None and expires_at <= self.now:
            return Invalid
        if token.state == "deleted":
            return IllegalTransition
        if not same and current != expires_at:
            token.expires_at = expires_at
            self._touched(token, "token.updated")
        return None

    def move(self, token: ModelToken, event: str, allowed: set[str], target: str) -> Refused:
        """Enable, disable or delete."""
        if token.state not in allowed:
            return IllegalTransition
        token.state = target
        self._touched(token, event)
        return None

    def enable(self, token: ModelToken) -> Refused:
        """Disabled to active."""
        return self.move(token, "token.enabled", {"disabled"}, "active")

    def disable(self, token: ModelToken) -> Refused:
        """Active to disabled."""
        return self.move(token, "token.disabled", {"active"}, "disabled")

    def delete(self, token: ModelToken) -> Refused:
        """The end."""
        return self.move(token, "token.deleted", {"active", "disabled"}, "deleted")

    def rotate(self, token: ModelToken, grace: Grace) -> Refused:
        """A new current secret, which the machine adds; the old one gets its end."""
        working = [each for each in token.old() if each.until and each.until > self.now]
        usable = self.status(token) == "active" and self.account_active
        full = len(working) >= 5 and grace is not Grace.NONE
        if not usable or full:
            return IllegalTransition
        [current] = [each for each in token.secrets if each.until is None]
        until = self.now + GRACES[grace]
        current.until = until if token.expires_at is None else min(until, token.expires_at)
        for secret in token.old()[:-5]:
            secret.forgotten = secret.until is not None and secret.until <= self.now
        self._touched(token, "token.rotated")
        return None

    def end_grace(self, token: ModelToken) -> Refused:
        """All old secrets end now."""
        working = [each for each in token.old() if each.until and each.until > self.now]
        if token.state == "deleted" or not working:
            return IllegalTransition
        for secret in working:
            secret.until = self.now
        self.records.append(("token.grace_ended", token.id))
        return None

    def use(self, token: ModelToken, secret: ModelSecret) -> None:
        """A program sends the secret."""
        match self.outcome(token, secret, None):
            case Outcome.VALID:
                token.last_access_at = self.now
            case Outcome.ROTATED:
                if secret.refused_at is None or secret.refused_at <= self.now - HOUR:
                    secret.refused_at = self.now
                    self.records.append(("token.old_secret_refused", token.id))

    def set_module(self, module: str, *, enabled: bool) -> Refused:
        """Operations enables a module for the account or withdraws it; twice is fine."""
        if (module in self.enabled) is not enabled:
            self.enabled ^= {module}
            word = "enabled" if enabled else "disabled"
            self.records.append((f"account.module_{word}", self.account_id))
        return None

    def set_account(self, *, active: bool) -> Refused:
        """Operations enables or disables the account."""
        if self.account_active is active:
            return IllegalTransition
        self.account_active = active
        self.records.append((f"account.{'enabled' if active else 'disabled'}", self.account_id))
        return None

    def _touched(self, token: ModelToken, event: str) -> None:
        token.version += 1
        self.records.append((event, token.id))
