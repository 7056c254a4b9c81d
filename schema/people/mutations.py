"""Mutations of an account's members."""

import strawberry

from schema.base.context import Info
from schema.base.errors import IllegalStateError, NotFoundError, ValidationError
from schema.base.mutations import Input, mutation
from schema.people.inputs import (
    CreateSignInLinkInput,
    CreateUserInput,
    DeactivateMemberInput,
    InviteMemberInput,
    ReactivateMemberInput,
    RenewMemberLinkInput,
    SetMemberRoleInput,
)
from schema.people.payloads import (
    CreateSignInLinkPayload,
    CreateUserPayload,
    DeactivateMemberPayload,
    InviteMemberPayload,
    ReactivateMemberPayload,
    RenewMemberLinkPayload,
    SetMemberRolePayload,
)
from schema.people.types import User

# ruff: noqa: A002 - `input` is the convention's name for a mutation's argument


@strawberry.type
class MemberMutations:
    """People who join an account, leave it, or change their role."""

    @mutation(ValidationError, NotFoundError)
    async def invite_member(
        self, info: Info, input: Input[InviteMemberInput]
    ) -> InviteMemberPayload:
        """Invite an e-mail address into an account, with a link that works once within 3 days.

        The answer does not tell whether the address is known to other accounts. If Operations
        invites, the address counts as proved.
        """
        invited = await info.context.desk.members.invite(
            info.context.actor, input.email, input.name, input.role, input.account_id
        )
        return InviteMemberPayload.of(info.context, invited)

    @mutation(NotFoundError, IllegalStateError)
    async def renew_member_link(
        self, info: Info, input: Input[RenewMemberLinkInput]
    ) -> RenewMemberLinkPayload:
        """Create a new link for a person whom this account invited, also if they lost a password.

        Older links stop working immediately.
        """
        desk, actor = info.context.desk, info.context.actor
        renewed = await desk.members.renew_link(actor, input.user_id, input.account_id)
        return RenewMemberLinkPayload.of(info.context, renewed)

    @mutation(NotFoundError, IllegalStateError)
    async def set_member_role(
        self, info: Info, input: Input[SetMemberRoleInput]
    ) -> SetMemberRolePayload:
        """Make a member an administrator or a viewer. An account keeps its last administrator."""
        desk, actor = info.context.desk, info.context.actor
        return SetMemberRolePayload.of(
            await desk.members.set_role(actor, input.user_id, input.role, input.account_id)
        )

    @mutation(NotFoundError, IllegalStateError)
    async def deactivate_member(
        self, info: Info, input: Input[DeactivateMemberInput]
    ) -> DeactivateMemberPayload:
        """Shut a member out of an account, and end their sessions in it."""
        desk, actor = info.context.desk, info.context.actor
        return DeactivateMemberPayload.of(
            await desk.members.deactivate(actor, input.user_id, input.account_id)
        )

    @mutation(NotFoundError, IllegalStateError)
    async def reactivate_member(
        self, info: Info, input: Input[ReactivateMemberInput]
    ) -> ReactivateMemberPayload:
        """Let a deactivated member act for an account again, in the role that they had."""
        desk, actor = info.context.desk, info.context.actor
        return ReactivateMemberPayload.of(
            await desk.members.reactivate(actor, input.user_id, input.account_id)
        )

    @mutation(ValidationError, NotFoundError)
    async def create_user(self, info: Info, input: Input[CreateUserInput]) -> CreateUserPayload:
        """Add a person to any account, without a link. Only for Operations."""
        user = await info.context.desk.users.create(
            info.context.actor, input.email, input.name, input.account_id, input.role
        )
        return CreateUserPayload(user=User.of(user))

    @mutation(NotFoundError)
    async def create_sign_in_link(
        self, info: Info, input: Input[CreateSignInLinkInput]
    ) -> CreateSignInLinkPayload:
        """Create a link that signs a person in once, within 10 minutes. Only for Operations.

        Older links stop working immediately.
        """
        context = info.context
        link, expires_at = await context.desk.users.create_sign_in_link(context.actor, input.email)
        return CreateSignInLinkPayload(sign_in_url=context.sign_in_url(link), expires_at=expires_at)
