"""Expiry, choice of modules, and the status that people see."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from server.domain.errors import FieldErrors
from server.domain.tokens.expiry import parse_expiry, validate_expiry
from server.domain.tokens.lifecycle import TokenState, TokenStatus, effective_status
from server.domain.tokens.limits import validate_module_ids
from tests.support.clock import START as NOW

SECOND = timedelta(seconds=1)
INSTANT = timedelta(microseconds=1)


def expiry(moment: datetime | None) -> tuple[datetime | None, list[str]]:
    field_errors = FieldErrors()
    cleaned = validate_expiry(moment, NOW, field_errors)
    assert all(complaint.path == ("expires_at",) for complaint in field_errors.found)
    return cleaned, [complaint.message for complaint in field_errors.found]


def choice(module_ids: list[str]) -> tuple[list[str], list[str]]:
    field_errors = FieldErrors()
    cleaned = validate_module_ids(module_ids, field_errors)
    assert all(complaint.path == ("modules",) for complaint in field_errors.found)
    return cleaned, [complaint.message for complaint in field_errors.found]


@pytest.mark.parametrize("moment", [None, NOW + INSTANT, NOW + timedelta(days=36_600)])
def test_an_expiry_lies_ahead_or_is_none(moment: datetime | None) -> None:
    assert expiry(moment) == (moment, [])


@pytest.mark.parametrize("moment", [NOW, NOW - INSTANT, datetime(1, 1, 1, tzinfo=UTC)])
def test_an_expiry_that_does_not_lie_ahead_is_refused(moment: datetime) -> None:
    assert expiry(moment)[1] == ["The expiry must lie ahead; it is now 14 Mar 2030 09:26 UTC."]


@pytest.mark.parametrize("moment", [NOW + timedelta(days=36_600) + INSTANT, datetime.max])
def test_an_expiry_is_at_most_a_century_away(moment: datetime) -> None:
    assert expiry(moment.replace(tzinfo=UTC))[1] == ["The expiry can lie at most 100 years ahead."]


def test_an_expiry_needs_a_zone_and_is_kept_in_utc() -> None:
    assert expiry(datetime(2031, 1, 1))[1] == ["The expiry needs a time zone."]
    tokyo = datetime(2031, 1, 1, 9, tzinfo=timezone(timedelta(hours=9)))
    cleaned, messages = expiry(tokyo)
    assert (cleaned, messages) == (datetime(2031, 1, 1, tzinfo=UTC), [])
    assert cleaned is not None
    assert cleaned.tzinfo is UTC


@pytest.mark.parametrize(
    "moment",
    [
        datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14))),
        datetime(9999, 12, 31, 23, 59, tzinfo=timezone(-timedelta(hours=14))),
    ],
)
def test_an_expiry_beyond_the_calendar_is_a_complaint_and_no_crash(moment: datetime) -> None:
    assert len(expiry(moment)[1]) == 1


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("", None),
        ("  ", None),
        ("2031-01-31T18:00", datetime(2031, 1, 31, 18, tzinfo=UTC)),
        ("2031-01-31 18:00", datetime(2031, 1, 31, 18, tzinfo=UTC)),
        (" 2031-01-31 ", datetime(2031, 1, 31, tzinfo=UTC)),
        ("2031-01-31T18:00:00+02:00", datetime(2031, 1, 31, 16, tzinfo=UTC)),
        ("2031-01-31T18:00:00Z", datetime(2031, 1, 31, 18, tzinfo=UTC)),
    ],
)
def test_a_form_says_an_expiry_in_iso_8601(text: str, moment: datetime | None) -> None:
    field_errors = FieldErrors()
    assert parse_expiry(text, field_errors) == moment
    assert field_errors.found == []


@pytest.mark.parametrize(
    "text",
    ["tomorrow", "2031-02-30", "31.01.2031", "0001-01-01T00:00+14:00", "1e9", "2031-01-31T25:00"],
)
def test_what_is_no_moment_is_a_complaint(text: str) -> None:
    field_errors = FieldErrors()
    assert parse_expiry(text, field_errors) is None
    assert [(found.field, found.message) for found in field_errors.found] == [
        ("expires_at", "Enter a date and time such as 2027-01-31 18:00.")
    ]


def test_a_choice_has_each_module_once_in_the_order_given() -> None:
    assert choice(["MOD-2001", "MOD-1756", "MOD-2001"]) == (["MOD-2001", "MOD-1756"], [])


def test_a_choice_is_not_empty() -> None:
    assert choice([]) == ([], ["Select at least one module."])


def test_a_choice_is_of_module_ids() -> None:
    assert choice(["MOD-1756", "Billing"]) == ([], ["'Billing' is not a module id."])
    assert choice(["x" * 100])[1] == [f"'{'x' * 40}' is not a module id."]


def test_a_choice_is_bounded() -> None:
    assert choice([f"MOD-{n:04}" for n in range(1_000)])[1] == []
    assert choice([f"MOD-{n:04}" for n in range(1_001)]) == ([], ["Select at most 1,000 modules."])


@pytest.mark.parametrize(
    ("state", "expires_at", "status"),
    [
        (TokenState.ACTIVE, None, TokenStatus.ACTIVE),
        (TokenState.ACTIVE, NOW + INSTANT, TokenStatus.ACTIVE),
        (TokenState.ACTIVE, NOW, TokenStatus.EXPIRED),
        (TokenState.ACTIVE, NOW - SECOND, TokenStatus.EXPIRED),
        (TokenState.DISABLED, None, TokenStatus.DISABLED),
        (TokenState.DISABLED, NOW - SECOND, TokenStatus.DISABLED),
    ],
)
def test_status(state: TokenState, expires_at: datetime | None, status: TokenStatus) -> None:
    assert effective_status(state, expires_at, NOW) is status
    assert status.label == status.value.capitalize()
