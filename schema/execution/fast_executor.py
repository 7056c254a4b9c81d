"""A faster executor for plain fields: those read from attributes, at any depth.

Most fields of a response have no resolver and no arguments, and nothing to await. They are read by
functions that are compiled once per selection set. Anything unusual, such as a null in a non-null
field or a value of an unexpected type, falls back to the stock executor, which executes the field
again and reports the error. Reading an attribute twice does no harm.
"""

from collections.abc import Callable
from datetime import datetime
from operator import attrgetter
from typing import Any, Final, Self

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLResolveInfo,
    GraphQLScalarType,
    TypeNameMetaFieldDef,
)
from graphql.execution.collect_fields import FieldDetailsList
from graphql.pyutils import AwaitableOrValue, Path
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext
from strawberry.schema.schema_converter import GraphQLCoreConverter

Read = Callable[[Any], Any]
"""Converts a value to its form in the response."""

Reads = dict[tuple[str, int], tuple[FieldDetailsList, Read | None]]
"""Readers by type name and id of a field details list; None for fields that are not plain."""

_VALUES: Final[dict[str, type]] = {
    "Boolean": bool,
    "Count": int,
    "DateTime": datetime,
    "ID": str,
    "Int": int,
    "JSON": dict,
    "String": str,
}
"""Expected Python type of each scalar's values; others fall back to the stock executor."""
_AS_THEY_ARE: Final = frozenset({"Boolean", "ID", "String"})
"""Scalars whose values need no serialization."""


class _Fallback(Exception):
    """Raised for a value that the stock executor must handle."""


class FastFieldExecutor(StrawberryGraphQLCoreExecutionContext):
    """The stock executor with the fast path, which middleware on resolvers switches off."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        manager = self.middleware_manager
        self._watched = manager is not None and bool(manager.middlewares)
        if not self._watched:
            self.middleware_manager = None
        self._fields: Reads = {}
        self._objects: Reads = {}

    def __copy__(self) -> Self:
        """Copy the instance's attributes directly: `copy`'s generic protocol is slower."""
        fresh = object.__new__(type(self))
        fresh.__dict__.update(self.__dict__)
        return fresh

    def execute_field(
        self,
        parent_type: GraphQLObjectType,
        source: Any,
        field_details_list: FieldDetailsList,
        path: Path,
        position_context: Any,
    ) -> AwaitableOrValue[Any]:
        """Read a field and its selections on the fast path if all are plain, else execute it."""
        if not self._watched:
            read = _remembered(self._fields, self._read_field, parent_type, field_details_list)
            if read is not None:
                try:
                    return read(source)
                except Exception:  # noqa: S110 - the stock executor reports it, with its path
                    pass
        return super().execute_field(
            parent_type, source, field_details_list, path, position_context
        )

    def complete_object_value(
        self,
        return_type: GraphQLObjectType,
        field_details_list: FieldDetailsList,
        info: GraphQLResolveInfo[Any],
        path: Path,
        result: Any,
        position_context: Any,
    ) -> AwaitableOrValue[dict[str, Any]]:
        """Read a result on the fast path if all its selections are plain, else execute them."""
        if not self._watched:
            read = _remembered(
                self._objects, self._complete_object, return_type, field_details_list
            )
            if read is not None:
                try:
                    answer: dict[str, Any] = read(result)
                except Exception:  # noqa: S110 - as above
                    pass
                else:
                    return answer
        return super().complete_object_value(
            return_type, field_details_list, info, path, result, position_context
        )

    def _read_field(self, parent: GraphQLObjectType, details: FieldDetailsList) -> Read | None:
        part = self._part(parent, details)
        return None if part is None else _of_attribute(*part)

    def _part(
        self, parent_type: GraphQLObjectType, details: FieldDetailsList
    ) -> tuple[str, Read] | None:
        """Return a plain field's attribute and converter; None if it is not plain."""
        node = details[0].node
        field = self.schema.get_field(parent_type, node.name.value)
        if field is TypeNameMetaFieldDef:
            return "__class__", lambda _: parent_type.name
        if field is None or field.args or node.arguments or not _is_plain(field):
            return None
        complete = self._complete(field.type, details)
        if complete is None:
            return None
        attribute: str = field.extensions[GraphQLCoreConverter.DEFINITION_BACKREF].python_name
        return attribute, complete

    def _complete(self, type_: GraphQLOutputType, details: FieldDetailsList) -> Read | None:
        if not isinstance(type_, GraphQLNonNull):
            complete = self._complete_some(type_, details)
            return None if complete is None else _or_null(complete)
        return self._complete_some(type_.of_type, details)

    def _complete_some(self, type_: GraphQLOutputType, details: FieldDetailsList) -> Read | None:
        if isinstance(type_, GraphQLList):
            complete = self._complete(type_.of_type, details)
            return None if complete is None else _list_of(complete)
        if isinstance(type_, GraphQLObjectType):
            return self._complete_object(type_, details)
        if isinstance(type_, GraphQLEnumType):
            return _enum(type_)
        if isinstance(type_, GraphQLScalarType):
            return _scalar(type_)
        return None

    def _complete_object(self, type_: GraphQLObjectType, details: FieldDetailsList) -> Read | None:
        """Return the reader of an object; None unless all its selected fields are plain."""
        selected = self.collect_subfields(type_, details)
        parts = {name: self._part(type_, each) for name, each in selected.grouped_field_set.items()}
        plain = {name: part for name, part in parts.items() if part is not None}
        if selected.new_defer_usages or len(plain) < len(parts):
            return None
        origin = type_.extensions[GraphQLCoreConverter.DEFINITION_BACKREF].origin
        return _object(origin, plain)


