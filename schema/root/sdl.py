"""The schema as text, committed beside the code so that every change of it is seen and judged."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from graphql import (
    GraphQLError,
    GraphQLSchema,
    build_schema,
    find_breaking_changes,
    find_dangerous_changes,
)

from schema.root.schema import build_schema as build_desk_schema
from server.domain.errors import Invalid

SDL_FILE: Final = Path(__file__).parents[1] / "schema.graphql"


@dataclass(frozen=True)
class Changes:
    """What a newer schema does to clients of an older one, a sentence each.

    Breaking: a document that was right is wrong now, or its answer has another form. Dangerous: a
    client that was written carelessly may stumble, as over a new enum value.
    """

    breaking: list[str]
    dangerous: list[str]


def print_sdl() -> str:
    """The schema in GraphQL's schema definition language."""
    return build_desk_schema().as_str() + "\n"


def compare(older: str, newer: str) -> Changes:
    """The changes between two schemas in SDL; `Invalid` where one of them is none."""
    before, after = _read(older), _read(newer)
    return Changes(
        breaking=[each.description for each in find_breaking_changes(before, after)],
        dangerous=[each.description for each in find_dangerous_changes(before, after)],
    )


def _read(sdl: str) -> GraphQLSchema:
    try:
        schema = build_schema(sdl)
    except (GraphQLError, TypeError) as error:
        raise Invalid.one("against", f"This is no GraphQL schema: {error}") from None
    if schema.query_type is None:
        raise Invalid.one("against", "This is no GraphQL schema: it has no type Query.")
    return schema
