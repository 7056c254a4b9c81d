"""Look-ups that are collected: nobody waits for ever because others gave up."""

import asyncio

import pytest

from schema.base.loaders import Loaders
from server.desk import Desk
from tests.support.world import World


@pytest.mark.parametrize("steps", range(4))
async def test_whoever_joins_those_who_give_up_is_answered(
    desk: Desk, world: World, steps: int
) -> None:
    loaders = Loaders(lambda: world.admin)
    leaving = asyncio.create_task(loaders.find(desk.modules.named, "MOD-2001"))
    for _ in range(steps):
        await asyncio.sleep(0)
    leaving.cancel()
    await asyncio.wait([leaving])
    found = await asyncio.wait_for(loaders.find(desk.modules.named, "MOD-1756"), 10)
    assert found.id == "MOD-1756"


async def test_whoever_stays_beside_those_who_give_up_is_answered(desk: Desk, world: World) -> None:
    loaders = Loaders(lambda: world.admin)
    both = [
        asyncio.create_task(loaders.find(desk.modules.named, each))
        for each in ("MOD-2001", "MOD-1756")
    ]
    await asyncio.sleep(0)
    both[0].cancel()
    assert (await asyncio.wait_for(both[1], 10)).id == "MOD-1756"
