"""What an edit of a draft or a token can change."""

from datetime import datetime

import strawberry

from server.services.tokens.patch import UNSET, TokenPatch


@strawberry.input(description="Changes; what is absent stays, null clears.")
class TokenChanges:
    """A patch of a draft or a token."""

    name: strawberry.Maybe[str] = strawberry.field(description="1 to 255 characters.")
    description: strawberry.Maybe[str | None] = strawberry.field(
        description="At most 2,000 characters."
    )
    expires_at: strawberry.Maybe[datetime | None] = strawberry.field(
        description="Must lie ahead; null is a token without end."
    )
    module_ids: strawberry.Maybe[list[strawberry.ID]] = strawberry.field(
        description="At least one of the modules enabled for the account."
    )

    def patch(self) -> TokenPatch:
        """The change as services take it."""
        return TokenPatch(
            name=UNSET if self.name is None else self.name.value,
            description=UNSET if self.description is None else self.description.value or "",
            expires_at=UNSET if self.expires_at is None else self.expires_at.value,
            module_ids=UNSET if self.module_ids is None else self.module_ids.value,
        )
