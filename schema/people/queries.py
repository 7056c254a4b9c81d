"""Queries about the caller and the members of an account."""

from typing import Annotated

import strawberry

from schema.base.context import Info
from schema.base.described import resolved_field
from schema.people.types import Member, Viewer
from server.domain.errors import NotFound

AccountId = Annotated[
    strawberry.ID | None,
    strawberry.argument(
        description="The account; null is your own. Only Operations can name another."
    ),
]
UserId = Annotated[
    strawberry.ID, strawberry.argument(description="The person, such as USR-1234-5678.")
]


@strawberry.type
class PeopleQueries:
    """The caller, and the members of an account."""

    @resolved_field
    def viewer(self, info: Info) -> Viewer | None:
        """The caller; null if you are neither signed in nor send a token."""
        context = info.context
        return Viewer.of(context.actor, context.signed_in) if context.actor.id else None

    @resolved_field
    async def members(self, info: Info, account_id: AccountId = None) -> list[Member]:
        """All members of an account, active or not, sorted by name."""
        found = await info.context.desk.members.all(info.context.actor, account_id)
        return [Member.of(member) for member in found]

    @resolved_field
    async def member(
        self, info: Info, user_id: UserId, account_id: AccountId = None
    ) -> Member | None:
        """One member of an account, active or not; null if there is none with this id."""
        desk, actor = info.context.desk, info.context.actor
        try:
            return Member.of(await desk.members.get(actor, user_id, account_id))
        except NotFound:
            return None
