"""Moments that may be missing, stored so that order and comparison need no special case."""

from datetime import UTC, datetime
from typing import Any, Final

from tortoise.fields import DatetimeField
from tortoise.models import Model

BEFORE_ALL: Final = datetime(1970, 1, 1, tzinfo=UTC)
AFTER_ALL: Final = datetime(9999, 1, 1, tzinfo=UTC)


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
        moment: datetime | None = super().to_python_value(value)
        return None if moment == self.missing else moment
