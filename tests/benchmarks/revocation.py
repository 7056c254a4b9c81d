"""How long a token is still accepted after its end was acknowledged: two workers, under load."""

import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

from pydantic import SecretStr
from rich.console import Console
from rich.table import Table

from server.desk import Desk
from server.domain.actor import OPERATOR
from server.settings import Settings
from tests import databases
from tests.benchmarks import filling, load
from tests.benchmarks.goals import Goal
from tests.benchmarks.machine import CORES
from tests.benchmarks.processes import Served, desk, sockets
from tests.postgres import postgres_server, temporary_database

TRIALS: Final = 200
WORKERS: Final = 2
PROBES: Final = 8
TRIES: Final = 20
LOAD_CONNECTIONS: Final = 16
HOT: Final = 1_000
TOKENS: Final = HOT + 2 * TRIALS
LOAD_SECONDS: Final = 600

Change = Callable[[str], Awaitable[object]]


class Hammer:
    """The process that uses a token, and this side's view of it."""

    def __init__(self, port: int) -> None:
        command = [sys.executable, "-m", "tests.benchmarks.hammer", str(port), str(PROBES)]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        if self._hear() != "connected":
            raise RuntimeError("the hammer could not connect")

    async def trial(self, number: int, change: Change) -> float:
        """Milliseconds from the acknowledged change until the last accepted request was sent."""
        await asyncio.to_thread(self._say, filling.secret(number))
        heard = await asyncio.to_thread(self._hear)
        if heard != "accepted":
            raise RuntimeError(f"the token was not accepted everywhere: {heard}")
        await change(filling.token_id(number))
        acknowledged = time.monotonic()
        last_accepted: float = json.loads(await asyncio.to_thread(self._hear))["last_accepted"]
        return max(0.0, (last_accepted - acknowledged) * 1e3)

    def stop(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.wait()

    def _say(self, text: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(text + "\n")
        self._process.stdin.flush()

    def _hear(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()


def measure() -> list[Goal]:
    """Measure with the desk idle and under load, print a table; what must be reached."""
    with postgres_server() as server_url:
        return asyncio.run(_measure(server_url))


async def _measure(server_url: str) -> list[Goal]:
    async with temporary_database(server_url) as url:
        await filling.make(url, TOKENS)
        with tempfile.TemporaryDirectory() as folder:
            environment = {
                "TOKENDESK_DATA_DIR": folder,
                "TOKENDESK_DATABASE_URL": url,
                "TOKENDESK_SECRET_KEYS": filling.KEYS,
                "TOKENDESK_WORKERS": str(WORKERS),
            }
            with desk(environment, cores=CORES) as served:
                return await _on(served, url, Path(folder))


async def _on(served: Served, url: str, folder: Path) -> list[Goal]:
    databases.forget_statements()
    settings = Settings(
        data_dir=folder, database_url=SecretStr(url), secret_keys=SecretStr(filling.KEYS)
    )
    here = Desk.build(settings)
    await here.open()
    hammer = _at_all_workers(served)

    async def disable(token_id: str) -> object:
        return await here.tokens.disable(OPERATOR, token_id)

    try:
        idle = [await hammer.trial(HOT + number, disable) for number in range(TRIALS)]
        requests = load.write(
            folder / "hot", (load.get("/verify", f"Bearer {filling.secret(n)}") for n in range(HOT))
        )
        _must_remember(served, requests, folder)
        pressing = load.begin(served, requests, LOAD_SECONDS, connections=LOAD_CONNECTIONS)
        try:
            await asyncio.sleep(2)
            worked, began = served.cpu(), time.monotonic()
            loaded = [
                await hammer.trial(HOT + TRIALS + number, disable) for number in range(TRIALS)
            ]
            busy = (served.cpu() - worked) / (time.monotonic() - began)
        finally:
            pressing.kill()
            pressing.wait()
    finally:
        hammer.stop()
        await here.close()
    return _report({"no other load": idle, f"under load ({busy:.1f} cores busy)": loaded}, loaded)


def _must_remember(served: Served, hot: Path, folder: Path) -> None:
    """Without a memory there is nothing to be revoked late, and the figures would mean nothing."""
    load.warm(served, hot, 20 * HOT)
    form = load.write(folder / "form", [load.get("/verify", "Bearer no-token")])
    remembered, refused = (load.run(served, each, 1).cpu_each for each in (hot, form))
    if remembered > refused * 2:
        told = f"a hit costs {remembered:.0f} us, a refusal by form {refused:.0f} us"
        raise RuntimeError(f"the workers do not answer from memory: {told}")


def _at_all_workers(served: Served) -> Hammer:
    """A hammer with connections to each worker: who accepts one is the system's choice."""
    for _ in range(TRIES):
        before = {pid: sockets(pid) for pid in served.workers}
        hammer = Hammer(served.port)
        probes = [sockets(pid) - count for pid, count in before.items()]
        if sum(probes) == PROBES and all(probes):
            return hammer
        hammer.stop()
        time.sleep(0.5)
    raise RuntimeError(f"one of the workers accepted no connection, {TRIES} times in turn")


def _report(found: dict[str, list[float]], loaded: list[float]) -> list[Goal]:
    title = f"accepted after acknowledgement, {WORKERS} workers, PostgreSQL"
    table = Table(title, "trials", "p50 ms", "p99 ms", "longest ms")
    for name, delays in found.items():
        table.add_row(
            name,
            str(len(delays)),
            f"{statistics.median(delays):.1f}",
            f"{_p99(delays):.1f}",
            f"{max(delays):.1f}",
        )
    Console().print(table)
    return [Goal("revocation under load, p99", _p99(loaded), at_most=50, unit="ms")]


def _p99(delays: list[float]) -> float:
    return sorted(delays)[max(0, round(len(delays) * 0.99) - 1)]
