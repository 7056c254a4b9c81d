"""What clients get from a change of sign-ins: its payload, or why not."""

from datetime import datetime
from typing import Annotated

import strawberry

from schema.base.errors import NotAllowedError, NotFoundError, TooManyAttemptsError, ValidationError
from schema.people.profile_types import Session
from schema.people.types import User

_ENDED = "How many other sessions have ended by it."


@strawberry.type(description="The viewer has another password.")
class ChangePasswordPayload:
    """A password, which is not told."""

    user: User = strawberry.field(description="The viewer.")
    ended_sessions: int = strawberry.field(description=_ENDED)


@strawberry.type(description="A session has ended.")
class EndSessionPayload:
    """What is left."""

    sessions: list[Session] = strawberry.field(
        description="Those that go on: this one first, then the one seen last."
    )


@strawberry.type(description="Sessions have ended.")
class SignOutEverywherePayload:
    """How many."""

    ended_sessions: int = strawberry.field(
        description="How many have ended, this one included where it was not kept."
    )


@strawberry.type(description="A one-time link with which a person chooses a new password.")
class ResetPasswordPayload:
    """A link."""

    user: User = strawberry.field(description="The person.")
    sign_in_url: str = strawberry.field(
        description="Where they choose it, once. Their old password works until then."
    )
    expires_at: datetime = strawberry.field(description="When the link ends: after an hour.")


@strawberry.type(description="A person was signed out everywhere.")
class EndUserSessionsPayload:
    """How many sessions."""

    ended_sessions: int = strawberry.field(description="How many sessions have ended.")


ChangePasswordResult = Annotated[
    ChangePasswordPayload | ValidationError | NotAllowedError | TooManyAttemptsError,
    strawberry.union("ChangePasswordResult", description="The viewer, or why not."),
]
EndSessionResult = Annotated[
    EndSessionPayload | NotFoundError | NotAllowedError,
    strawberry.union("EndSessionResult", description="What goes on, or why not."),
]
SignOutEverywhereResult = Annotated[
    SignOutEverywherePayload | NotAllowedError,
    strawberry.union("SignOutEverywhereResult", description="What has ended, or why not."),
]
ResetPasswordResult = Annotated[
    ResetPasswordPayload | NotFoundError | NotAllowedError,
    strawberry.union("ResetPasswordResult", description="The link, or why not."),
]
EndUserSessionsResult = Annotated[
    EndUserSessionsPayload | NotFoundError | NotAllowedError,
    strawberry.union("EndUserSessionsResult", description="What has ended, or why not."),
]
