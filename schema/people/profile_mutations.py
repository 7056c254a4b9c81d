"""What people can do with their own sign-ins, and Operations with those of others."""

import strawberry

from schema.base.arguments import Input
from schema.base.context import Context, Info
from schema.people.profile_inputs import (
    ChangePasswordInput,
    EndSessionInput,
    EndUserSessionsInput,
    ResetPasswordInput,
    SignOutEverywhereInput,
)
from schema.people.profile_payloads import (
    ChangePasswordPayload,
    ChangePasswordResult,
    EndSessionPayload,
    EndSessionResult,
    EndUserSessionsPayload,
    EndUserSessionsResult,
    ResetPasswordPayload,
    ResetPasswordResult,
    SignOutEverywherePayload,
    SignOutEverywhereResult,
)
from schema.people.profile_types import Session
from schema.people.types import User
from server.domain.errors import NotAllowed
from server.services.sign_in.sessions import SignedIn

# ruff: noqa: A002 - `input` is the convention's name for a mutation's argument


@strawberry.type
class ProfileMutations:
    """Passwords and sessions."""

    @strawberry.mutation(
        description="Change the viewer's password. Their other sessions end, unless kept, and"
        " their unused links. For people alone."
    )
    async def change_password(
        self, info: Info, input: Input[ChangePasswordInput]
    ) -> ChangePasswordResult:
        """The viewer."""
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

    @strawberry.mutation(description="End one of the viewer's sessions. For people alone.")
    async def end_session(self, info: Info, input: Input[EndSessionInput]) -> EndSessionResult:
        """The sessions that go on."""
        context, profile = info.context, info.context.desk.profile
        person = _person(context)
        await profile.end_session(context.cookie, person, input.id)
        left = await profile.sessions(context.cookie, person)
        return EndSessionPayload(sessions=[Session.of(each) for each in left])

    @strawberry.mutation(
        description="End all of the viewer's sessions, or all but this one. For people alone."
    )
    async def sign_out_everywhere(
        self, info: Info, input: Input[SignOutEverywhereInput]
    ) -> SignOutEverywhereResult:
        """How many."""
        context = info.context
        ended = await context.desk.profile.sign_out_everywhere(
            context.cookie, _person(context), keep_this=input.keep_this_session
        )
        return SignOutEverywherePayload(ended_sessions=ended)

    @strawberry.mutation(
        description="For people of Operations: a link with which a person chooses a new password,"
        " good once and for an hour; older links end. All their sessions end when it is used."
    )
    async def reset_password(
        self, info: Info, input: Input[ResetPasswordInput]
    ) -> ResetPasswordResult:
        """The link."""
        context = info.context
        reset = await context.desk.profile.reset_password(context.actor, input.email)
        assert reset.link is not None, "without a password there is a link"
        assert reset.expires_at is not None, "a link ends"
        return ResetPasswordPayload(
            user=User.of(reset.user),
            sign_in_url=context.sign_in_url(reset.link),
            expires_at=reset.expires_at,
        )

    @strawberry.mutation(
        description="For people of Operations: end all sessions of a person, and their unused"
        " links. They can sign in again."
    )
    async def end_user_sessions(
        self, info: Info, input: Input[EndUserSessionsInput]
    ) -> EndUserSessionsResult:
        """How many."""
        desk, actor = info.context.desk, info.context.actor
        ended = await desk.profile.end_sessions_of(actor, input.email)
        return EndUserSessionsPayload(ended_sessions=ended)


def _person(context: Context) -> SignedIn:
    """Who is signed in; a program is not."""
    context.actor.require_authenticated()
    if context.signed_in is None:
        raise NotAllowed("Only people who are signed in may do this, not a program.")
    return context.signed_in
