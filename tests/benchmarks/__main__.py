"""What requests cost: against an application that answers a constant, and by the number of tokens.

Everything is measured in turns within one run, so that the ratios hold on a noisy machine.
"""

import asyncio
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

import httpx
from pydantic import SecretStr
from rich.console import Console
from rich.table import Table
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from server import demo
from server.app import create_app
from server.desk import Desk
from server.domain.actor import OPERATOR
from server.settings import Settings
from tests import databases
from tests.benchmarks import grid
from tests.postgres import postgres_server, temporary_database

ROUNDS: Final = 5
REQUESTS: Final = 100

Job = Callable[[], Awaitable[object]]


async def constant(scope: Scope, receive: Receive, send: Send) -> None:
    """The floor: an ASGI application that does nothing."""
    await Response(b"{}")(scope, receive, send)


async def jobs(desk: Desk) -> dict[str, Job]:
    """What is measured, by name; the first is the floor."""
    floor = httpx.AsyncClient(transport=httpx.ASGITransport(constant), base_url="http://desk.test")
    app = httpx.ASGITransport(create_app(desk))
    program = httpx.AsyncClient(transport=app, base_url="http://desk.test")
    person = httpx.AsyncClient(transport=app, base_url="http://desk.test")
    await person.post("/sign-in", data={"email": demo.SARAH.email, "password": demo.PASSWORD})
    session = await desk.sessions.resume(person.cookies["tokendesk"], OPERATOR.origin)
    assert session is not None
    minted = await desk.tokens.create(session.actor, name="Bench", module_ids=["MOD-1756"])
    assert minted.secret is not None
    bearer = {"Authorization": f"Bearer {minted.secret.reveal()}"}
    wrong = {"Authorization": bearer["Authorization"][:-1] + "!"}
    query = {"query": "{ apiTokens(first: 10) { nodes { id name status modules { id name } } } }"}

    async def create() -> object:
        return await desk.tokens.create(session.actor, name="Bench", module_ids=["MOD-1756"])

    return {
        "constant answer": lambda: floor.get("/"),
        "/verify, valid": lambda: program.get("/verify", headers=bearer),
        "/verify, refused by form": lambda: program.get("/verify", headers=wrong),
        "GraphQL, 10 tokens": lambda: program.post("/graphql", json=query, headers=bearer),
        "tokens page": lambda: person.get("/settings/api-tokens"),
        "wizard, first step": lambda: person.get("/settings/api-tokens/new/DRF-0-0/general"),
        "token created, durable": create,
    }


async def measure_requests(desk: Desk) -> None:
    """Measure all jobs in turns, and print one table."""
    await demo.build(desk)
    named = await jobs(desk)
    cpu: dict[str, list[float]] = {name: [] for name in named}
    wall: dict[str, list[float]] = {name: [] for name in named}
    for _ in range(ROUNDS):
        for name, job in named.items():
            began, worked = time.perf_counter(), time.process_time()
            for _ in range(REQUESTS):
                await job()
            cpu[name].append((time.process_time() - worked) / REQUESTS)
            wall[name].append((time.perf_counter() - began) / REQUESTS)
    report(cpu, wall)


async def on_desk(work: Callable[[Desk], Awaitable[None]], url: str | None = None) -> None:
    """Run a measurement on an empty desk: on a database of its own, or on SQLite."""
    databases.forget_statements()
    with tempfile.TemporaryDirectory() as folder:
        secret_url = None if url is None else SecretStr(url)
        desk = Desk.build(Settings(data_dir=Path(folder), database_url=secret_url))
        await desk.open()
        try:
            await work(desk)
        finally:
            await desk.close()


async def on_postgres(work: Callable[[Desk], Awaitable[None]], server_url: str) -> None:
    """Run a measurement on a PostgreSQL database that is there for it alone."""
    async with temporary_database(server_url) as url:
        await on_desk(work, url)


def main() -> None:
    """Run every measurement."""
    asyncio.run(on_desk(measure_requests))
    asyncio.run(on_desk(lambda desk: grid.compare(desk, "SQLite")))
    with postgres_server() as server_url:
        asyncio.run(on_postgres(lambda desk: grid.compare(desk, "PostgreSQL"), server_url))


def report(cpu: dict[str, list[float]], wall: dict[str, list[float]]) -> None:
    """Medians, and how many times the floor each is; client and server share the process."""
    table = Table("SQLite, one process", "CPU ms", "wall ms", "x floor")
    floor = statistics.median(next(iter(cpu.values())))
    for name, times in cpu.items():
        middle = statistics.median(times)
        elapsed = statistics.median(wall[name])
        table.add_row(name, f"{middle * 1e3:.2f}", f"{elapsed * 1e3:.2f}", f"{middle / floor:.1f}")
    Console().print(table)


if __name__ == "__main__":
    main()
