"""Invitations to you: what accounts offer, and what you answer."""

from datetime import datetime
from typing import Self

import strawberry

from schema.base.context import Info
from schema.base.described import input_type, object_type
from schema.base.enums import Role
from schema.base.errors import IllegalStateError, NotFoundError
from schema.base.mutations import Input, mutation
from server.services.people.invitations import OpenInvitation

# ruff: noqa: A002 - `input` is the convention's name for a mutation's argument


@object_type
class Invitation:
    """An account's invitation to your e-mail address."""

    id: strawberry.ID = strawberry.field(
        description="Names the invitation in acceptInvitation and declineInvitation, in the form"
        " USR-1234-5678."
    )
    account_id: strawberry.ID = strawberry.field(
        description="The account that invites you, such as ACC-1234-5678."
    )
    account_name: str = strawberry.field(description="The account's name.")
    role: Role = strawberry.field(description="Your role in the account if you accept.")
    invited_at: datetime = strawberry.field(description="When the account first invited you.")

    @classmethod
    def of(cls, info: OpenInvitation) -> Self:
        """Build the type from the service's view."""
        return cls(
            id=strawberry.ID(info.id),
            account_id=strawberry.ID(info.account_id),
            account_name=info.account_name,
            role=info.role,
            invited_at=info.invited_at,
        )


@strawberry.input
class InvitationRef:
    """Names an invitation."""

    id: strawberry.ID = strawberry.field(description="The id of one of `viewer.invitations`.")


@input_type
class AcceptInvitationInput(InvitationRef):
    """The invitation to accept."""


@input_type
class DeclineInvitationInput(InvitationRef):
    """The invitation to decline."""


@object_type
class AcceptInvitationPayload:
    """You are a member of the account."""

    invitation: Invitation = strawberry.field(description="The invitation that you accepted.")


@object_type
class DeclineInvitationPayload:
    """The invitation is gone."""

    invitation: Invitation = strawberry.field(description="The invitation that you declined.")


@strawberry.type
class InvitationMutations:
    """Invitations, answered by the person alone."""

    @mutation(NotFoundError, IllegalStateError)
    async def accept_invitation(
        self, info: Info, input: Input[AcceptInvitationInput]
    ) -> AcceptInvitationPayload:
        """Join an account that invites you.

        Whatever the account had set up for your address (password, sessions, links) ends.
        """
        desk, actor = info.context.desk, info.context.actor
        accepted = await desk.invitations.accept(actor, input.id)
        return AcceptInvitationPayload(invitation=Invitation.of(accepted))

    @mutation(NotFoundError)
    async def decline_invitation(
        self, info: Info, input: Input[DeclineInvitationInput]
    ) -> DeclineInvitationPayload:
        """Remove an invitation from your list. The account that invited you does not see it."""
        desk, actor = info.context.desk, info.context.actor
        declined = await desk.invitations.decline(actor, input.id)
        return DeclineInvitationPayload(invitation=Invitation.of(declined))
