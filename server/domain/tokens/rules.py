"""What a token may be: its states, its modules, its expiry."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum, StrEnum
from typing import Final

from server.domain.errors import Complaints, IllegalMove
from server.domain.i18n.messages import Counted, Phrase
from server.domain.ids import IdKind

DRAFT_LIFE: Final = timedelta(hours=24)
"""How long an untouched draft is kept."""

COMMIT_ANSWER_LIFE: Final = timedelta(minutes=10)
"""How long a commit may be repeated for the same answer, the value included."""

REVEAL_WITHOUT_PASSWORD: Final = timedelta(minutes=5)
"""How fresh a sign-in must be to see a secret without the password again."""

EXPIRING_SOON: Final = timedelta(days=30)
EXPIRING_VERY_SOON: Final = timedelta(days=7)

LONGEST_LIFE: Final = timedelta(days=366 * 100)
MOST_MODULES: Final = 1_000


class TokenState(StrEnum):
    """The stored state of a token. Expiry is computed, see `shown_status`."""

    ACTIVE = "active"
    DISABLED = "disabled"
    DELETED = "deleted"

    @property
    def word(self) -> str:
        """The word in a sentence."""
        return _STATE_WORDS[self]


_STATE_WORDS: Final = {
    TokenState.ACTIVE: Phrase("active"),
    TokenState.DISABLED: Phrase("disabled"),
    TokenState.DELETED: Phrase("deleted"),
}


@dataclass(frozen=True)
class _Step:
    event: str
    done: str
    allowed_from: tuple[TokenState, ...]
    target: TokenState | None = None


class Move(Enum):
    """A step in a token's life: its event, its participle, from which states, to which."""

    ENABLE = _Step("token.enabled", Phrase("enabled"), (TokenState.DISABLED,), TokenState.ACTIVE)
    DISABLE = _Step("token.disabled", Phrase("disabled"), (TokenState.ACTIVE,), TokenState.DISABLED)
    DELETE = _Step(
        "token.deleted",
        Phrase("deleted"),
        (TokenState.ACTIVE, TokenState.DISABLED),
        TokenState.DELETED,
    )
    EDIT = _Step("token.updated", Phrase("changed"), (TokenState.ACTIVE, TokenState.DISABLED))
    ROTATE = _Step("token.rotated", Phrase("rotated"), (TokenState.ACTIVE,))

    @property
    def event(self) -> str:
        """The audit trail's event."""
        return self.value.event

    @property
    def target(self) -> TokenState | None:
        """The state it leads to; None where it leaves the state as it is."""
        return self.value.target

    def must_suit(self, token_id: str, state: TokenState) -> None:
        """Refuse a move that the state does not allow, naming both."""
        if state not in self.value.allowed_from:
            raise IllegalMove(
                Phrase(
                    "API token %(id)s is %(state)s; it cannot be %(done)s.",
                    id=token_id,
                    state=state.word,
                    done=self.value.done,
                )
            )


class Milestone(StrEnum):
    """A point of a token's life that its details tell of."""

    UPDATED = "updated"
    ENABLED = "enabled"
    DISABLED = "disabled"
    EXPIRY_SET = "expiry_set"
    ROTATED = "rotated"


class Grace(StrEnum):
    """How long the old secret is still accepted after a rotation."""

    NONE = "none"
    ONE_HOUR = "1h"
    ONE_DAY = "24h"
    ONE_WEEK = "7d"

    @property
    def span(self) -> timedelta:
        """The time it stands for."""
        return _SPANS[self]

    @property
    def label(self) -> str:
        """The words people read."""
        return _GRACE_LABELS[self]


_SPANS: Final = {
    Grace.NONE: timedelta(0),
    Grace.ONE_HOUR: timedelta(hours=1),
    Grace.ONE_DAY: timedelta(hours=24),
    Grace.ONE_WEEK: timedelta(days=7),
}
_GRACE_LABELS: Final = {
    Grace.NONE: Phrase("Not at all: it ends now"),
    Grace.ONE_HOUR: Phrase("For 1 hour"),
    Grace.ONE_DAY: Phrase("For 24 hours"),
    Grace.ONE_WEEK: Phrase("For 7 days"),
}


class TokenStatus(StrEnum):
    """What people see: the stored state, or expired when an active token's time is over."""

    ACTIVE = "active"
    DISABLED = "disabled"
    EXPIRED = "expired"

    @property
    def label(self) -> str:
        """The word people read."""
        return _STATUS_LABELS[self]


