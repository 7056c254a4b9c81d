"""Random queries over a schema: right documents of every shape, the same ones for a seed."""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    get_named_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
)

DEEPEST: Final = 5
MOST_FIELDS: Final = 6
Composite = GraphQLObjectType | GraphQLInterfaceType | GraphQLUnionType


@dataclass
class RandomQueries:
    """Writes queries whose ids come from `ids`, so that much of what they ask for is there."""

    schema: GraphQLSchema
    ids: Sequence[str]
    seed: int = 0

    def __iter__(self) -> Iterator[str]:
        """Queries without end."""
        chance = random.Random(self.seed)
        while True:
            yield _Writer(self.schema, self.ids, chance).query()


class _Writer:
    """Writes one query."""

    def __init__(self, schema: GraphQLSchema, ids: Sequence[str], chance: random.Random) -> None:
        self._schema = schema
        self._ids = ids
        self._chance = chance
        self._fragments: list[str] = []
        self._aliases = 0

    def query(self) -> str:
        root = self._schema.query_type
        assert root is not None
        selection = self._selection(root, DEEPEST, most=2)
        head = "query Random($yes: Boolean! = true, $no: Boolean! = false)"
        used = f"used: __typename @include(if: $yes) unused: __typename @skip(if: $no) {selection}"
        return "\n".join([f"{head} {{ {used} }}", *self._fragments])

    def _selection(self, type_: Composite, depth: int, *, most: int = MOST_FIELDS) -> str:
        parts = [self._part(type_, depth) for _ in range(self._chance.randint(1, most))]
        return " ".join(["__typename", *filter(None, parts)])

    def _part(self, type_: Composite, depth: int) -> str:
        if isinstance(type_, GraphQLUnionType) or (
            isinstance(type_, GraphQLInterfaceType) and self._chance.random() < 0.7
        ):
            of = self._chance.choice(self._schema.get_possible_types(type_))
            return f"... on {of.name} {{ {self._selection(of, depth - 1, most=4)} }}"
        shape = self._chance.random()
        if shape < 0.1 and depth > 1:
            return f"... on {type_.name} {{ {self._selection(type_, depth - 1)} }}"
        if shape < 0.2 and depth > 1:
            return self._fragment(type_, depth)
        return self._field(type_, depth)

    def _fragment(self, type_: Composite, depth: int) -> str:
        name = f"Part{len(self._fragments)}"
        self._fragments.append("")
        place = len(self._fragments) - 1
        selection = self._selection(type_, depth - 1)
        self._fragments[place] = f"fragment {name} on {type_.name} {{ {selection} }}"
        return f"...{name}"

    def _field(self, type_: GraphQLObjectType | GraphQLInterfaceType, depth: int) -> str:
        fields: Mapping[str, GraphQLField] = type_.fields
        name = self._chance.choice(list(fields))
        field = fields[name]
        inner = get_named_type(field.type)
        if not is_leaf_type(inner) and depth <= 1:
            return ""
        below = ""
        if isinstance(inner, Composite):
            below = f" {{ {self._selection(inner, depth - 1)} }}"
        # Fields of one name must merge; an alias of its own lets each have its own arguments.
        alias = ""
        if field.args or below or self._chance.random() < 0.2:
            self._aliases += 1
            alias = f"a{self._aliases}: "
        condition = self._chance.choice(
            ["", "", "", "", " @include(if: $yes)", " @skip(if: $yes)", " @include(if: $no)"]
        )
        return f"{alias}{name}{self._arguments(field)}{condition}{below}"

    def _arguments(self, field: GraphQLField) -> str:
        given = [
            f"{name}: {self._value(argument.type, name)}"
            for name, argument in field.args.items()
            if self._needed(argument) or self._chance.random() < 0.3
        ]
        return f"({', '.join(given)})" if given else ""

    @staticmethod
    def _needed(argument: GraphQLArgument) -> bool:
        return is_non_null_type(argument.type) and argument.default is None

    def _value(self, type_: object, name: str) -> str:
        if is_non_null_type(type_):
            return self._value(type_.of_type, name)
        if is_list_type(type_):
            items = [self._value(type_.of_type, name) for _ in range(self._chance.randint(0, 3))]
            return f"[{', '.join(items)}]"
        if isinstance(type_, GraphQLEnumType):
            return str(self._chance.choice(list(type_.values)))
        if isinstance(type_, GraphQLInputObjectType):
            given = [
                f"{key}: {self._value(field.type, key)}"
                for key, field in type_.fields.items()
                if is_non_null_type(field.type) or self._chance.random() < 0.2
            ]
            return f"{{{', '.join(given)}}}"
        return self._scalar(str(type_), name)

    def _scalar(self, type_name: str, name: str) -> str:
        match type_name:
            case "Int":
                return str(self._chance.choice([0, 1, 2, 3, 20, 101, -1]))
            case "Boolean":
                return self._chance.choice(["true", "false"])
            case "ID":
                return f'"{self._chance.choice(self._ids)}"'
            case "DateTime":
                return self._chance.choice(
                    ['"2026-01-01T00:00:00Z"', '"2027-06-30T12:00:00+02:00"']
                )
        texts = ['""', '"Robot"', '"token.created"', '"no such cursor"']
        return self._chance.choice(texts)
