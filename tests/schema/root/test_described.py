"""The schema explains itself: nothing in it is without a description."""

from collections.abc import Iterator

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    build_schema,
    is_introspection_type,
    is_specified_scalar_type,
)

from tests.schema.operations import members, mutations, printed_schema


def undescribed(schema_text: str | None = None) -> Iterator[str]:
    """The coordinates of everything that lacks a description."""
    schema = printed_schema() if schema_text is None else build_schema(schema_text)
    for name, type_ in schema.type_map.items():
        if is_introspection_type(type_) or is_specified_scalar_type(type_):
            continue
        if not type_.description:
            yield name
        if isinstance(type_, GraphQLEnumType):
            yield from (f"{name}.{key}" for key, it in type_.values.items() if not it.description)
        if isinstance(type_, GraphQLInputObjectType):
            yield from (f"{name}.{key}" for key, it in type_.fields.items() if not it.description)
        if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType):
            for key, field in type_.fields.items():
                if not field.description:
                    yield f"{name}.{key}"
                for argument, it in field.args.items():
                    if not it.description:
                        yield f"{name}.{key}({argument}:)"


def test_everything_is_described() -> None:
    assert list(undescribed()) == []


def test_what_is_not_described_is_found() -> None:
    text = "type Query { a(b: C, d: E): Int } input C { f: Int } enum E { G }"
    found = ["Query", "Query.a", "Query.a(b:)", "Query.a(d:)", "C", "C.f", "E", "E.G"]
    assert list(undescribed(text)) == found


def test_every_mutation_takes_one_input_and_answers_a_payload_or_errors() -> None:
    schema = printed_schema()
    error = schema.get_type("UserError")
    assert isinstance(error, GraphQLInterfaceType)
    errors = {type_.name for type_ in schema.get_implementations(error).objects}
    for name, field in mutations().items():
        assert list(field.args) == ["input"], name
        payload, *refusals = members(name)
        assert payload.endswith("Payload"), name
        assert {"NotAllowedError"} <= set(refusals) <= errors, name
