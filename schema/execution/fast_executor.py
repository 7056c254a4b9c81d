"""A shorter way through plain fields: attributes of answers, in whatever depth.

Most of an answer is read from attributes: no resolver, no argument, nothing to wait for. Such
fields are read here by functions that are made once for each selection. Whatever is out of the
ordinary, a null where none may be or a value of a strange type, is left to the stock executor,
which does the field again and tells its error: reading an attribute twice does no harm.
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
"""From a value to what stands for it in the answer."""

Reads = dict[tuple[str, int], tuple[FieldDetailsList, Read | None]]
"""By a type's name and the identity of a list of fields; None for what is not plain."""

_VALUES: Final[dict[str, type]] = {
    "Boolean": bool,
    "Count": int,
    "DateTime": datetime,
    "ID": str,
    "Int": int,
    "JSON": dict,
    "String": str,
}
"""The very type that a scalar's values usually have; another is for the stock executor."""
_AS_THEY_ARE: Final = frozenset({"Boolean", "ID", "String"})
"""Scalars whose usual values stand in the answer as they are."""


class _Fallback(Exception):
    """A value that the stock executor has to judge."""


class FastFieldExecutor(StrawberryGraphQLCoreExecutionContext):
    """The stock executor with the shorter way; without it where an extension watches resolvers."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        manager = self.middleware_manager
        self._watched = manager is not None and bool(manager.middlewares)
        if not self._watched:
            self.middleware_manager = None
        self._fields: Reads = {}
        self._objects: Reads = {}

    def __copy__(self) -> Self:
        """Without the long way of `copy`, which is made for whatever can be pickled."""
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
        """Read a field with all that is selected in it if that is plain, else execute it."""
        if not self._watched:
            read = _remembered(self._fields, self._read_field, parent_type, field_details_list)
            if read is not None:
                try:
                    return read(source)
                except Exception:  # noqa: S110 - the stock executor tells it, with its path
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
        """Read what a resolver gave if all that is selected of it is plain, else execute that."""
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
        """The attribute that a plain field reads, and what becomes of its value."""
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
        """An object all of whose selected fields are plain."""
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
        # The list is kept with it, so that no other has its id meanwhile.
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
    # One attribute more, so that it answers with a tuple even for a single one.
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
