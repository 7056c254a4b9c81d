"""The operations that tests send."""

from functools import cache
from typing import Any, Final, cast

from graphql import GraphQLField, GraphQLNonNull, GraphQLSchema, GraphQLUnionType, build_schema

from schema.root.sdl import print_sdl

_MORE: Final = {
    "ValidationError": "fieldErrors { message path }",
    "StaleError": "currentVersion",
    "TooManyAttemptsError": "retryAfterSeconds",
}
"""What an error has beyond what all have."""

DRAFT: Final = """tokenDraft {
    id version name description logoUrl expiresAt modules { id } committedToken { id } }"""
TOKEN: Final = "apiToken { id version name description logoUrl status expiresAt modules { id } }"
OLD_SECRETS: Final = "oldSecrets { acceptedUntil works lastUsedAt refusedAt }"
REFUSED: Final = "refused { id error { __typename message path code } }"
ACCOUNT: Final = "account { id name type status reveal }"
MEMBER: Final = "member { user { id name email } role status active lastSignInAt }"


@cache
def printed_schema() -> GraphQLSchema:
    """The schema as clients know it."""
    return build_schema(print_sdl())


def mutations() -> dict[str, GraphQLField]:
    """All mutations by name."""
    root = printed_schema().mutation_type
    assert root is not None
    fields: dict[str, GraphQLField] = root.fields
    return fields


def members(name: str) -> list[str]:
    """The types that a mutation can answer with, its payload first."""
    result = cast(GraphQLNonNull[Any], mutations()[name].type).of_type
    return [member.name for member in cast(GraphQLUnionType, result).types]


@cache
def mutation(name: str, fields: str) -> str:
    """A document that sends a mutation, and asks its payload for fields, or for all of an error."""
    payload, *errors = members(name)
    more = " ".join(f"... on {each} {{ {_MORE[each]} }}" for each in errors if each in _MORE)
    return f"""mutation ($input: {mutations()[name].args["input"].type}) {{
        result: {name}(input: $input) {{ __typename ... on {payload} {{ {fields} }}
            ... on UserError {{ message path code }} {more} }} }}"""


CREATE_DRAFT: Final = mutation("createTokenDraft", DRAFT)
UPDATE_DRAFT: Final = mutation("updateTokenDraft", DRAFT)
SET_LOGO: Final = mutation("setTokenDraftLogo", DRAFT)
REMOVE_LOGO: Final = mutation("removeTokenDraftLogo", DRAFT)
DISCARD: Final = mutation("discardTokenDraft", "id")
COMMIT: Final = mutation("commitTokenDraft", "apiToken { id name } secret")
CREATE: Final = mutation("createApiToken", "apiToken { id name } secret")
