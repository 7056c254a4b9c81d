"""The objects of the schema, each made from what a service answers."""

from typing import Self

import strawberry

from schema.base.enums import (
    ActorKind,
)
from server.domain.actor import ActorView


@strawberry.interface(description="Anything with an id that `node` looks up.")
class Node:
    """Relay's object identification."""

    id: strawberry.ID = strawberry.field(description="The product's id, such as TKN-1234-5678.")


@strawberry.type(description="Who did something, as it was recorded then.")
class Actor:
    """A person, a program, or the operator's command line."""

    id: strawberry.ID = strawberry.field(description="The id of the user or token.")
    name: str = strawberry.field(description="The name it had then.")
    kind: ActorKind = strawberry.field(description="Whether a person, a program or the operator.")

    @classmethod
    def of(cls, info: ActorView) -> Self:
        """From a service's answer."""
        return cls(id=strawberry.ID(info.id), name=info.name, kind=info.kind)
