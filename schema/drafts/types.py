"""Drafts."""

from datetime import datetime
from typing import Self

import strawberry

from schema.accounts.types import Module
from schema.base.context import Info
from schema.base.types import Node
from schema.tokens.types import ApiToken, logo_url
from server.domain.tokens.fields import typed_values_of
from server.services.tokens.views import DraftView


@strawberry.type(description="A token being made. It expires 24 hours after its last change.")
class TokenDraft(Node):
    """A draft."""

    version: int = strawberry.field(description="To be sent with the next change.")
    name: str = strawberry.field(description="Empty until it is given.")
    description: str = strawberry.field(description="At most 2,000 characters; may be empty.")
    logo_url: str | None = strawberry.field(description="Path of the logo on this origin.")
    modules: list[Module] = strawberry.field(description="Chosen and still enabled modules.")
    expires_at: datetime | None = strawberry.field(description="The expiry the token will have.")
    created_at: datetime = strawberry.field(description="When it was begun.")
    updated_at: datetime = strawberry.field(description="When it was last changed.")
    token_id: strawberry.Private[str | None]

    @strawberry.field(description="The token that it became, once it was committed.")
    async def committed_token(self, info: Info) -> ApiToken | None:
        """One look-up, only when it is asked for."""
        if self.token_id is None:
            return None
        context = info.context
        look_up = context.desk.token_batches.tokens
        return ApiToken.of(await context.loaders.find(look_up, self.token_id))

    @classmethod
    def of(cls, info: DraftView) -> Self:
        """From a service's answer."""
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
