"""The schema explains itself: nothing in it is without a description."""

import re
from collections.abc import Iterator
from typing import Final

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    build_schema,
    is_introspection_type,
    is_specified_scalar_type,
)

from tests.schema.operations import members, mutations, printed_schema


def descriptions(schema: GraphQLSchema) -> Iterator[tuple[str, str]]:
    """The coordinates of everything that can be described, each with its description."""
    for name, type_ in schema.type_map.items():
        if is_introspection_type(type_) or is_specified_scalar_type(type_):
            continue
        yield name, type_.description or ""
        if isinstance(type_, GraphQLEnumType):
            yield from ((f"{name}.{key}", it.description or "") for key, it in type_.values.items())
        if isinstance(type_, GraphQLInputObjectType):
            yield from ((f"{name}.{key}", it.description or "") for key, it in type_.fields.items())
        if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType):
            for key, field in type_.fields.items():
                yield f"{name}.{key}", field.description or ""
                for argument, it in field.args.items():
                    yield f"{name}.{key}({argument}:)", it.description or ""


def undescribed(schema: GraphQLSchema) -> list[str]:
    return [coordinates for coordinates, text in descriptions(schema) if not text]


def test_everything_is_described() -> None:
    assert undescribed(printed_schema()) == []


def test_what_is_not_described_is_found() -> None:
    text = "type Query { a(b: C, d: E): Int } input C { f: Int } enum E { G }"
    found = ["Query", "Query.a", "Query.a(b:)", "Query.a(d:)", "C", "C.f", "E", "E.G"]
    assert undescribed(build_schema(text)) == found


def test_every_mutation_has_an_input_a_payload_and_a_result_of_its_own() -> None:
    schema = printed_schema()
    error = schema.get_type("UserError")
    assert isinstance(error, GraphQLInterfaceType)
    errors = {type_.name for type_ in schema.get_implementations(error).objects}
    for name, field in mutations().items():
        own = name[0].upper() + name[1:]
        assert {key: str(each.type) for key, each in field.args.items()} == {
            "input": f"{own}Input!"
        }
        assert str(field.type) == f"{own}Result!"
        payload, *refusals = members(name)
        assert payload == f"{own}Payload"
        assert {"NotAllowedError"} <= set(refusals) <= errors, name


def test_no_input_or_payload_is_left_over() -> None:
    """Each belongs to one mutation, so that it can gain a field without the others."""
    kinds = ("Input", "Payload", "Result")
    names = {name for name in printed_schema().type_map if name.endswith(kinds)}
    own = {name[0].upper() + name[1:] for name in mutations()}
    assert names == {name + kind for name in own for kind in kinds}


VAGUE: Final = re.compile(
    r"\b(wish\w*|told|tells? of|shall|unsaid|whoever|whichever|moment|vouched for|so many)\b"
    r"|\bsecret",
    re.IGNORECASE,
)
"""Words that a reader of GraphiQL stumbles over. A secret is called a value where people read."""


def test_descriptions_are_plain_sentences() -> None:
    wrong = []
    for coordinates, text in descriptions(printed_schema()):
        if VAGUE.search(re.sub(r"`[^`]*`", "", text)) or not text.endswith("."):
            wrong.append(f"{coordinates}: {text}")
    assert wrong == []
