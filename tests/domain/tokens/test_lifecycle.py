"""The moves of a token's life, and how its end is told."""

from datetime import datetime, timedelta

import pytest

from server.domain.errors import IllegalMove
from server.domain.tokens.expiry import Urgency, say_time_left, urgency
from server.domain.tokens.lifecycle import (
    Move,
    TokenState,
    TokenStatus,
    possible_moves,
    shown_status,
)
from server.domain.tokens.secret_policy import Grace
from tests.support.clock import START as NOW

INSTANT = timedelta(microseconds=1)
DAY = timedelta(days=1)

ALLOWED = {
    TokenState.ACTIVE: {Move.DISABLE, Move.DELETE, Move.EDIT, Move.ROTATE},
    TokenState.DISABLED: {Move.ENABLE, Move.DELETE, Move.EDIT},
    TokenState.DELETED: set[Move](),
}
DONE = {
    Move.ENABLE: "enabled",
    Move.DISABLE: "disabled",
    Move.DELETE: "deleted",
    Move.EDIT: "changed",
    Move.ROTATE: "rotated",
}


@pytest.mark.parametrize("move", Move)
@pytest.mark.parametrize("state", TokenState)
def test_a_move_suits_its_states_alone(state: TokenState, move: Move) -> None:
    if move in ALLOWED[state]:
        move.must_suit("TKN-1234-5678", state)
        return
    with pytest.raises(IllegalMove) as refusal:
        move.must_suit("TKN-1234-5678", state)
    said = f"API token TKN-1234-5678 is {state.value}; it cannot be {DONE[move]}."
    assert refusal.value.message == said


@pytest.mark.parametrize(
    ("state", "expires_at"),
    [(TokenState.ACTIVE, None), (TokenState.ACTIVE, NOW), (TokenState.DISABLED, None)],
)
def test_what_is_offered_is_what_is_possible(
    state: TokenState, expires_at: datetime | None
) -> None:
    status = shown_status(state, expires_at, NOW)
    possible = ALLOWED[state] - ({Move.ROTATE} if status is TokenStatus.EXPIRED else set())
    assert set(possible_moves(status)) == possible
    assert len(possible_moves(status)) == len(possible)


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
    assert urgency(NOW + left, NOW) is expected
    assert say_time_left(NOW + left, NOW) == said


def test_what_has_no_end_is_not_urgent() -> None:
    assert urgency(None, NOW) is Urgency.NONE
