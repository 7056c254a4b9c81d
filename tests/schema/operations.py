"""The operations that tests send."""

from typing import Final

ERRORS: Final = """
    ... on UserError { message path code }
    ... on ValidationError { complaints { message path } }
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
