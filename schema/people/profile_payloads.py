"""What mutations of passwords and sessions answer."""

from datetime import datetime

import strawberry

from schema.base.described import object_type
from schema.people.profile_types import Session
from schema.people.types import User


@object_type
class ChangePasswordPayload:
    """Your password has changed."""

    user: User = strawberry.field(description="You.")
    ended_sessions: int = strawberry.field(description="How many of your other sessions ended.")


@object_type
class EndSessionPayload:
    """The session has ended."""

    sessions: list[Session] = strawberry.field(
        description="Your remaining sessions: the current one first, then the most recently used."
    )


@object_type
class SignOutEverywherePayload:
    """Your sessions have ended."""

    ended_sessions: int = strawberry.field(
        description="How many ended, including this one unless you kept it."
    )


@object_type
class ResetPasswordPayload:
    """The person has a one-time link to choose a new password."""

    user: User = strawberry.field(description="The person.")
    sign_in_url: str = strawberry.field(
        description="The one-time link. Hand it to them. Their old password works until they use"
        " the link."
    )
    expires_at: datetime = strawberry.field(description="When the link expires: 1 hour from now.")


@object_type
class EndUserSessionsPayload:
    """The person is signed out everywhere."""

    ended_sessions: int = strawberry.field(description="How many sessions ended.")
