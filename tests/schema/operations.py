"""The operations that tests send."""

from functools import cache
from typing import Any, Final, cast

from graphql import GraphQLField, GraphQLNonNull, GraphQLSchema, GraphQLUnionType, build_schema

from schema.root.sdl import print_sdl

ERRORS: Final = """
    ... on UserError { message path code }
    ... on ValidationError { fieldErrors { message path } }
"""
DRAFT: Final = "__typename ... on TokenDraftPayload { tokenDraft { id version name description "
DRAFT_RESULT: Final = DRAFT + "logoUrl expiresAt modules { id } committedToken { id } } }" + ERRORS

CREATE_DRAFT: Final = f"""
mutation ($input: CreateTokenDraftInput!) {{
  result: createTokenDraft(input: $input) {{ {DRAFT_RESULT} }}
}}"""
UPDATE_DRAFT: Final = f"""
mutation ($input: UpdateTokenDraftInput!) {{
  result: updateTokenDraft(input: $input) {{ {DRAFT_RESULT} }}
}}"""
SET_LOGO: Final = f"""
mutation ($input: SetTokenDraftLogoInput!) {{
  result: setTokenDraftLogo(input: $input) {{ {DRAFT_RESULT} }}
}}"""
REMOVE_LOGO: Final = f"""
mutation ($input: VersionedDraftInput!) {{
  result: removeTokenDraftLogo(input: $input) {{ {DRAFT_RESULT} }}
}}"""
DISCARD: Final = f"""
mutation ($input: DiscardTokenDraftInput!) {{
  result: discardTokenDraft(input: $input) {{
    __typename ... on DiscardTokenDraftPayload {{ id }} {ERRORS}
  }}
}}"""
COMMIT: Final = f"""
mutation ($input: VersionedDraftInput!) {{
  result: commitTokenDraft(input: $input) {{
    __typename ... on CommitTokenDraftPayload {{ apiToken {{ id name }} secret }} {ERRORS}
  }}
}}"""
CREATE: Final = f"""
mutation ($input: CreateApiTokenInput!) {{
  result: createApiToken(input: $input) {{
    __typename ... on CreateApiTokenPayload {{ apiToken {{ id name }} secret }} {ERRORS}
  }}
}}"""

_MORE: Final = {
    "ValidationError": "fieldErrors { message path }",
    "StaleError": "currentVersion",
    "TooManyAttemptsError": "retryAfterSeconds",
}
"""What an error has beyond what all have."""

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