def _remembered(
    known: Reads,
    make: Callable[[GraphQLObjectType, FieldDetailsList], Read | None],
    type_: GraphQLObjectType,
    details: FieldDetailsList,
) -> Read | None:
    key = (type_.name, id(details))
    found = known.get(key)
    if found is None:
        # Keep a reference to the list, so that its id cannot be reused.
        found = known[key] = (details, make(type_, details))
    return found[1]


def _is_plain(field: GraphQLField) -> bool:
    return getattr(field.resolve, "_is_default", False)


def _of_attribute(attribute: str, complete: Read) -> Read:
    return lambda source: complete(getattr(source, attribute))


def _or_null(complete: Read) -> Read:
    return lambda value: None if value is None else complete(value)


def _list_of(complete: Read) -> Read:
    def read(values: Any) -> list[Any]:
        if type(values) is not list:
            raise _Fallback
        return [complete(value) for value in values]

    return read


def _object(origin: type, parts: dict[str, tuple[str, Read]]) -> Read:
    names = list(parts)
    completes = [complete for _, complete in parts.values()]
    # attrgetter returns a tuple only for two or more attributes.
    values_of = attrgetter(*(attribute for attribute, _ in parts.values()), "__class__")

    def read(source: Any) -> dict[str, Any]:
        if type(source) is not origin:
            raise _Fallback
        return {
            name: complete(value)
            for name, complete, value in zip(names, completes, values_of(source), strict=False)
        }

    return read


def _enum(type_: GraphQLEnumType) -> Read | None:
    enum = getattr(type_, "wrapped_cls", None)
    if enum is None:
        return None
    return {enum(value.value): name for name, value in type_.values.items()}.__getitem__


def _scalar(type_: GraphQLScalarType) -> Read | None:
    usual, write = _VALUES.get(type_.name), type_.coerce_output_value
    if usual is None:
        return None

    def read(value: Any) -> Any:
        if type(value) is not usual:
            raise _Fallback
        return value

    def read_and_write(value: Any) -> Any:
        if type(value) is not usual:
            raise _Fallback
        return write(value)

    return read if type_.name in _AS_THEY_ARE else read_and_write
