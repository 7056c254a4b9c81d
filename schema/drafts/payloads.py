"""What mutations of drafts answer."""

from datetime import datetime
from typing import Self

import strawberry

from schema.base.described import object_type
from schema.drafts.types import TokenDraft
from schema.tokens.types import ApiToken
from server.services.tokens.views import DraftView


@strawberry.type
class WithTokenDraft:
    """Holds a draft."""

    token_draft: TokenDraft = strawberry.field(description="The draft as it is now.")

    @classmethod
    def of(cls, draft: DraftView) -> Self:
        """Build the payload from the service's view."""
        return cls(token_draft=TokenDraft.of(draft))


@object_type
class CreateTokenDraftPayload(WithTokenDraft):
    """The draft was created."""


@object_type
class UpdateTokenDraftPayload(WithTokenDraft):
    """The draft has changed."""


@object_type
class SetTokenDraftLogoPayload(WithTokenDraft):
    """The draft has the new logo."""


@object_type
class RemoveTokenDraftLogoPayload(WithTokenDraft):
    """The draft has no logo."""


@object_type
class DiscardTokenDraftPayload:
    """The draft is gone."""

    id: strawberry.ID = strawberry.field(description="The id of the discarded draft.")


@object_type
class CommitTokenDraftPayload:
    """The draft has become a token."""

    api_token: ApiToken = strawberry.field(description="The token.")
    secret: str | None = strawberry.field(
        description="The token's value. Null for anyone but the caller who committed, and for"
        " everyone 10 minutes after the commit."
    )
    secret_shown_until: datetime | None = strawberry.field(
        description="Until when repeating the mutation returns the value again; null if it does"
        " not return the value now."
    )
