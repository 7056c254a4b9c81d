"""People, and who asks."""

from datetime import datetime
from typing import Self

import strawberry

from schema.base.context import Info
from schema.base.enums import (
    ActorKind,
    MemberStatus,
    Role,
)
from schema.base.types import Node
from schema.people.invitations import Invitation
from schema.people.profile_types import Session
from server.domain import actor as domain
from server.services.people.views import MemberView, UserView
from server.services.sign_in.sessions import SignedIn


@strawberry.type(description="A person.")
class User(Node):
    """A user."""

    name: str = strawberry.field(description="Their name.")
    email: str = strawberry.field(description="Their e-mail address.")

    @classmethod
    def of(cls, info: UserView) -> Self:
        """From a service's answer."""
        return cls(id=strawberry.ID(info.id), name=info.name, email=info.email)


@strawberry.type(description="A person as a member of one account.")
class Member:
    """A member."""

    user: User = strawberry.field(description="The person.")
    role: Role = strawberry.field(description="What they may do in the account.")
    status: MemberStatus = strawberry.field(description="Whether they may act for the account.")
    active: bool = strawberry.field(description="Whether the status is ACTIVE.")
    last_sign_in_at: datetime | None = strawberry.field(
        description="When they last entered this account; null for never."
    )

    @classmethod
    def of(cls, info: MemberView) -> Self:
        """From a service's answer."""
        return cls(
            user=User.of(info.user),
            role=info.role,
            status=info.status,
            active=info.active,
            last_sign_in_at=info.last_sign_in_at,
        )


@strawberry.type(description="Who asks: a signed-in person, or a program with a token.")
class Viewer:
    """The request's actor."""

    id: strawberry.ID = strawberry.field(description="The id of the user or token.")
    name: str = strawberry.field(description="The name of the user or token.")
    kind: ActorKind = strawberry.field(description="Whether a person or a program.")
    user: User | None = strawberry.field(description="The person; null for a program.")
    role: Role | None = strawberry.field(description="The person's role in the account.")
    may_manage_tokens: bool = strawberry.field(description="Whether it may make tokens.")

    @strawberry.field(
        description="The browsers in which the person is signed in: this one first, then the one"
        " seen last; null for a program."
    )
    async def sessions(self, info: Info) -> list[Session] | None:
        """Looked up only when they are asked for."""
        context = info.context
        if context.signed_in is None:
            return None
        found = await context.desk.profile.sessions(context.cookie, context.signed_in)
        return [Session.of(each) for each in found]

    @strawberry.field(
        description="The accounts that invite the person's e-mail address, oldest invitation first;"
        " empty for a program, and where nobody vouched for the address."
    )
    async def invitations(self, info: Info) -> list[Invitation]:
        """Looked up only when they are asked for."""
        found = await info.context.desk.invitations.open(info.context.actor)
        return [Invitation.of(each) for each in found]

    @classmethod
    def of(cls, actor: domain.Actor, signed_in: SignedIn | None) -> Self:
        """From the request's actor."""
        return cls(
            id=strawberry.ID(actor.id),
            name=actor.name,
            kind=actor.kind,
            user=User.of(signed_in.user) if signed_in else None,
            role=actor.role,
            may_manage_tokens=actor.may_manage_tokens,
        )
