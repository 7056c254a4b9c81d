"""`/verify` while 1,500 connections that ask for nothing are held against 1,024 open files."""

import asyncio
import http.client
import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table

from tests.benchmarks import filling, load
from tests.benchmarks.goals import Goal
from tests.benchmarks.processes import Served, desk, memory
from tests.support.flooding import flooding, several_addresses

OPEN_FILES: Final = 1_024
CONNECTIONS: Final = 1_500
SECONDS: Final = int(os.environ.get("BENCH_FLOOD_SECONDS", "60"))
MOST_GROWTH_MIB: Final = 50
KEPT_CONNECTIONS: Final = 8
_MIB: Final = 1024 * 1024

FLOODS: Final = {
    "none": [],
    "one address": several_addresses(1),
    "ten addresses": several_addresses(10),
    "the clients' own address": ["127.0.0.1"],
}


@dataclass
class Found:
    """What clients saw meanwhile."""

    rate: float = 0.0
    broken: int = 0
    newly: list[float] = field(default_factory=list)
    refused: int = 0
    opened: int = 0
    grown: float = 0.0


def measure() -> list[Goal]:
    """Flood in several ways, and print the table; what must be reached."""
    table = Table(
        "flood from",
        "connections tried",
        "/verify a second",
        "broken",
        "new connections answered",
        "not answered",
        "99 % within, ms",
        "memory grown, MiB",
    )
    goals = []
    for name, addresses in FLOODS.items():
        with _served() as served:
            found = _flood(served, addresses)
        times = sorted(found.newly)
        late = times[int(len(times) * 0.99)] * 1e3 if times else 0.0
        table.add_row(
            name,
            f"{found.opened:,}",
            f"{found.rate:,.0f}",
            str(found.broken),
            f"{len(times):,}",
            str(found.refused),
            f"{late:.1f}",
            f"{found.grown:.1f}",
        )
        goals += [
            Goal(f"requests broken, {name}", found.broken, at_most=0, unit=""),
            Goal(f"memory grown, {name}", found.grown, at_most=MOST_GROWTH_MIB, unit="MiB"),
        ]
        if name != "the clients' own address":
            goals.append(Goal(f"new ones refused, {name}", found.refused, at_most=0, unit=""))
    Console().print(table)
    return goals


@contextmanager
def _served() -> Iterator[Served]:
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        url = f"sqlite://{Path(folder) / 'desk.sqlite3'}"
        asyncio.run(filling.make(url, 1_000))
        environment = {
            "TOKENDESK_DATA_DIR": folder,
            "TOKENDESK_DATABASE_URL": url,
            "TOKENDESK_SECRET_KEYS": filling.KEYS,
        }
        with desk(environment, open_files=OPEN_FILES) as served:
            yield served


def _flood(served: Served, addresses: Sequence[str]) -> Found:
    found = Found()
    value = filling.secret(0)
    with tempfile.TemporaryDirectory() as name:
        requests = load.write(Path(name) / "requests", [load.get("/verify", f"Bearer {value}")])
        load.warm(served, requests, 1)
        before = memory(served.pids[0])
        if addresses:
            with flooding(served.port, CONNECTIONS, addresses) as flood:
                _ask(served, requests, value, found)
                found.opened = flood.opened
        else:
            _ask(served, requests, value, found)
        found.grown = (memory(served.pids[0]) - before) / _MIB
    return found


def _ask(served: Served, requests: Path, value: str, found: Found) -> None:
    """On connections kept all the time, and on a new one each time."""
    running = load.begin(served, requests, SECONDS, connections=KEPT_CONNECTIONS)
    until = time.monotonic() + SECONDS - 1
    while time.monotonic() < until:
        began = time.perf_counter()
        connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=5)
        try:
            connection.request("GET", "/verify", headers={"Authorization": f"Bearer {value}"})
            answered = connection.getresponse().status == 200
        except OSError:
            answered = False
        finally:
            connection.close()
        if answered:
            found.newly.append(time.perf_counter() - began)
        else:
            found.refused += 1
        time.sleep(0.01)
    sample = load.finish(running)
    found.rate, found.broken = sample.rate, sample.broken + sample.refused
