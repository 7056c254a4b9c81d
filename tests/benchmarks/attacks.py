"""How long it takes to refuse hostile documents, client and server in one process."""

import statistics
import time
from typing import Final

import httpx
from rich.console import Console
from rich.table import Table

from schema.http.negotiation import GRAPHQL_JSON
from server.app import create_app
from server.desk import Desk
from tests.benchmarks.desks import on_sqlite
from tests.benchmarks.goals import Goal
from tests.schema import hostile

ROUNDS: Final = 25
LONGEST_MS: Final = 20.0

NAMED: Final = {
    "fragment bomb of 100": hostile.fragment_bomb(100),
    "1,000 aliases": hostile.aliases(1_000),
    "depth of 60": hostile.nested(60),
    "cyclic nest": hostile.CYCLIC_NEST,
}
"""What is refused within 20 ms whatever happens."""

OTHERS: Final = {
    "fragment bomb of 45": hostile.fragment_bomb(45),
    "long cycle": hostile.LONG_CYCLE,
    "nest of introspection": hostile.introspection_nest(4),
    "wide introspection": hostile.WIDE_INTROSPECTION,
    "one field 900 times": "{" + "__typename " * 900 + "}",
    "fields to compare": hostile.repeated(20, 18),
    "fragments to compare": hostile.crossed(25, 14),
    "900 typos": hostile.TYPOS,
    "220 variables": hostile.VARIABLES,
    "450 directives": hostile.DIRECTIVES,
    "150 operations": hostile.OPERATIONS,
    "900 kB of comment": hostile.COMMENT,
    "900 kB of name": hostile.LONG_NAME,
}


def measure() -> list[Goal]:
    """Send each in turns, and print the table; every one is a goal."""
    goals: list[Goal] = []

    async def work(desk: Desk, _: str) -> None:
        goals.extend(await _refuse_all(desk))

    on_sqlite(work)
    return goals


async def _refuse_all(desk: Desk) -> list[Goal]:
    attacks = {**NAMED, **OTHERS}
    cpu: dict[str, list[float]] = {name: [] for name in attacks}
    wall: dict[str, list[float]] = {name: [] for name in attacks}
    transport = httpx.ASGITransport(create_app(desk))
    headers = {"Accept": GRAPHQL_JSON}
    async with httpx.AsyncClient(
        transport=transport, base_url=desk.settings.origin, headers=headers
    ) as client:
        for _ in range(ROUNDS):
            for name, text in attacks.items():
                began, worked = time.perf_counter(), time.process_time()
                answer = await client.post("/graphql", json={"query": text})
                cpu[name].append((time.process_time() - worked) * 1e3)
                wall[name].append((time.perf_counter() - began) * 1e3)
                assert answer.status_code == 400, (name, answer.text)
    _print(attacks, cpu, wall)
    return [
        Goal(f"refused: {name}", statistics.median(taken), at_most=LONGEST_MS, unit="ms")
        for name, taken in cpu.items()
    ]


def _print(
    attacks: dict[str, str], cpu: dict[str, list[float]], wall: dict[str, list[float]]
) -> None:
    table = Table("hostile document", "bytes", "CPU ms", "longest", "wall ms", "longest")
    for name, text in attacks.items():
        times = (
            statistics.median(cpu[name]),
            max(cpu[name]),
            statistics.median(wall[name]),
            max(wall[name]),
        )
        table.add_row(name, f"{len(text):,}", *(f"{each:.1f}" for each in times))
    Console().print(table)
