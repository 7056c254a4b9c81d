"""Translates RQL conditions and orders into SQL over a resource's properties."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from server.database.queries.sql import ALWAYS, NEVER, SqlBuilder
from server.domain.errors import FieldErrors
from server.domain.filters import (
    All,
    And,
    Any,
    Compare,
    Condition,
    Not,
    OneOf,
    Or,
    Text,
    Value,
    depth,
    describe,
)
from server.services.search.list_query import OrderBy
from server.services.search.sql.fields import Property, Unsuitable, not_permitted

INVALID_PATH: Final = "Invalid property path."
PROPERTY_AS_VALUE: Final = "Two properties cannot be compared. Put a text into quotes."


@dataclass(frozen=True)
class Collection:
    """Objects inside an object, and the properties of each.

    `existing` is an EXISTS subquery, where `{}` stands for the element's condition.
    """

    existing: str
    elements: Mapping[str, Property]


Properties = Mapping[str, Property | Collection]


def condition_sql(
    condition: Condition, properties: Properties, sql: SqlBuilder, field_errors: FieldErrors
) -> str:
    """Return the condition as SQL; add errors under the paths that they concern."""
    return _Translation(properties, sql, field_errors).of(condition)


def order_sql(
    order: Sequence[OrderBy], properties: Properties, sql: SqlBuilder, field_errors: FieldErrors
) -> list[str]:
    """Return the sort expressions with their directions; add errors under their paths."""
    columns = []
    for each in order:
        known = properties.get(each.path)
        if known is None or isinstance(known, Collection):
            field_errors.add(describe(each.path), INVALID_PATH)
            continue
        try:
            columns.append(f"{known.order(sql)} {'DESC' if each.descending else 'ASC'}")
        except Unsuitable as refusal:
            field_errors.add(describe(each.path), str(refusal))
    return columns


@dataclass(frozen=True)
class _Translation:
    """Translates one condition. `named` is the prefix of paths in errors about an element."""

    properties: Properties
    sql: SqlBuilder
    field_errors: FieldErrors
    named: str = ""
    outer: Properties = field(default_factory=dict)
    """For an element's condition, the properties of the object that holds the collection."""

    def of(self, condition: Condition) -> str:
        match condition:
            case And(parts):
                return f"({' AND '.join(map(self.of, _deepest_first(parts)))})"
            case Or(parts):
                return f"({' OR '.join(map(self.of, _deepest_first(parts)))})"
            case Not(part):
                return f"NOT ({self.of(part)})"
            case Any(path, part):
                return self._some(path, "any", part, negated=False)
            case All(path, part):
                return f"NOT ({self._some(path, 'all', part, negated=True)})"
        return self._plain(condition)

    def _some(self, path: str, word: str, part: Condition | None, *, negated: bool) -> str:
        """Return an EXISTS test: some element has the part or, if `negated`, lacks it."""
        known = self.properties.get(path)
        if not isinstance(known, Collection):
            message = INVALID_PATH if known is None else str(not_permitted(word))
            self.field_errors.add(describe(path), message)
            return NEVER
        held = ALWAYS if part is None else self._element(known).of(part)
        return known.existing.format(f"NOT ({held})" if negated else held)

    def _plain(self, condition: Compare | OneOf) -> str:
        path = condition.path
        known = self.properties.get(path)
        if known is None:
            holder, _, rest = path.partition(".")
            collection = self.properties.get(holder)
            if rest and isinstance(collection, Collection):
                inner = self._element(collection, f"{holder}.")
                return collection.existing.format(inner.of(replace(condition, path=rest)))
            return self._refused(path, INVALID_PATH)
        word = condition.operator if isinstance(condition, Compare) else condition.word
        if isinstance(known, Collection):
            return self._refused(path, str(not_permitted(word)))
        for value in [condition.value] if isinstance(condition, Compare) else condition.values:
            if self._names_property(value):
                self.field_errors.add(describe(str(value)), PROPERTY_AS_VALUE)
                return NEVER
        try:
            if isinstance(condition, Compare):
                return known.compare(condition, self.sql)
            return known.among(condition, self.sql)
        except Unsuitable as refusal:
            return self._refused(path, str(refusal))

    def _element(self, collection: Collection, named: str = "") -> "_Translation":
        outer = self.properties
        return _Translation(collection.elements, self.sql, self.field_errors, named, outer)

    def _names_property(self, value: Value) -> bool:
        if not isinstance(value, Text) or value.quoted:
            return False
        return value.text in self.properties or value.text in self.outer

    def _refused(self, path: str, message: str) -> str:
        self.field_errors.add(describe(self.named + path), message)
        return NEVER


def _deepest_first(parts: Sequence[Condition]) -> Sequence[Condition]:
    """Put the deepest parts first: SQLite's parser has a small stack, and this order saves it."""
    if all(isinstance(part, Compare | OneOf) for part in parts):
        return parts
    return sorted(parts, key=depth, reverse=True)
