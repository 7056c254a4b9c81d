"""Text properties, among them ids and texts shown in other words than stored."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from server.database.queries.sql import NEVER, SqlBuilder
from server.domain.filters import Compare, OneOf, Operator, Value
from server.domain.ids import kind_of
from server.domain.text.patterns import evaluate_text, parse_pattern
from server.services.search.sql.fields import Unsuitable, text_of
from server.services.search.sql.text_match import matches, matches_any_case, ordered

_SIGNS: Final = {
    Operator.EQ: "=",
    Operator.NE: "<>",
    Operator.LT: "<",
    Operator.LE: "<=",
    Operator.GT: ">",
    Operator.GE: ">=",
}


_ORDERS: Final = frozenset({Operator.LT, Operator.LE, Operator.GT, Operator.GE})


@dataclass(frozen=True)
class TextProperty:
    """A text. If it `may_lack`, an empty column means null, and null() and empty() both find it."""

    column: str
    may_lack: bool = False
    join: str = ""

    def compare(self, comparison: Compare, sql: SqlBuilder) -> str:
        """Compare by any operator; null is neither less, greater nor like anything."""
        operator, text = comparison.operator, self._text(comparison.value)
        sql.join(self.join)
        match operator:
            case Operator.EQ | Operator.NE:
                return f"{self.column} {_SIGNS[operator]} {sql.mark(text)}"
            case Operator.LIKE:
                condition = matches(self.column, *parse_pattern(text), sql)
            case Operator.ILIKE:
                condition = matches_any_case(self.column, *parse_pattern(text), sql)
            case _:
                column = ordered(self.column, sql)
                condition = f"{column} {_SIGNS[operator]} {sql.mark(text)}"
        return f"({condition} AND {self.column} <> '')" if self.may_lack else f"({condition})"

    def among(self, listed: OneOf, sql: SqlBuilder) -> str:
        """Compare with a list of texts."""
        texts = [self._text(value) for value in listed.values]
        sql.join(self.join)
        return f"{self.column} {'NOT IN' if listed.excluded else 'IN'} {sql.marks(texts)}"

    def order(self, sql: SqlBuilder) -> str:
        """Sort by code points; null comes first."""
        sql.join(self.join)
        return ordered(sql.text_order(self.column), sql)

    def _text(self, value: Value) -> str:
        text = text_of(value)
        if text is None and not self.may_lack:
            raise Unsuitable("It is never null.")
        return text or ""


@dataclass(frozen=True)
class IdProperty(TextProperty):
    """An id. Ids of one kind have one form, which every collation sorts alike.

    The primary key's index, in the database's collation, can therefore be used.
    """

    def compare(self, comparison: Compare, sql: SqlBuilder) -> str:
        """Compare as a text does, but by the index if the value is an id."""
        operator, text = comparison.operator, text_of(comparison.value)
        if text is None or operator not in _ORDERS or kind_of(text) is None:
            return super().compare(comparison, sql)
        return f"({self.column} {_SIGNS[operator]} {sql.mark(text)})"

    def order(self, sql: SqlBuilder) -> str:
        """Sort in the database's collation."""
        return sql.text_order(self.column)


@dataclass(frozen=True)
class MappedProperty:
    """A text that is shown in other words than it is stored in.

    `shown_as` maps stored texts to shown ones; all others are shown as they are stored.
    """

    column: str
    shown_as: Mapping[str, str]

    def compare(self, comparison: Compare, sql: SqlBuilder) -> str:
        """Compare the shown text by any operator."""
        others = TextProperty(self.column).compare(comparison, sql)
        wanted = text_of(comparison.value) or ""
        return self._shown(
            lambda text: evaluate_text(comparison.operator, text, wanted), others, sql
        )

    def among(self, listed: OneOf, sql: SqlBuilder) -> str:
        """Compare the shown text with a list of texts."""
        others = TextProperty(self.column).among(listed, sql)
        wanted = {text_of(value) for value in listed.values}
        return self._shown(lambda text: (text in wanted) != listed.excluded, others, sql)

    def order(self, sql: SqlBuilder) -> str:
        """Sort by the stored text."""
        return ordered(sql.text_order(self.column), sql)

    def _shown(self, suits: Callable[[str], bool], others: str, sql: SqlBuilder) -> str:
        known = f"{self.column} IN {sql.marks(list(self.shown_as))}"
        found = [stored for stored, text in self.shown_as.items() if suits(text)]
        suitable = f"{self.column} IN {sql.marks(found)}" if found else NEVER
        return f"(({others} AND NOT {known}) OR {suitable})"
