"""When a token expires, and how soon that is."""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final

from server.domain.errors import FieldErrors
from server.domain.i18n.messages import Message, PluralMessage

EXPIRING_SOON: Final = timedelta(days=30)


EXPIRING_VERY_SOON: Final = timedelta(days=7)


LONGEST_LIFE: Final = timedelta(days=366 * 100)


class Urgency(StrEnum):
    """How soon a token expires."""

    NONE = "none"
    SOON = "soon"
    VERY_SOON = "very_soon"
    OVER = "over"


def expiry_urgency(expires_at: datetime | None, now: datetime) -> Urgency:
    """Return how near the expiry is: soon within 30 days, very soon within 7."""
    if expires_at is None or expires_at - now > EXPIRING_SOON:
        return Urgency.NONE
    if expires_at <= now:
        return Urgency.OVER
    return Urgency.VERY_SOON if expires_at - now <= EXPIRING_VERY_SOON else Urgency.SOON


def describe_time_left(expires_at: datetime, now: datetime) -> str:
    """Return the time left in its largest whole unit: "12 days left", or "expired"."""
    left = expires_at - now
    if left <= timedelta(0):
        return Message("expired")
    if days := left // timedelta(days=1):
        return PluralMessage("%(num)s day left", "%(num)s days left", days)
    if hours := left // timedelta(hours=1):
        return PluralMessage("%(num)s hour left", "%(num)s hours left", hours)
    return Message("less than 1 hour left")


def validate_expiry(
    expires_at: datetime | None, now: datetime, field_errors: FieldErrors
) -> datetime | None:
    """Return the expiry in UTC. It must be in the future; None means no expiry.

    Add an error to `field_errors` if it is invalid.
    """
    if expires_at is None:
        return None
    if expires_at.tzinfo is None:
        field_errors.add("expires_at", Message("The expiry needs a time zone."))
        return None
    try:
        moment = expires_at.astimezone(UTC)
    except OverflowError:
        field_errors.add("expires_at", Message("The expiry lies outside of the calendar."))
        return None
    if moment <= now:
        field_errors.add(
            "expires_at", Message("The expiry must lie ahead; it is now %(now)s.", now=now)
        )
    elif moment - now > LONGEST_LIFE:
        field_errors.add("expires_at", Message("The expiry can lie at most 100 years ahead."))
    return moment


def parse_expiry(text: str, field_errors: FieldErrors) -> datetime | None:
    """Parse a form's `datetime-local` field or ISO 8601; UTC unless it has a time zone.

    Return None for an empty text, and for an invalid one, with an error in `field_errors`.
    """
    if not text.strip():
        return None
    try:
        moment = datetime.fromisoformat(text.strip())
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        field_errors.add("expires_at", Message("Enter a date and time such as 2027-01-31 18:00."))
        return None
