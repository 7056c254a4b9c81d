"""Payloads of the mutations on people."""

from datetime import datetime
from typing import Annotated

import strawberry

from schema.accounts.payloads import _Known
from schema.base.errors import IllegalStateError, ValidationError
from schema.people.types import Member, User


@strawberry.type(description="A member with a way in.")
class InvitationPayload:
    """A member, and a link for one who is new."""

    member: Member = strawberry.field(description="The member.")
    sign_in_url: str | None = strawberry.field(
        description="Signs them in once; null where Operations adds somebody who has a sign-in."
    )
    expires_at: datetime | None = strawberry.field(
        description="When the link ends; null without one."
    )


@strawberry.type(description="A member, changed.")
class MemberPayload:
    """A member."""

    member: Member = strawberry.field(description="The member as they are now.")


@strawberry.type(description="A person in an account.")
class UserPayload:
    """A person."""

    user: User = strawberry.field(description="The person.")


@strawberry.type(description="A one-time way in.")
class SignInLinkPayload:
    """A link."""

    sign_in_url: str = strawberry.field(description="Signs its person in once.")
    expires_at: datetime = strawberry.field(description="When it ends.")


InviteMemberResult = Annotated[
    InvitationPayload | ValidationError | _Known,
    strawberry.union("InviteMemberResult", description="The member, or why not."),
]


RenewMemberLinkResult = Annotated[
    InvitationPayload | _Known | IllegalStateError,
    strawberry.union("RenewMemberLinkResult", description="The link, or why not."),
]


MemberResult = Annotated[
    MemberPayload | _Known | IllegalStateError,
    strawberry.union("MemberResult", description="The member, or why not."),
]


CreateUserResult = Annotated[
    UserPayload | ValidationError | _Known,
    strawberry.union("CreateUserResult", description="The person, or why not."),
]


CreateSignInLinkResult = Annotated[
    SignInLinkPayload | _Known,
    strawberry.union("CreateSignInLinkResult", description="The link, or why not."),
]
