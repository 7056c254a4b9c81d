"""The fields of a token that clients give, and how they change them."""

from datetime import datetime
from typing import Any

import strawberry

from server.domain.tokens.fields import EMPTY, UNSET, typed_values_of
from server.services.tokens.patch import TokenPatch

_EXPIRY = "When the token expires, in the future; null for never."


@strawberry.input
class NewTokenFields:
    """The fields of a new token or draft."""

    name: str = strawberry.field(description="1 to 255 characters.")
    description: str = strawberry.field(default="", description="At most 2,000 characters.")
    expires_at: datetime | None = strawberry.field(default=None, description=_EXPIRY)

    def typed(self) -> dict[str, Any]:
        """Return the fields as services take them."""
        return typed_values_of(self)


@strawberry.input
class TokenChanges:
    """A patch of a token or draft."""

    name: strawberry.Maybe[str] = strawberry.field(description="1 to 255 characters.")
    description: strawberry.Maybe[str | None] = strawberry.field(
        description="At most 2,000 characters."
    )
    expires_at: strawberry.Maybe[datetime | None] = strawberry.field(description=_EXPIRY)
    module_ids: strawberry.Maybe[list[strawberry.ID]] = strawberry.field(
        description="The modules to grant, at least one, out of those enabled for the account."
    )

    def patch(self) -> TokenPatch:
        """Return the change as services take it."""
        given = {name: each for name, each in typed_values_of(self).items() if each is not None}
        return TokenPatch(
            module_ids=UNSET if self.module_ids is None else self.module_ids.value,
            **{name: _or_empty(name, each.value) for name, each in given.items()},
        )


def _or_empty(name: str, value: Any) -> Any:
    """Return the value, or for null the field's empty value."""
    return EMPTY[name] if value is None else value
