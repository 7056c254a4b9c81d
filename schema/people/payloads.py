"""What mutations of an account's members answer."""

from datetime import datetime
from typing import Self

import strawberry

from schema.base.context import Context
from schema.base.described import object_type
from schema.people.types import Member, User
from server.services.people.views import InvitationView, MemberView


@strawberry.type
class WithMember:
    """Holds a member."""

    member: Member = strawberry.field(description="The member as it is now.")

    @classmethod
    def of(cls, member: MemberView) -> Self:
        """Build the payload from the service's view."""
        return cls(member=Member.of(member))


@strawberry.type
class WithMemberLink:
    """Holds a member and a one-time link."""

    member: Member = strawberry.field(description="The member.")
    sign_in_url: str | None = strawberry.field(
        description="The one-time link that signs the person in. Hand it to them. Null if"
        " Operations adds a person who can sign in already."
    )
    expires_at: datetime | None = strawberry.field(
        description="When the link expires; null without a link."
    )

    @classmethod
    def of(cls, context: Context, invited: InvitationView) -> Self:
        """Build the payload from the service's view."""
        return cls(
            member=Member.of(invited.member),
            sign_in_url=context.sign_in_url(invited.link) if invited.link else None,
            expires_at=invited.expires_at,
        )


@object_type
class InviteMemberPayload(WithMemberLink):
    """The person is invited."""


@object_type
class RenewMemberLinkPayload(WithMemberLink):
    """The member has a new link."""


@object_type
class SetMemberRolePayload(WithMember):
    """The member has the new role."""


@object_type
class DeactivateMemberPayload(WithMember):
    """The member is shut out of the account."""


@object_type
class ReactivateMemberPayload(WithMember):
    """The member can act for the account again."""


@object_type
class CreateUserPayload:
    """The person is a member of the account."""

    user: User = strawberry.field(description="The person.")


@object_type
class CreateSignInLinkPayload:
    """The person has a one-time link."""

    sign_in_url: str = strawberry.field(
        description="The one-time link that signs the person in. Hand it to them."
    )
    expires_at: datetime = strawberry.field(
        description="When the link expires: 10 minutes from now."
    )
