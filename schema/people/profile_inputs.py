"""What clients send about sign-ins."""

import strawberry


@strawberry.input(description="Another password for the viewer.")
class ChangePasswordInput:
    """Two passwords."""

    current_password: str | None = strawberry.field(
        default=None,
        description="The password they have; null where they have none and choose their first.",
    )
    new_password: str = strawberry.field(description="12 to 1,000 characters.")
    keep_other_sessions: bool = strawberry.field(
        default=False, description="Whether other browsers stay signed in; else they are not."
    )


@strawberry.input(description="One of the viewer's sessions.")
class EndSessionInput:
    """A session by its id."""

    id: strawberry.ID = strawberry.field(description="As `viewer.sessions` tells it.")


@strawberry.input(description="Which of the viewer's sessions shall end.")
class SignOutEverywhereInput:
    """All, or all others."""

    keep_this_session: bool = strawberry.field(
        default=False, description="Whether the session that sends this goes on."
    )


@strawberry.input(description="A person whose password shall be another.")
class ResetPasswordInput:
    """A person by their address."""

    email: str = strawberry.field(description="Their e-mail address.")


@strawberry.input(description="A person who shall be signed out everywhere.")
class EndUserSessionsInput:
    """A person by their address."""

    email: str = strawberry.field(description="Their e-mail address.")
