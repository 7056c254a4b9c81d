"""Timestamp properties."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from server.database.queries.sql import NEVER, SqlBuilder
from server.domain.filters import Compare, OneOf, Operator, Special, Value
from server.services.search.sql.fields import Unsuitable, not_convertible, not_permitted, text_of

_MILLISECOND: Final = timedelta(milliseconds=1)


@dataclass(frozen=True)
class TimestampProperty:
    """A timestamp, compared as shown: cut to milliseconds. `missing` is the SQL test for null."""

    column: str
    missing: str = NEVER
    join: str = ""

    def compare(self, comparison: Compare, sql: SqlBuilder) -> str:
        """Compare with ISO 8601. A time without zone is UTC; a date means its midnight."""
        operator = comparison.operator
        if operator in (Operator.LIKE, Operator.ILIKE):
            raise not_permitted(operator)
        sql.join(self.join)
        if comparison.value is Special.NULL:
            if self.missing == NEVER:
                raise Unsuitable("It is never null.")
            if operator not in (Operator.EQ, Operator.NE):
                raise not_permitted(operator)
            return f"({self.missing})" if operator is Operator.EQ else f"NOT ({self.missing})"
        condition = self._since_and_until(operator, parse_timestamp(comparison.value), sql)
        return f"NOT ({condition})" if operator is Operator.NE else f"({condition})"

    def among(self, listed: OneOf, sql: SqlBuilder) -> str:
        """Compare with a list of timestamps."""
        one = [Compare(Operator.EQ, listed.path, value) for value in listed.values]
        condition = " OR ".join(self.compare(each, sql) for each in one)
        return f"NOT ({condition})" if listed.excluded else f"({condition})"

    def order(self, sql: SqlBuilder) -> str:
        """Sort by the column, which also has a value where the timestamp is missing."""
        sql.join(self.join)
        return sql.moment_order(self.column)

    def _since_and_until(self, operator: Operator, moment: datetime, sql: SqlBuilder) -> str:
        """Return a condition with whole milliseconds as bounds, so that an index can serve."""
        floor = moment.replace(microsecond=moment.microsecond // 1_000 * 1_000)
        try:
            above = floor + _MILLISECOND
        except OverflowError:
            above = datetime.max.replace(tzinfo=UTC)
        ceiling = floor if moment == floor else above
        there = "" if self.missing == NEVER else f" AND NOT ({self.missing})"
        match operator:
            case Operator.LT:
                return f"{self.column} < {sql.mark(ceiling)}{there}"
            case Operator.LE:
                return f"{self.column} < {sql.mark(above)}{there}"
            case Operator.GT:
                return f"{self.column} >= {sql.mark(above)}{there}"
            case Operator.GE:
                return f"{self.column} >= {sql.mark(ceiling)}{there}"
        if ceiling != floor:
            return NEVER
        within = f"{self.column} >= {sql.mark(floor)} AND {self.column} < {sql.mark(above)}"
        return within + there


def parse_timestamp(value: Value) -> datetime:
    """Parse a timestamp and return it in UTC."""
    text = text_of(value)
    if text is None:
        raise Unsuitable("It is never null.")
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise not_convertible(text) from None
