"""Parsers of time spans and dates in options."""

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated, Final

import typer

_UNITS: Final = {"d": "days", "h": "hours", "m": "minutes"}


def duration(text: str) -> timedelta:
    """Parse a time span such as 90d, 12h or 30m."""
    match = re.fullmatch(r"([1-9][0-9]{0,5})([dhm])", text, re.ASCII)
    if match is None:
        raise typer.BadParameter("write a time span such as 90d, 12h or 30m")
    return timedelta(**{_UNITS[match[2]]: int(match[1])})


def moment(text: str) -> datetime:
    """Parse a date (its start) or a time in ISO 8601, in UTC unless it has an offset."""
    try:
        found = datetime.fromisoformat(text)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise typer.BadParameter(
            "write a day such as 2027-01-31 or a moment such as 2027-01-31T18:00Z"
        ) from None


ExpiresIn = Annotated[
    timedelta | None,
    typer.Option(parser=duration, metavar="90d|12h|30m", help="The token ends after this time."),
]
