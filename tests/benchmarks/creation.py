"""Tokens created per second, durably, one after another and several at a time."""

import asyncio
import time
from typing import Final

from rich.console import Console
from rich.table import Table

from server.desk import Desk
from server.domain.actor import Actor
from tests.benchmarks.desks import administrator, on_each_engine
from tests.benchmarks.goals import Goal

SECONDS: Final = 3
AT_ONCE: Final = 16
MODULES: Final = ("MOD-1756", "MOD-1299")


def measure() -> list[Goal]:
    """Measure on both engines, and print one table; nothing is demanded of it."""
    table = Table("tokens created, each committed to disk", "per second")

    async def work(desk: Desk, engine: str) -> None:
        _, actor = await administrator(desk)
        for at_once in (1, AT_ONCE):
            rate = await _create(desk, actor, at_once)
            table.add_row(f"{engine}, {at_once} at a time", f"{rate:,.0f}")

    on_each_engine(work, durable=True)
    Console().print(table)
    return []


async def _create(desk: Desk, actor: Actor, at_once: int) -> float:
    began = time.perf_counter()

    async def keep_creating() -> int:
        made = 0
        while time.perf_counter() - began < SECONDS:
            await desk.tokens.create(actor, name="Robot", module_ids=MODULES)
            made += 1
        return made

    made = sum(await asyncio.gather(*(keep_creating() for _ in range(at_once))))
    return made / (time.perf_counter() - began)
