"""Programs that follow a desk's changes, and changes for them."""

import asyncio

from server.desk import Desk
from server.domain.actor import OPERATOR, Actor
from server.services.events.bus import Subscriber
from server.services.tokens.patch import TokenPatch
from tests.schema.streaming import PATIENCE_SECONDS


async def program(desk: Desk, actor: Actor, module_id: str = "MOD-1756") -> tuple[str, str]:
    """A new token's id and value; that it was made is no news any more."""
    heard: set[str] = set()
    ear = Subscriber(lambda news: heard.add(news.object_id), lambda: None, lambda: None)
    desk.events.follow(ear)
    minted = await desk.tokens.create(actor, name="Program", module_ids=[module_id])
    assert minted.secret is not None
    async with asyncio.timeout(PATIENCE_SECONDS):
        while minted.token.id not in heard:
            await asyncio.sleep(0.005)
    return minted.token.id, minted.secret.reveal()


async def followed(desk: Desk, number: int = 1) -> None:
    """Wait until so many subscriptions have begun, which no client is told."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while len(desk.changes) < number:
            await asyncio.sleep(0.005)


async def rename(desk: Desk, token_id: str, name: str) -> None:
    await desk.tokens.update(OPERATOR, token_id, TokenPatch(name=name))
