"""Types that many nouns share."""

from typing import Annotated, Self

import strawberry

from schema.base.described import interface_type, object_type
from schema.base.enums import ActorKind
from server.domain.actor import ActorView

Id = Annotated[strawberry.ID, strawberry.argument(description="The object's id.")]


@interface_type
class Node:
    """An object that `node` finds by its id."""

    id: strawberry.ID = strawberry.field(description="The object's id, such as TKN-1234-5678.")


@object_type
class Actor:
    """Who did something: a person, a program, or the operator's command line."""

    id: strawberry.ID = strawberry.field(
        description="The id of the person or of the token; empty for an unknown caller."
    )
    name: str = strawberry.field(description="The name at that time.")
    kind: ActorKind = strawberry.field(description="What kind of actor it is.")

    @classmethod
    def of(cls, info: ActorView) -> Self:
        """Build the type from the service's view."""
        return cls(id=strawberry.ID(info.id), name=info.name, kind=info.kind)
