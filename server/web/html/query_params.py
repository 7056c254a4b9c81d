"""Reading a URL's parameters; invalid values become defaults and are reported."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from urllib.parse import parse_qsl

from starlette.datastructures import QueryParams

from server.domain.i18n.messages import Message


class QueryReader:
    """Reads parameters one by one, and describes the invalid ones in `ignored`."""

    def __init__(self, params: QueryParams) -> None:
        self._params = params
        self.ignored: list[str] = []

    def text(self, name: str, unknown: str) -> str:
        """Return a short printable text; anything else is empty and reported as `unknown`."""
        value = self._params.get(name, "").strip()
        if value and (not value.isprintable() or len(value) > 32):
            self.ignored.append(unknown)
            return ""
        return value

    def one_of(self, name: str, unknown: str, allowed: Sequence[str]) -> str:
        """Return an allowed value; the first one is the default."""
        value = self._params.get(name, "") or allowed[0]
        if value in allowed:
            return value
        self.ignored.append(unknown)
        return allowed[0]

    def number_of_rows(self, allowed: Sequence[int]) -> int:
        """Return an allowed number of rows; the first one is the default."""
        unknown = Message("an unknown number of rows")
        return int(self.one_of("rows", unknown, tuple(map(str, allowed))))

    def day(self, name: str, noun: str) -> date | None:
        """Return a date such as 2027-01-31; None if it is missing or invalid."""
        text = self._params.get(name, "").strip()
        try:
            return date.fromisoformat(text) if text else None
        except ValueError:
            self.ignored.append(Message("%(day)s, which is not a date like 2027-01-31", day=noun))
            return None

    def number(self, name: str) -> int:
        """Return a positive number; 1 for anything else."""
        text = self._params.get(name, "")
        fits = text.isascii() and text.isdigit() and len(text) < 8
        return max(1, int(text)) if fits else 1


def start_of(day: date | None) -> datetime | None:
    """Return the start of a day in UTC."""
    return None if day is None else datetime.combine(day, time.min, UTC)


def end_of(day: date | None) -> datetime | None:
    """Return the start of the next day in UTC; None for the calendar's last day."""
    if day is None or day == date.max:
        return None
    return datetime.combine(day + timedelta(days=1), time.min, UTC)


def hidden_fields(query: str, *, without: Mapping[str, object] | Sequence[str] = ()) -> list[Any]:
    """Return a query as hidden fields, except the fields that the form itself sets."""
    pairs = parse_qsl(query)
    return [{"name": name, "value": value} for name, value in pairs if name not in without]
