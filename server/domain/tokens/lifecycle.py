"""The states of a token, and the transitions between them."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum, StrEnum
from typing import Final

from server.domain.errors import IllegalMove
from server.domain.i18n.messages import Phrase


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
