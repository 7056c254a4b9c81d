"""A person's own sign-ins, as the schema tells them."""

from datetime import datetime
from typing import Self

import strawberry

from server.services.sign_in import session_views as answers


@strawberry.type(description="A browser in which the viewer is signed in.")
class Session:
    """A session."""

    id: strawberry.ID = strawberry.field(
        description="16 hexadecimal digits, for `endSession`. It is no product id: `node` finds"
        " nothing by it, and it changes when the account is switched."
    )
    begun_at: datetime = strawberry.field(description="When the person signed in.")
    last_seen_at: datetime = strawberry.field(description="When it was last used, to the minute.")
    ends_at: datetime = strawberry.field(
        description="When it ends by itself, unless it is used before."
    )
    address: str | None = strawberry.field(
        description="The network address it was last seen from; null where that is not known."
    )
    user_agent: str | None = strawberry.field(
        description="What the browser said of itself then, at most 255 characters; null where"
        " that is not known."
    )
    current: bool = strawberry.field(description="Whether this request was sent with it.")

    @classmethod
    def of(cls, info: answers.SessionInfo) -> Self:
        """From a service's answer."""
        return cls(
            id=strawberry.ID(info.id),
            begun_at=info.begun_at,
            last_seen_at=info.last_seen_at,
            ends_at=info.ends_at,
            address=info.address,
            user_agent=info.user_agent,
            current=info.is_current,
        )
