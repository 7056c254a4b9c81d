"""People and the viewer as clients read them."""

from datetime import datetime
from typing import Self

import strawberry

from schema.base.context import Info
from schema.base.described import object_type, resolved_field
from schema.base.enums import ActorKind, MemberStatus, Role
from schema.base.types import Node
from schema.people.invitations import Invitation
from schema.people.profile_types import Session
from server.domain import actor as domain
from server.services.people.views import MemberView, UserView
from server.services.sign_in.sessions import SignedIn


@object_type
class User(Node):
    """A person."""

    name: str = strawberry.field(description="The person's name.")
    email: str = strawberry.field(description="The person's e-mail address.")

    @classmethod
    def of(cls, info: UserView) -> Self:
        """Build the type from the service's view."""
        return cls(id=strawberry.ID(info.id), name=info.name, email=info.email)


@object_type
class Member:
    """A person in one account."""

    user: User = strawberry.field(description="The person.")
    role: Role = strawberry.field(description="Their role in the account.")
    status: MemberStatus = strawberry.field(description="Whether they can act for the account.")
    active: bool = strawberry.field(description="Whether the status is ACTIVE.")
    last_sign_in_at: datetime | None = strawberry.field(
        description="When they last signed in to this account; null if they never did."
    )

    @classmethod
    def of(cls, info: MemberView) -> Self:
        """Build the type from the service's view."""
        return cls(
            user=User.of(info.user),
            role=info.role,
            status=info.status,
            active=info.active,
            last_sign_in_at=info.last_sign_in_at,
        )


@object_type
class Viewer:
    """The caller: a person who is signed in, or a program with a token."""

    id: strawberry.ID = strawberry.field(description="The id of the person or of the token.")
    name: str = strawberry.field(description="The name of the person or of the token.")
    kind: ActorKind = strawberry.field(description="USER for a person, TOKEN for a program.")
    user: User | None = strawberry.field(description="The person; null for a program.")
    role: Role | None = strawberry.field(
        description="The person's role in the account; null for a program."
    )
    may_manage_tokens: bool = strawberry.field(
        description="Whether the caller is allowed to create and change tokens."
    )

    @resolved_field
    async def sessions(self, info: Info) -> list[Session] | None:
        """Your sessions: the current one first, then the most recently used. Null for a program."""
        context = info.context
        if context.signed_in is None:
            return None
        found = await context.desk.profile.sessions(context.cookie, context.signed_in)
        return [Session.of(each) for each in found]

    @resolved_field
    async def invitations(self, info: Info) -> list[Invitation]:
        """The accounts that invite your e-mail address, oldest invitation first.

        Empty for a program, and while your address is not proved.
        """
        found = await info.context.desk.invitations.open(info.context.actor)
        return [Invitation.of(each) for each in found]

    @classmethod
    def of(cls, actor: domain.Actor, signed_in: SignedIn | None) -> Self:
        """Build the type from the request's actor."""
        return cls(
            id=strawberry.ID(actor.id),
            name=actor.name,
            kind=actor.kind,
            user=User.of(signed_in.user) if signed_in else None,
            role=actor.role,
            may_manage_tokens=actor.may_manage_tokens,
        )
