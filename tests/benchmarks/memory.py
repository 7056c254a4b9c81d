"""How soon a worker is ready, and how much memory it holds."""

import asyncio
import statistics
import tempfile
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table

from tests.benchmarks import filling, load
from tests.benchmarks.goals import Goal
from tests.benchmarks.processes import desk, memory

REMEMBERED: Final = 100_000
STARTS: Final = 5
LEAST_BYTES: Final = 200
"""A token that takes less in memory is not there."""
_MB: Final = 1_000_000


def measure() -> list[Goal]:
    """Start, read, fill, read again; what must be reached."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        url = f"sqlite://{folder / 'desk.sqlite3'}"
        asyncio.run(filling.make(url, REMEMBERED))
        environment = {
            "TOKENDESK_DATA_DIR": name,
            "TOKENDESK_DATABASE_URL": url,
            "TOKENDESK_SECRET_KEYS": filling.KEYS,
            "TOKENDESK_REMEMBERED_TOKENS": str(REMEMBERED),
        }
        starts = []
        for _ in range(STARTS):
            with desk(environment) as served:
                starts.append(served.started_in)
        requests = load.write(
            folder / "all",
            (load.get("/verify", f"Bearer {filling.secret(n)}") for n in range(REMEMBERED)),
        )
        with desk(environment) as served:
            (worker,) = served.workers
            # The first answers bring in what every worker needs, whatever it remembers.
            load.run(served, load.write(folder / "one", [_unknown()]), 1)
            idle = memory(worker)
            first = load.run(served, requests, 1).cpu_each
            load.warm(served, requests, REMEMBERED)
            full = memory(worker)
            again = load.run(served, requests, 2).cpu_each
    if full - idle < REMEMBERED * LEAST_BYTES:
        raise RuntimeError(f"nothing was remembered: {idle:,} bytes, then {full:,}")
    table = Table("one worker, SQLite", "")
    table.add_row("start until /readyz", f"{statistics.median(starts):.2f} s")
    table.add_row("memory, idle", f"{idle / _MB:.0f} MB")
    table.add_row(f"memory, {REMEMBERED:,} tokens remembered", f"{full / _MB:.0f} MB")
    table.add_row("memory, each token remembered", f"{(full - idle) / REMEMBERED:,.0f} bytes")
    table.add_row("CPU per request, a token's first use", f"{first:.0f} us")
    table.add_row("CPU per request, remembered, each another", f"{again:.0f} us")
    Console().print(table)
    return [
        Goal(f"{REMEMBERED:,} tokens remembered", (full - idle) / _MB, at_most=150, unit="MB"),
    ]


def _unknown() -> str:
    return load.get("/verify", f"Bearer {filling.secret(REMEMBERED)}")
