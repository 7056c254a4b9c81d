"""Mutations of passwords and sessions: your own, and for Operations those of others."""

import strawberry

from schema.base.context import Context, Info
from schema.base.errors import NotFoundError, TooManyAttemptsError, ValidationError
from schema.base.mutations import Input, mutation
from schema.people.profile_inputs import (
    ChangePasswordInput,
    EndSessionInput,
    EndUserSessionsInput,
    ResetPasswordInput,
    SignOutEverywhereInput,
)
from schema.people.profile_payloads import (
    ChangePasswordPayload,
    EndSessionPayload,
    EndUserSessionsPayload,
    ResetPasswordPayload,
    SignOutEverywherePayload,
)
from schema.people.profile_types import Session
from schema.people.types import User
from server.domain.errors import NotAllowed
from server.services.sign_in.sessions import SignedIn

# ruff: noqa: A002 - `input` is the convention's name for a mutation's argument


@strawberry.type
class ProfileMutations:
    """Passwords and sessions."""

    @mutation(ValidationError, TooManyAttemptsError)
    async def change_password(
        self, info: Info, input: Input[ChangePasswordInput]
    ) -> ChangePasswordPayload:
        """Change your password. Not for programs.

        Your unused links stop working, and your other sessions end unless you keep them.
        """
        context = info.context
        person = _person(context)
        ended = await context.desk.profile.change_password(
            context.cookie,
            person,
            input.current_password or "",
            input.new_password,
            keep_others=input.keep_other_sessions,
        )
        return ChangePasswordPayload(user=User.of(person.user), ended_sessions=ended)

    @mutation(NotFoundError)
    async def end_session(self, info: Info, input: Input[EndSessionInput]) -> EndSessionPayload:
        """End one of your sessions. Not for programs."""
        context, profile = info.context, info.context.desk.profile
        person = _person(context)
        await profile.end_session(context.cookie, person, input.id)
        left = await profile.sessions(context.cookie, person)
        return EndSessionPayload(sessions=[Session.of(each) for each in left])

    @mutation()
    async def sign_out_everywhere(
        self, info: Info, input: Input[SignOutEverywhereInput]
    ) -> SignOutEverywherePayload:
        """End all of your sessions, or all but this one. Not for programs."""
        context = info.context
        ended = await context.desk.profile.sign_out_everywhere(
            context.cookie, _person(context), keep_this=input.keep_this_session
        )
        return SignOutEverywherePayload(ended_sessions=ended)

    @mutation(NotFoundError)
    async def reset_password(
        self, info: Info, input: Input[ResetPasswordInput]
    ) -> ResetPasswordPayload:
        """Create a link with which a person chooses a new password, once within 1 hour.

        Only for people of Operations. The person's older links stop working immediately; their
        sessions end when they use the link.
        """
        context = info.context
        reset = await context.desk.profile.reset_password(context.actor, input.email)
        assert reset.link is not None, "without a password there is a link"
        assert reset.expires_at is not None, "a link ends"
        return ResetPasswordPayload(
            user=User.of(reset.user),
            sign_in_url=context.sign_in_url(reset.link),
            expires_at=reset.expires_at,
        )

    @mutation(NotFoundError)
    async def end_user_sessions(
        self, info: Info, input: Input[EndUserSessionsInput]
    ) -> EndUserSessionsPayload:
        """End all sessions of a person, and their unused links. They can sign in again.

        Only for people of Operations.
        """
        desk, actor = info.context.desk, info.context.actor
        ended = await desk.profile.end_sessions_of(actor, input.email)
        return EndUserSessionsPayload(ended_sessions=ended)


def _person(context: Context) -> SignedIn:
    """Return the person who is signed in. NotAllowed for a program."""
    context.actor.require_authenticated()
    if context.signed_in is None:
        raise NotAllowed("Only people who are signed in may do this, not a program.")
    return context.signed_in
