"""What accounts offer to the person who asks, and what they can do about it."""

from datetime import datetime
from typing import Annotated, Self

import strawberry

from schema.base.arguments import Input
from schema.base.context import Info
from schema.base.enums import Role
from schema.base.errors import IllegalStateError, NotAllowedError, NotFoundError
from server.services.people.invitations import OpenInvitation

# ruff: noqa: A002 - `input` is the convention's name for a mutation's argument


@strawberry.type(description="What an account offers to the person of an e-mail address.")
class Invitation:
    """An invitation."""

    id: strawberry.ID = strawberry.field(
        description="USR-1234-5678: the sign-in that the account made for the address."
    )
    account_id: strawberry.ID = strawberry.field(description="The account, ACC-1234-5678.")
    account_name: str = strawberry.field(description="The account's name.")
    role: Role = strawberry.field(description="What you would be in the account.")
    invited_at: datetime = strawberry.field(description="When the account first invited you.")

    @classmethod
    def of(cls, info: OpenInvitation) -> Self:
        """From a service's answer."""
        return cls(
            id=strawberry.ID(info.id),
            account_id=strawberry.ID(info.account_id),
            account_name=info.account_name,
            role=info.role,
            invited_at=info.invited_at,
        )


@strawberry.input(description="An invitation to accept.")
class AcceptInvitationInput:
    """An invitation by its id."""

    id: strawberry.ID = strawberry.field(description="One of viewer.invitations.")


@strawberry.input(description="An invitation to decline.")
class DeclineInvitationInput:
    """An invitation by its id."""

    id: strawberry.ID = strawberry.field(description="One of viewer.invitations.")


@strawberry.type(description="An invitation that you accepted.")
class AcceptInvitationPayload:
    """An invitation."""

    invitation: Invitation = strawberry.field(description="What you belong to now.")


@strawberry.type(description="An invitation that you declined.")
class DeclineInvitationPayload:
    """An invitation."""

    invitation: Invitation = strawberry.field(description="What is not offered to you any more.")


AcceptInvitationResult = Annotated[
    AcceptInvitationPayload | NotFoundError | NotAllowedError | IllegalStateError,
    strawberry.union("AcceptInvitationResult", description="The invitation, or why not."),
]
DeclineInvitationResult = Annotated[
    DeclineInvitationPayload | NotFoundError | NotAllowedError,
    strawberry.union("DeclineInvitationResult", description="The invitation, or why not."),
]


@strawberry.type
class InvitationMutations:
    """Invitations accepted and declined, by the person alone."""

    @strawberry.mutation(
        description="Belong to an account that invites you. What it had set up for your address"
        " (password, sessions, links) ends."
    )
    async def accept_invitation(
        self, info: Info, input: Input[AcceptInvitationInput]
    ) -> AcceptInvitationResult:
        """The invitation."""
        desk, actor = info.context.desk, info.context.actor
        accepted = await desk.invitations.accept(actor, input.id)
        return AcceptInvitationPayload(invitation=Invitation.of(accepted))

    @strawberry.mutation(
        description="See an invitation no more. Nobody of the account that invites is told."
    )
    async def decline_invitation(
        self, info: Info, input: Input[DeclineInvitationInput]
    ) -> DeclineInvitationResult:
        """The invitation."""
        desk, actor = info.context.desk, info.context.actor
        declined = await desk.invitations.decline(actor, input.id)
        return DeclineInvitationPayload(invitation=Invitation.of(declined))
