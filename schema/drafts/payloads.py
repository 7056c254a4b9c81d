"""Payloads of the mutations on drafts."""

from datetime import datetime
from typing import Annotated

import strawberry

from schema.drafts.types import TokenDraft
from schema.tokens.payloads import _Change
from schema.tokens.types import ApiToken


@strawberry.type(description="A draft, begun or changed.")
class TokenDraftPayload:
    """A draft."""

    token_draft: TokenDraft = strawberry.field(description="The draft as it is now.")


@strawberry.type(description="A draft thrown away.")
class DiscardTokenDraftPayload:
    """Its id."""

    id: strawberry.ID = strawberry.field(description="The id it had.")


@strawberry.type(description="The token that a draft became.")
class CommitTokenDraftPayload:
    """Token and value."""

    api_token: ApiToken = strawberry.field(description="The token.")
    secret: str | None = strawberry.field(
        description="Its value: for ten minutes, for whoever committed."
    )
    secret_shown_until: datetime | None = strawberry.field(
        description="From then on a repeat has no value; null where it has none now."
    )


TokenDraftResult = Annotated[
    TokenDraftPayload | _Change,
    strawberry.union("TokenDraftResult", description="A draft, or why not."),
]


DiscardTokenDraftResult = Annotated[
    DiscardTokenDraftPayload | _Change,
    strawberry.union("DiscardTokenDraftResult", description="Done, or why not."),
]


CommitTokenDraftResult = Annotated[
    CommitTokenDraftPayload | _Change,
    strawberry.union("CommitTokenDraftResult", description="The token, or why not."),
]
