"""Your own sessions as clients read them."""

from datetime import datetime
from typing import Self

import strawberry

from schema.base.described import object_type
from server.services.sign_in import session_views as answers


@object_type
class Session:
    """A browser in which you are signed in."""

    id: strawberry.ID = strawberry.field(
        description="16 hexadecimal digits, for `endSession`. `node` does not find it, and it"
        " changes when you switch to another account."
    )
    begun_at: datetime = strawberry.field(description="When you signed in.")
    last_seen_at: datetime = strawberry.field(
        description="When you last used it, accurate to the minute."
    )
    ends_at: datetime = strawberry.field(description="When it ends unless you use it before.")
    address: str | None = strawberry.field(
        description="The IP address of its last use; null if unknown."
    )
    user_agent: str | None = strawberry.field(
        description="The User-Agent of its last use, at most 255 characters; null if unknown."
    )
    current: bool = strawberry.field(description="Whether this request belongs to it.")

    @classmethod
    def of(cls, info: answers.SessionInfo) -> Self:
        """Build the type from the service's view."""
        return cls(
            id=strawberry.ID(info.id),
            begun_at=info.begun_at,
            last_seen_at=info.last_seen_at,
            ends_at=info.ends_at,
            address=info.address,
            user_agent=info.user_agent,
            current=info.is_current,
        )
