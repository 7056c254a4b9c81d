"""Timestamp fields: a fast one, and one for missing times that needs no NULL."""

from datetime import UTC, datetime
from typing import Any, Final

from tortoise.fields import DatetimeField
from tortoise.models import Model

BEFORE_ALL: Final = datetime(1970, 1, 1, tzinfo=UTC)
AFTER_ALL: Final = datetime(9999, 1, 1, tzinfo=UTC)


class Moment(DatetimeField[datetime]):
    """A timestamp of the lists that people read; Tortoise's own parsing is too slow for so many."""

    def to_python_value(self, value: Any) -> Any:
        """Return the timestamp, timezone-aware."""
        return _read(value) or super().to_python_value(value)

    def describe(self, serializable: bool) -> dict[str, Any]:
        """Describe it to migrations as a plain `DatetimeField`: the column is the same."""
        kind = DatetimeField.__name__ if serializable else DatetimeField
        return {**super().describe(serializable), "field_type": kind}


class OpenMoment(DatetimeField):  # type: ignore[type-arg]
    """A timestamp or None in Python, but never NULL in the table.

    SQLite and PostgreSQL sort NULL to opposite ends, and no comparison finds it. So None is stored
    as `missing`: the earliest time for what has not happened yet, the latest for what never will.
    """

    def __init__(self, *, missing: datetime, **kwargs: Any) -> None:
        kwargs["null"] = True
        super().__init__(**kwargs)
        self.missing = missing

    def to_db_value(self, value: Any, instance: type[Model] | Model) -> Any:
        """Return the timestamp to store."""
        return super().to_db_value(self.missing if value is None else value, instance)

    def to_python_value(self, value: Any) -> datetime | None:
        """Return the timestamp; None for the stored `missing`."""
        moment: datetime | None = _read(value) or super().to_python_value(value)
        return None if moment == self.missing else moment


def _read(value: Any) -> datetime | None:
    """Parse a timestamp that SQLite stores as text with its zone; None for any other value."""
    return datetime.fromisoformat(value) if isinstance(value, str) else None
