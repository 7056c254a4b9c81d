"""What an edit of a draft or a token can change."""

from datetime import datetime
from typing import Any

import strawberry

from server.domain.tokens.fields import EMPTY, UNSET, typed_values_of
from server.services.tokens.patch import TokenPatch


@strawberry.input(description="What people give a token.")
class NewTokenFields:
    """What every new token and draft is made of."""

    name: str = strawberry.field(description="1 to 255 characters.")
    description: str = strawberry.field(default="", description="At most 2,000 characters.")
    expires_at: datetime | None = strawberry.field(default=None, description="Must lie ahead.")

    def typed(self) -> dict[str, Any]:
        """The fields as services take them."""
        return typed_values_of(self)


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
        given = {name: each for name, each in typed_values_of(self).items() if each is not None}
        return TokenPatch(
            module_ids=UNSET if self.module_ids is None else self.module_ids.value,
            **{name: _or_empty(name, each.value) for name, each in given.items()},
        )


def _or_empty(name: str, value: Any) -> Any:
    """What is sent; for null what an empty draft has."""
    return EMPTY[name] if value is None else value
