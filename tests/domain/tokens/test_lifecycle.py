"""The moves of a token's life, and how its end is told."""

from datetime import datetime, timedelta

import pytest

from server.domain.errors import IllegalTransition
from server.domain.tokens.expiry import Urgency, describe_time_left, expiry_urgency
from server.domain.tokens.lifecycle import (
    TokenState,
    TokenStatus,
    Transition,
    allowed_transitions,
    effective_status,
)
from server.domain.tokens.secret_policy import Grace
from tests.support.clock import START as NOW

INSTANT = timedelta(microseconds=1)
DAY = timedelta(days=1)

ALLOWED = {
    TokenState.ACTIVE: {Transition.DISABLE, Transition.DELETE, Transition.EDIT, Transition.ROTATE},
    TokenState.DISABLED: {Transition.ENABLE, Transition.DELETE, Transition.EDIT},
    TokenState.DELETED: set[Transition](),
}
DONE = {
    Transition.ENABLE: "enabled",
    Transition.DISABLE: "disabled",
    Transition.DELETE: "deleted",
    Transition.EDIT: "changed",
    Transition.ROTATE: "rotated",
}


@pytest.mark.parametrize("move", Transition)
@pytest.mark.parametrize("state", TokenState)
def test_a_move_suits_its_states_alone(state: TokenState, move: Transition) -> None:
    if move in ALLOWED[state]:
        move.ensure_allowed_from("TKN-1234-5678", state)
        return
    with pytest.raises(IllegalTransition) as refusal:
        move.ensure_allowed_from("TKN-1234-5678", state)
    said = f"API token TKN-1234-5678 is {state.value}; it cannot be {DONE[move]}."
    assert refusal.value.message == said


@pytest.mark.parametrize(
    ("state", "expires_at"),
    [(TokenState.ACTIVE, None), (TokenState.ACTIVE, NOW), (TokenState.DISABLED, None)],
)
def test_what_is_offered_is_what_is_possible(
    state: TokenState, expires_at: datetime | None
) -> None:
    status = effective_status(state, expires_at, NOW)
    possible = ALLOWED[state] - ({Transition.ROTATE} if status is TokenStatus.EXPIRED else set())
    assert set(allowed_transitions(status)) == possible
    assert len(allowed_transitions(status)) == len(possible)


def test_a_grace_is_none_an_hour_a_day_or_a_week() -> None:
    assert {grace.value: grace.span for grace in Grace} == {
        "none": timedelta(0),
        "1h": timedelta(hours=1),
        "24h": DAY,
        "7d": 7 * DAY,
    }
    assert len({grace.label for grace in Grace}) == 4


@pytest.mark.parametrize(
    ("left", "expected", "said"),
    [
        (-DAY, Urgency.OVER, "expired"),
        (timedelta(0), Urgency.OVER, "expired"),
        (INSTANT, Urgency.VERY_SOON, "less than 1 hour left"),
        (timedelta(hours=1), Urgency.VERY_SOON, "1 hour left"),
        (DAY - INSTANT, Urgency.VERY_SOON, "23 hours left"),
        (DAY, Urgency.VERY_SOON, "1 day left"),
        (7 * DAY, Urgency.VERY_SOON, "7 days left"),
        (7 * DAY + INSTANT, Urgency.SOON, "7 days left"),
        (30 * DAY, Urgency.SOON, "30 days left"),
        (30 * DAY + INSTANT, Urgency.NONE, "30 days left"),
        (400 * DAY, Urgency.NONE, "400 days left"),
    ],
)
def test_the_end_is_told_30_and_7_days_before(
    left: timedelta, expected: Urgency, said: str
) -> None:
    assert expiry_urgency(NOW + left, NOW) is expected
    assert describe_time_left(NOW + left, NOW) == said


def test_what_has_no_end_is_not_urgent() -> None:
    assert expiry_urgency(None, NOW) is Urgency.NONE
