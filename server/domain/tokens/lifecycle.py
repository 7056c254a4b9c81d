"""The states of a token, and the transitions between them."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum, StrEnum
from typing import Final

from server.domain.errors import IllegalTransition
from server.domain.i18n.messages import Message


class TokenState(StrEnum):
    """The stored state of a token. Expiry is computed: see `effective_status`."""

    ACTIVE = "active"
    DISABLED = "disabled"
    DELETED = "deleted"

    @property
    def word(self) -> str:
        """The word within a sentence."""
        return _STATE_WORDS[self]


_STATE_WORDS: Final = {
    TokenState.ACTIVE: Message("active"),
    TokenState.DISABLED: Message("disabled"),
    TokenState.DELETED: Message("deleted"),
}


@dataclass(frozen=True)
class _TransitionSpec:
    event: str
    done: str
    allowed_from: tuple[TokenState, ...]
    target: TokenState | None = None


class Transition(Enum):
    """A step in a token's life: event, participle, the states that allow it, and the new state."""

    ENABLE = _TransitionSpec(
        "token.enabled", Message("enabled"), (TokenState.DISABLED,), TokenState.ACTIVE
    )
    DISABLE = _TransitionSpec(
        "token.disabled", Message("disabled"), (TokenState.ACTIVE,), TokenState.DISABLED
    )
    DELETE = _TransitionSpec(
        "token.deleted",
        Message("deleted"),
        (TokenState.ACTIVE, TokenState.DISABLED),
        TokenState.DELETED,
    )
    EDIT = _TransitionSpec(
        "token.updated", Message("changed"), (TokenState.ACTIVE, TokenState.DISABLED)
    )
    ROTATE = _TransitionSpec("token.rotated", Message("rotated"), (TokenState.ACTIVE,))

    @property
    def event(self) -> str:
        """The event in the audit trail."""
        return self.value.event

    @property
    def target(self) -> TokenState | None:
        """The new state; None if the state stays the same."""
        return self.value.target

    def ensure_allowed_from(self, token_id: str, state: TokenState) -> None:
        """Raise `IllegalTransition`, naming state and step, if the state does not allow it."""
        if state not in self.value.allowed_from:
            raise IllegalTransition(
                Message(
                    "API token %(id)s is %(state)s; it cannot be %(done)s.",
                    id=token_id,
                    state=state.word,
                    done=self.value.done,
                )
            )


class Milestone(StrEnum):
    """A point in a token's life that its details show."""

    UPDATED = "updated"
    ENABLED = "enabled"
    DISABLED = "disabled"
    EXPIRY_SET = "expiry_set"
    ROTATED = "rotated"


class TokenStatus(StrEnum):
    """What people see: the stored state, or expired if an active token's expiry has passed."""

    ACTIVE = "active"
    DISABLED = "disabled"
    EXPIRED = "expired"

    @property
    def label(self) -> str:
        """The text that people read."""
        return _STATUS_LABELS[self]


_STATUS_LABELS: Final = {
    TokenStatus.ACTIVE: Message("Active"),
    TokenStatus.DISABLED: Message("Disabled"),
    TokenStatus.EXPIRED: Message("Expired"),
}


def allowed_transitions(status: TokenStatus) -> tuple[Transition, ...]:
    """Return what can be done with a token of this status, in the order of menus."""
    match status:
        case TokenStatus.DISABLED:
            return (Transition.ENABLE, Transition.EDIT, Transition.DELETE)
        case TokenStatus.EXPIRED:
            return (Transition.DISABLE, Transition.EDIT, Transition.DELETE)
    return (Transition.DISABLE, Transition.EDIT, Transition.ROTATE, Transition.DELETE)


def effective_status(state: TokenState, expires_at: datetime | None, now: datetime) -> TokenStatus:
    """Return the status, at a time, of a token that is not deleted."""
    if state is TokenState.ACTIVE and expires_at is not None and expires_at <= now:
        return TokenStatus.EXPIRED
    return TokenStatus(state.value)
