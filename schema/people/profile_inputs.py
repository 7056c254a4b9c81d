"""What clients send to change passwords and sessions."""

import strawberry

from schema.base.described import input_type


@strawberry.input
class PersonRef:
    """Names a person."""

    email: str = strawberry.field(description="The person's e-mail address.")


@input_type
class ChangePasswordInput:
    """Your current password and your new one."""

    current_password: str | None = strawberry.field(
        default=None, description="Your current password; null if you have none yet."
    )
    new_password: str = strawberry.field(description="12 to 1,000 characters.")
    keep_other_sessions: bool = strawberry.field(
        default=False, description="Whether your other browsers stay signed in."
    )


@input_type
class EndSessionInput:
    """The session to end."""

    id: strawberry.ID = strawberry.field(description="The id of one of `viewer.sessions`.")


@input_type
class SignOutEverywhereInput:
    """Which of your sessions end."""

    keep_this_session: bool = strawberry.field(
        default=False, description="Whether the session that sends this stays signed in."
    )


@input_type
class ResetPasswordInput(PersonRef):
    """The person who needs a new password."""


@input_type
class EndUserSessionsInput(PersonRef):
    """The person to sign out everywhere."""
