"""Drafts as clients read them."""

from datetime import datetime
from typing import Self

import strawberry

from schema.accounts.types import Module
from schema.base.context import Info
from schema.base.described import object_type, resolved_field
from schema.base.types import Node
from schema.tokens.types import ApiToken, logo_url
from server.domain.tokens.fields import typed_values_of
from server.services.tokens.views import DraftView


@object_type
class TokenDraft(Node):
    """A token that is being created. It expires 24 hours after its last change."""

    version: int = strawberry.field(
        description="Grows with each change. Send it with your next change."
    )
    name: str = strawberry.field(description="Empty until it is given; at most 255 characters.")
    description: str = strawberry.field(description="At most 2,000 characters; can be empty.")
    logo_url: str | None = strawberry.field(
        description="Path of the logo on this origin; null without one."
    )
    modules: list[Module] = strawberry.field(
        description="The chosen modules that are still enabled for the account."
    )
    expires_at: datetime | None = strawberry.field(
        description="When the token will expire; null for never."
    )
    created_at: datetime = strawberry.field(description="When the draft was created.")
    updated_at: datetime = strawberry.field(description="When the draft last changed.")
    token_id: strawberry.Private[str | None]

    @resolved_field
    async def committed_token(self, info: Info) -> ApiToken | None:
        """The token that the draft has become; null until it is committed."""
        if self.token_id is None:
            return None
        context = info.context
        look_up = context.desk.token_batches.tokens
        return ApiToken.of(await context.loaders.find(look_up, self.token_id))

    @classmethod
    def of(cls, info: DraftView) -> Self:
        """Build the type from the service's view."""
        return cls(
            id=strawberry.ID(info.id),
            version=info.version,
            **typed_values_of(info),
            logo_url=logo_url(info.logo),
            modules=[Module.of(module) for module in info.modules],
            created_at=info.created_at,
            updated_at=info.updated_at,
            token_id=info.token_id,
        )
