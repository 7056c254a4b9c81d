"""QueryReader an address's parameters: what cannot be understood is left out, and told of."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from urllib.parse import parse_qsl

from starlette.datastructures import QueryParams

from server.domain.i18n.messages import Message


class QueryReader:
    """Reads parameters one by one, and notes in `ignored` what was left out, in words."""

    def __init__(self, params: QueryParams) -> None:
        self._params = params
        self.ignored: list[str] = []

    def text(self, name: str, unknown: str) -> str:
        """A short printable text; empty for anything else, which is called `unknown`."""
        value = self._params.get(name, "").strip()
        if value and (not value.isprintable() or len(value) > 32):
            self.ignored.append(unknown)
            return ""
        return value

    def one_of(self, name: str, unknown: str, allowed: Sequence[str]) -> str:
        """One of the allowed values, the first of which is usual."""
        value = self._params.get(name, "") or allowed[0]
        if value in allowed:
            return value
        self.ignored.append(unknown)
        return allowed[0]

    def number_of_rows(self, allowed: Sequence[int]) -> int:
        """One of the allowed numbers, the first of which is usual."""
        unknown = Message("an unknown number of rows")
        return int(self.one_of("rows", unknown, tuple(map(str, allowed))))

    def day(self, name: str, noun: str) -> date | None:
        """A day such as 2027-01-31."""
        text = self._params.get(name, "").strip()
        try:
            return date.fromisoformat(text) if text else None
        except ValueError:
            self.ignored.append(Message("%(day)s, which is not a date like 2027-01-31", day=noun))
            return None

    def number(self, name: str) -> int:
        """A positive number; 1 for anything else."""
        text = self._params.get(name, "")
        fits = text.isascii() and text.isdigit() and len(text) < 8
        return max(1, int(text)) if fits else 1


def start_of(day: date | None) -> datetime | None:
    """The first moment of a day, in UTC."""
    return None if day is None else datetime.combine(day, time.min, UTC)


def end_of(day: date | None) -> datetime | None:
    """The beginning of the next day, in UTC; the calendar's last day has none."""
    if day is None or day == date.max:
        return None
    return datetime.combine(day + timedelta(days=1), time.min, UTC)


def hidden_fields(query: str, *, without: Mapping[str, object] | Sequence[str] = ()) -> list[Any]:
    """A query as hidden fields of a form that changes the rest of it."""
    pairs = parse_qsl(query)
    return [{"name": name, "value": value} for name, value in pairs if name not in without]
