"""Whatever is deprecated says what to use instead, and until when it stays."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Final

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    build_schema,
)

from schema.root.sdl import print_sdl

POLICY: Final = re.compile(
    r"Use (?P<instead>\w+(\.\w+)?) instead\. Stays until (?P<until>\d{4}-\d{2}-\d{2})\."
)


def deprecated(schema: GraphQLSchema) -> Iterator[tuple[str, str]]:
    """Where a deprecation is, and its reason."""
    for name, type_ in schema.type_map.items():
        if name.startswith("__"):
            continue
        if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType):
            for field_name, field in type_.fields.items():
                parts = {f"{name}.{field_name}": field.deprecation_reason}
                for argument_name, argument in field.args.items():
                    parts[f"{name}.{field_name}({argument_name}:)"] = argument.deprecation_reason
                yield from ((where, why) for where, why in parts.items() if why is not None)
        elif isinstance(type_, GraphQLInputObjectType):
            for field_name, wish in type_.fields.items():
                if wish.deprecation_reason is not None:
                    yield f"{name}.{field_name}", wish.deprecation_reason
        elif isinstance(type_, GraphQLEnumType):
            for value_name, value in type_.values.items():
                if value.deprecation_reason is not None:
                    yield f"{name}.{value_name}", value.deprecation_reason


def broken(schema: GraphQLSchema) -> list[str]:
    """Deprecations that keep silent about their replacement, or name none that is there."""
    found = []
    for where, reason in deprecated(schema):
        told = POLICY.fullmatch(reason)
        if not told:
            found.append(
                f"{where}: {reason!r} does not say 'Use … instead. Stays until YYYY-MM-DD.'"
            )
            continue
        date.fromisoformat(told["until"])
        type_name, _, part = told["instead"].rpartition(".")
        owner = schema.type_map.get(type_name or re.split(r"[.(]", where)[0])
        parts = getattr(owner, "fields", None) or getattr(owner, "values", {})
        if part not in parts:
            found.append(f"{where}: there is no {told['instead']}")
    return found


def test_every_deprecation_names_its_replacement_and_its_date() -> None:
    assert broken(build_schema(print_sdl())) == []


@pytest.mark.parametrize(
    ("reason", "field_errors"),
    [
        ("Use title instead. Stays until 2027-06-30.", 0),
        ("Use Book.title instead. Stays until 2027-06-30.", 0),
        ("Use caption instead. Stays until 2027-06-30.", 1),
        ("Use Letter.title instead. Stays until 2027-06-30.", 1),
        ("No longer supported", 1),
        ("Use title instead.", 1),
    ],
)
def test_the_policy_is_looked_after(reason: str, field_errors: int) -> None:
    sdl = f"""type Query {{ book: Book }}
        type Book {{ title: String name: String @deprecated(reason: "{reason}") }}"""
    assert len(broken(build_schema(sdl))) == field_errors