_STATUS_LABELS: Final = {
    TokenStatus.ACTIVE: Phrase("Active"),
    TokenStatus.DISABLED: Phrase("Disabled"),
    TokenStatus.EXPIRED: Phrase("Expired"),
}


class RevealPolicy(StrEnum):
    """Whether an account's secrets can be shown again after creation."""

    ALWAYS = "always"
    ONCE = "once"

    @property
    def label(self) -> str:
        """The word people read."""
        return _POLICY_LABELS[self]


_POLICY_LABELS: Final = {
    RevealPolicy.ALWAYS: Phrase("Always"),
    RevealPolicy.ONCE: Phrase("Once"),
}


def possible_moves(status: TokenStatus) -> tuple[Move, ...]:
    """What can be done with a token of this status, in the order people are offered it."""
    match status:
        case TokenStatus.DISABLED:
            return (Move.ENABLE, Move.EDIT, Move.DELETE)
        case TokenStatus.EXPIRED:
            return (Move.DISABLE, Move.EDIT, Move.DELETE)
    return (Move.DISABLE, Move.EDIT, Move.ROTATE, Move.DELETE)


def shown_status(state: TokenState, expires_at: datetime | None, now: datetime) -> TokenStatus:
    """The status of a token that is not deleted, at a moment."""
    if state is TokenState.ACTIVE and expires_at is not None and expires_at <= now:
        return TokenStatus.EXPIRED
    return TokenStatus(state.value)


class Urgency(StrEnum):
    """How soon a token ends."""

    NONE = "none"
    SOON = "soon"
    VERY_SOON = "very_soon"
    OVER = "over"


def urgency(expires_at: datetime | None, now: datetime) -> Urgency:
    """Whether an end is near: within 30 days it is soon, within 7 very soon."""
    if expires_at is None or expires_at - now > EXPIRING_SOON:
        return Urgency.NONE
    if expires_at <= now:
        return Urgency.OVER
    return Urgency.VERY_SOON if expires_at - now <= EXPIRING_VERY_SOON else Urgency.SOON


def say_time_left(expires_at: datetime, now: datetime) -> str:
    """How long a token has yet, in its largest whole unit: "12 days left", "expired"."""
    left = expires_at - now
    if left <= timedelta(0):
        return Phrase("expired")
    if days := left // timedelta(days=1):
        return Counted("%(num)s day left", "%(num)s days left", days)
    if hours := left // timedelta(hours=1):
        return Counted("%(num)s hour left", "%(num)s hours left", hours)
    return Phrase("less than 1 hour left")


def clean_expiry(
    expires_at: datetime | None, now: datetime, complaints: Complaints
) -> datetime | None:
    """An expiry that lies ahead, in UTC; None is a token without end."""
    if expires_at is None:
        return None
    if expires_at.tzinfo is None:
        complaints.add("expires_at", Phrase("The expiry needs a time zone."))
        return None
    try:
        moment = expires_at.astimezone(UTC)
    except OverflowError:
        complaints.add("expires_at", Phrase("The expiry lies outside of the calendar."))
        return None
    if moment <= now:
        complaints.add(
            "expires_at", Phrase("The expiry must lie ahead; it is now %(now)s.", now=now)
        )
    elif moment - now > LONGEST_LIFE:
        complaints.add("expires_at", Phrase("The expiry can lie at most 100 years ahead."))
    return moment


def parse_expiry(text: str, complaints: Complaints) -> datetime | None:
    """The moment that a form's `datetime-local` field or ISO 8601 text names; UTC when unsaid."""
    if not text.strip():
        return None
    try:
        moment = datetime.fromisoformat(text.strip())
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        complaints.add("expires_at", Phrase("Enter a date and time such as 2027-01-31 18:00."))
        return None


def clean_module_choice(module_ids: Iterable[str], complaints: Complaints) -> list[str]:
    """At least one module id, each once, in the order given; forms of ids are checked."""
    chosen = list(dict.fromkeys(module_ids))
    if not chosen:
        complaints.add("modules", Phrase("Select at least one module."))
    elif len(chosen) > MOST_MODULES:
        complaints.add("modules", Phrase("Select at most %(most)s modules.", most=MOST_MODULES))
        return []
    for module_id in chosen:
        if not IdKind.MODULE.matches(module_id):
            wrong = Phrase("%(id)s is not a module id.", id=repr(module_id[:40]))
            complaints.add("modules", wrong)
            return []
    return chosen
