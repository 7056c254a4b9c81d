"""What clients can do with the people of an account."""

import strawberry

from schema.base.arguments import Input
from schema.base.context import Context, Info
from schema.people.inputs import (
    CreateSignInLinkInput,
    CreateUserInput,
    InviteMemberInput,
    MemberInput,
    SetMemberRoleInput,
)
from schema.people.payloads import (
    CreateSignInLinkResult,
    CreateUserResult,
    InvitationPayload,
    InviteMemberResult,
    MemberPayload,
    MemberResult,
    RenewMemberLinkResult,
    SignInLinkPayload,
    UserPayload,
)
from schema.people.types import Member, User
from server.services.people.views import InvitationView

# ruff: noqa: A002 - `input` is the convention's name for a mutation's argument


@strawberry.type
class MemberMutations:
    """People let in, shut out, and given a role."""

    @strawberry.mutation(
        description="Invite an e-mail address, with a link that is good for 3 days. Whether it is"
        " known elsewhere makes no difference; Operations vouches for it instead."
    )
    async def invite_member(
        self, info: Info, input: Input[InviteMemberInput]
    ) -> InviteMemberResult:
        """The member, and their way in."""
        invited = await info.context.desk.members.invite(
            info.context.actor, input.email, input.name, input.role, input.account_id
        )
        return _invitation(info.context, invited)

    @strawberry.mutation(
        description="Another link for a sign-in that the account made, also in place of a lost"
        " password. Older ones end at once."
    )
    async def renew_member_link(
        self, info: Info, input: Input[MemberInput]
    ) -> RenewMemberLinkResult:
        """The member, and their way in."""
        desk, actor = info.context.desk, info.context.actor
        renewed = await desk.members.renew_link(actor, input.user_id, input.account_id)
        return _invitation(info.context, renewed)

    @strawberry.mutation(
        description="Make a member an administrator or a viewer; the last administrator stays one."
    )
    async def set_member_role(self, info: Info, input: Input[SetMemberRoleInput]) -> MemberResult:
        """The member as they are then."""
        member = await info.context.desk.members.set_role(
            info.context.actor, input.user_id, input.role, input.account_id
        )
        return MemberPayload(member=Member.of(member))

    @strawberry.mutation(
        description="Shut a member out of the account, and end their sessions in it."
    )
    async def deactivate_member(self, info: Info, input: Input[MemberInput]) -> MemberResult:
        """The member as they are then."""
        desk, actor = info.context.desk, info.context.actor
        member = await desk.members.deactivate(actor, input.user_id, input.account_id)
        return MemberPayload(member=Member.of(member))

    @strawberry.mutation(description="Let a deactivated member in again, in the role they had.")
    async def reactivate_member(self, info: Info, input: Input[MemberInput]) -> MemberResult:
        """The member as they are then."""
        desk, actor = info.context.desk, info.context.actor
        member = await desk.members.reactivate(actor, input.user_id, input.account_id)
        return MemberPayload(member=Member.of(member))

    @strawberry.mutation(description="For Operations: a person in any account, without a link.")
    async def create_user(self, info: Info, input: Input[CreateUserInput]) -> CreateUserResult:
        """The person."""
        user = await info.context.desk.users.create(
            info.context.actor, input.email, input.name, input.account_id, input.role
        )
        return UserPayload(user=User.of(user))

    @strawberry.mutation(
        description="For Operations: a link that signs a person in once, good for 10 minutes."
    )
    async def create_sign_in_link(
        self, info: Info, input: Input[CreateSignInLinkInput]
    ) -> CreateSignInLinkResult:
        """The link; older ones end at once."""
        context = info.context
        link, expires_at = await context.desk.users.create_sign_in_link(context.actor, input.email)
        return SignInLinkPayload(sign_in_url=context.sign_in_url(link), expires_at=expires_at)


def _invitation(context: Context, invited: InvitationView) -> InvitationPayload:
    return InvitationPayload(
        member=Member.of(invited.member),
        sign_in_url=context.sign_in_url(invited.link) if invited.link else None,
        expires_at=invited.expires_at,
    )
