"""What requests cost inside one process, against an application that answers a constant."""

import statistics
import time
from collections.abc import Awaitable, Callable
from typing import Final

import httpx
from rich.console import Console
from rich.table import Table

from server.desk import Desk
from tests.benchmarks.desks import administrator, on_sqlite
from tests.benchmarks.floors import constant
from tests.benchmarks.goals import Goal

ROUNDS: Final = 5
REQUESTS: Final = 100
MODULE: Final = "MOD-1756"

Job = Callable[[], Awaitable[object]]


def measure() -> list[Goal]:
    """Measure all jobs in turns, and print one table; nothing is demanded of it."""
    on_sqlite(_measure)
    return []


async def _jobs(desk: Desk) -> dict[str, Job]:
    """What is measured, by name; the first is the floor."""
    floor = httpx.AsyncClient(transport=httpx.ASGITransport(constant), base_url="http://desk.test")
    person, actor = await administrator(desk)
    minted = await desk.tokens.create(actor, name="Bench", module_ids=[MODULE])
    assert minted.secret is not None
    bearer = {"Authorization": f"Bearer {minted.secret.reveal()}"}
    query = {"query": "{ apiTokens(first: 10) { nodes { id name status modules { id name } } } }"}

    async def create() -> object:
        return await desk.tokens.create(actor, name="Bench", module_ids=[MODULE])

    return {
        "constant answer": lambda: floor.get("/"),
        "GraphQL, 10 tokens": lambda: person.post("/graphql", json=query, headers=bearer),
        "tokens page": lambda: person.get("/settings/api-tokens"),
        "wizard, first step": lambda: person.get("/settings/api-tokens/new/DRF-0-0/general"),
        "token created, durable": create,
    }


async def _measure(desk: Desk, _: str) -> None:
    named = await _jobs(desk)
    cpu: dict[str, list[float]] = {name: [] for name in named}
    wall: dict[str, list[float]] = {name: [] for name in named}
    for _round in range(ROUNDS):
        for name, job in named.items():
            began, worked = time.perf_counter(), time.process_time()
            for _request in range(REQUESTS):
                await job()
            cpu[name].append((time.process_time() - worked) / REQUESTS)
            wall[name].append((time.perf_counter() - began) / REQUESTS)
    # Client and server share the process.
    table = Table("SQLite, one process", "CPU ms", "wall ms", "x floor")
    floor = statistics.median(next(iter(cpu.values())))
    for name, times in cpu.items():
        middle = statistics.median(times)
        elapsed = statistics.median(wall[name])
        table.add_row(name, f"{middle * 1e3:.2f}", f"{elapsed * 1e3:.2f}", f"{middle / floor:.1f}")
    Console().print(table)
