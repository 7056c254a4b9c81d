"""Moments that may be missing, stored so that order and comparison need no special case."""

from datetime import UTC, datetime
from typing import Any, Final

from tortoise.fields import DatetimeField
from tortoise.models import Model

BEFORE_ALL: Final = datetime(1970, 1, 1, tzinfo=UTC)
AFTER_ALL: Final = datetime(9999, 1, 1, tzinfo=UTC)


class Moment(DatetimeField[datetime]):
    """A moment of the lists that people read: many, which Tortoise itself takes long to read."""

    def to_python_value(self, value: Any) -> Any:
        """The moment, aware of its zone."""
        return _read(value) or super().to_python_value(value)

    def describe(self, serializable: bool) -> dict[str, Any]:
        """For migrations it is what every moment is: the column is the same."""
        kind = DatetimeField.__name__ if serializable else DatetimeField
        return {**super().describe(serializable), "field_type": kind}


class OpenMoment(DatetimeField):  # type: ignore[type-arg]
    """A moment or None in Python, always a moment in the table.

    SQLite and PostgreSQL put NULL at opposite ends of an order, and no comparison finds it. So
    None is stored as `missing`: before all others for what has not happened yet, after all
    others for what never will.
    """

    def __init__(self, *, missing: datetime, **kwargs: Any) -> None:
        kwargs["null"] = True
        super().__init__(**kwargs)
        self.missing = missing

    def to_db_value(self, value: Any, instance: type[Model] | Model) -> Any:
        """The stored moment."""
        return super().to_db_value(self.missing if value is None else value, instance)

    def to_python_value(self, value: Any) -> datetime | None:
        """The moment; None for the stored `missing`."""
        moment: datetime | None = _read(value) or super().to_python_value(value)
        return None if moment == self.missing else moment


def _read(value: Any) -> datetime | None:
    """A moment as SQLite keeps it, which is text with its zone; None for anything else."""
    return datetime.fromisoformat(value) if isinstance(value, str) else None
