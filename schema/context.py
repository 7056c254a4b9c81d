"""What resolvers know of their request: the desk and who asks."""

from dataclasses import dataclass

from strawberry.types import Info as StrawberryInfo

from server.desk import Desk
from server.domain.actor import Actor
from server.services.sessions import SignedIn


@dataclass
class Context:
    """One request's context; `signed_in` is there for people only."""

    desk: Desk
    actor: Actor
    signed_in: SignedIn | None


Info = StrawberryInfo[Context, None]
