"""How long a token is still accepted after its end: two workers and a replica, under load."""

import asyncio
import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from typing import Final

from pydantic import SecretStr
from rich.console import Console
from rich.table import Table

from server.desk import Desk
from server.settings import Settings
from tests.benchmarks import filling, load
from tests.benchmarks.changes import CHANGES, Change
from tests.benchmarks.goals import Goal
from tests.benchmarks.hammering import Hammer, at_all_workers
from tests.benchmarks.machine import CORES, LOAD_CORES, on_all_cores
from tests.benchmarks.pressure import Pressure, pressing
from tests.benchmarks.processes import Served, desk
from tests.support import databases
from tests.support.postgres import postgres_server, temporary_database

TRIALS: Final = 200
AT_ONCE: Final = 3
WORKERS: Final = 2
WATCH_SECONDS: Final = 0.12
"""So long after its end a token is still tried: more than twice what is allowed."""

LATEST_MS: Final = 50
HOT: Final = 1_000
TOKENS: Final = 2 * max(HOT, TRIALS * len(CHANGES))


def measure() -> list[Goal]:
    """Measure every change, print a table; what must be reached."""
    _warn_of_company()
    with ExitStack() as stack:
        with on_all_cores():
            server_url = stack.enter_context(postgres_server())
        return asyncio.run(_measure(server_url))


def _warn_of_company() -> None:
    """Delays here are above all of processes that wait for a core."""
    running = os.getloadavg()[0]
    if running > len(CORES) / 2:
        Console().print(f"[yellow]The machine has other work (load {running:.1f}): it shows.[/]")


async def _measure(server_url: str) -> list[Goal]:
    async with temporary_database(server_url) as url:
        await filling.make(url, TOKENS)
        with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
            folder = Path(name)
            servers = [
                stack.enter_context(desk(_environment(folder, url, workers), cores=CORES))
                for workers in (WORKERS, 1)
            ]
            return await _on(servers, url, folder)


def _environment(folder: Path, url: str, workers: int) -> dict[str, str]:
    return {
        "TOKENDESK_DATA_DIR": str(folder),
        "TOKENDESK_DATABASE_URL": url,
        "TOKENDESK_SECRET_KEYS": filling.KEYS,
        "TOKENDESK_WORKERS": str(workers),
    }


async def _on(servers: list[Served], url: str, folder: Path) -> list[Goal]:
    databases.forget_statements()
    here = Desk.build(
        Settings(data_dir=folder, database_url=SecretStr(url), secret_keys=SecretStr(filling.KEYS))
    )
    hot = [load.get("/verify", f"Bearer {filling.secret(n)}") for n in _numbers(HOT, of_load=True)]
    await here.open()
    hammer: Hammer | None = None
    try:
        for served in servers:
            await _must_remember(served, hot, here, folder)
        hammer = await at_all_workers(servers)
        with pressing(servers, hot) as load_beside:
            worked, began = _cpu(servers), time.monotonic()
            found = {
                change.name: await _trials(hammer, here, change, at * TRIALS)
                for at, change in enumerate(CHANGES)
            }
            busy = (_cpu(servers) - worked) / (time.monotonic() - began)
    finally:
        if hammer is not None:
            hammer.stop()
        await here.close()
    _report(found, load_beside, busy)
    return _goals(found)


async def _trials(hammer: Hammer, desk: Desk, change: Change, skip: int) -> list[float]:
    """The delays of all trials of one change, a few trials at once."""
    numbers = _numbers(TRIALS, of_load=False, skip=skip)
    delays: list[float] = []

    async def keep_trying() -> None:
        for number in numbers:
            delays.append(await _trial(hammer, desk, change, number))

    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(AT_ONCE):
                group.create_task(keep_trying())
    except ExceptionGroup as errors:
        raise RuntimeError(f"{change.name}: {errors.exceptions[0]}") from None
    return delays


async def _trial(hammer: Hammer, desk: Desk, change: Change, number: int) -> float:
    """Milliseconds from the acknowledged change until the last accepted request was sent."""
    token_id = filling.token_id(number)
    request = load.get(change.path(number), f"Bearer {filling.secret(number)}")
    await hammer.watch(token_id, request.encode())
    acknowledged = await change.acknowledged(desk, number)
    await asyncio.sleep(acknowledged + WATCH_SECONDS - time.monotonic())
    last_accepted = await hammer.end(token_id)
    if change.undo is not None:
        await change.undo(desk, number)
    return max(0.0, (last_accepted - acknowledged) * 1e3)


def _numbers(count: int, *, of_load: bool, skip: int = 0) -> Iterator[int]:
    """So many numbers of tokens of the accounts that the load uses, or that it does not."""
    accounts = len(filling.ACCOUNTS)
    found = (n for n in range(TOKENS) if (n % accounts < accounts // 2) == of_load)
    return islice(found, skip, skip + count)


async def _must_remember(served: Served, hot: list[str], here: Desk, folder: Path) -> None:
    """Without a memory there is nothing to be revoked late, and the figures would mean nothing."""
    requests = load.write(folder / "hot", hot)
    load.warm(served, requests, 20 * HOT)
    before = await _transactions(here)
    sent = load.run(served, requests, 2).requests
    transactions = await _transactions(here) - before
    if transactions > sent / 10:
        told = f"{transactions:,} transactions in {sent:,} requests"
        raise RuntimeError(f"the workers do not answer from memory: {told}")


async def _transactions(here: Desk) -> int:
    """How many this database has had; its processes tell once a second."""
    [row] = await here.database.client.execute_query_dict(
        "SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()"
    )
    return int(row["xact_commit"])


def _report(found: dict[str, list[float]], beside: Pressure, busy: float) -> None:
    title = (
        f"accepted after acknowledgement: {WORKERS} workers and a replica, PostgreSQL; "
        f"beside it {beside.rate:,.0f} requests/s, which keep {busy:.1f} cores busy"
    )
    table = Table("change", "trials", "p50 ms", "p99 ms", "longest ms", title=title, min_width=80)
    for name, delays in found.items():
        figures = (statistics.median(delays), _p99(delays), max(delays))
        table.add_row(name, str(len(delays)), *(f"{each:.1f}" for each in figures))
    Console().print(table)
    cores = ", ".join(map(str, CORES)), ", ".join(map(str, sorted(LOAD_CORES)))
    Console().print(
        f"Servers and PostgreSQL run on cores {cores[0]}, the load and the bench on {cores[1]}.\n"
    )


def _goals(found: dict[str, list[float]]) -> list[Goal]:
    everything = [delay for delays in found.values() for delay in delays]
    return [
        Goal("revocation, p99 of all", _p99(everything), at_most=LATEST_MS, unit="ms"),
        *(
            Goal(f"{name}, longest", max(delays), at_most=LATEST_MS, unit="ms")
            for name, delays in found.items()
        ),
    ]


def _p99(delays: list[float]) -> float:
    return sorted(delays)[max(0, round(len(delays) * 0.99) - 1)]


def _cpu(servers: list[Served]) -> float:
    return sum(served.cpu() for served in servers)
