"""Who follows changes in tests, and what is announced to them."""

from datetime import timedelta
from itertools import count

from server.domain.actor import ACCESS_MANAGEMENT, AccountType, Actor, ActorKind
from server.services.events.bus import ChangeEvent
from server.services.subscriptions.stream import Authorization
from tests.support.clock import TurnableClock

OWN = "ACC-0000-0001"
OTHER = "ACC-0000-0002"
ACTOR = Actor(
    ActorKind.TOKEN,
    "TKN-0000-0001",
    "Robot",
    OWN,
    AccountType.CLIENT,
    module_ids=frozenset({ACCESS_MANAGEMENT}),
)
NUMBERS = count()


def news(
    event: str = "token.updated", object_id: str = "TKN-0000-0009", chain: str = OWN
) -> ChangeEvent:
    return ChangeEvent(event, object_id, chain, f"AUD-{next(NUMBERS):08}")


class Caller:
    """Someone whose right to follow can end; counts how often that is asked."""

    def __init__(self, clock: TurnableClock, actor: Actor = ACTOR) -> None:
        self.actor: Actor | None = actor
        self.clock = clock
        self.asked = 0

    async def __call__(self) -> Authorization | None:
        self.asked += 1
        if self.actor is None:
            return None
        return Authorization(self.actor, self.clock() + timedelta(seconds=1))
