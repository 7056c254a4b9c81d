"""How soon all answers are right again when PostgreSQL is back: two workers, asked all the time."""

import asyncio
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import asyncpg
from rich.console import Console
from rich.table import Table

from tests.benchmarks import filling, load
from tests.benchmarks.goals import Goal
from tests.benchmarks.hammer import Connection, ask
from tests.benchmarks.pressure import pressing
from tests.benchmarks.processes import Served, desk
from tests.support.postgres import PostgresServer, create_database, stoppable_server

AWAY_SECONDS: Final = (0.0, 0.5, 1.0, 2.0, 5.0, 10.0)
"""How long it is away, from when no answer is given any more: whoever waits ever longer shows."""

WORKERS: Final = 2
CONNECTIONS: Final = 8
EVERY_SECONDS: Final = 0.01
IN_TURN: Final = 50
"""So many rounds of right answers, and it is over."""

HOT: Final = 1_000
MOST_SECONDS: Final = 2
GIVE_UP_SECONDS: Final = 30


class Asking:
    """One valid token on connections to all workers, and when answers were last otherwise."""

    def __init__(self, served: Served) -> None:
        self._connections = [Connection(served.port) for _ in range(CONNECTIONS)]
        self._request = load.get("/verify", f"Bearer {filling.secret(0)}").encode()
        self.last_other = 0.0

    def until(self, status: int) -> None:
        """Ask until all answers of many rounds in turn are this."""
        began, rounds = time.monotonic(), 0
        while rounds < IN_TURN:
            rounds = rounds + 1 if self._round(status) else 0
            if time.monotonic() - began > GIVE_UP_SECONDS:
                raise RuntimeError(f"not all answered {status} within {GIVE_UP_SECONDS} s")

    def keep_on(self, seconds: float) -> None:
        """Ask, and be told 503."""
        began = time.monotonic()
        while time.monotonic() - began < seconds:
            self._round(503)

    def _round(self, status: int) -> bool:
        answers = ask(self._connections, self._request)
        found = {each for each, _ in answers}
        if not found <= {200, 503}:
            raise RuntimeError(f"the desk answered {found}")
        self.last_other = max([self.last_other, *(at for each, at in answers if each != status)])
        time.sleep(EVERY_SECONDS)
        return found == {status}


def measure() -> list[Goal]:
    """Stop and start it several times, print a table; what must be reached."""
    with stoppable_server() as postgresql, tempfile.TemporaryDirectory() as folder:
        url = asyncio.run(create_database(postgresql.url, "bench_outage"))
        asyncio.run(filling.make(url, HOT))
        environment = {
            "TOKENDESK_DATA_DIR": str(Path(folder)),
            "TOKENDESK_DATABASE_URL": url,
            "TOKENDESK_SECRET_KEYS": filling.KEYS,
            "TOKENDESK_WORKERS": str(WORKERS),
        }
        hot = [load.get("/verify", f"Bearer {filling.secret(n)}") for n in range(HOT)]
        table = Table("away for", "start until back, s", "start until last 503, s", min_width=80)
        late = []
        with desk(environment) as served, pressing([served], hot):
            asking = Asking(served)
            for seconds in AWAY_SECONDS:
                back, last_other = _recover(postgresql, asking, seconds)
                table.add_row(f"{seconds:g} s", f"{back:.2f}", f"{last_other:.2f}")
                late.append(max(0.0, last_other - back))
    Console().print(table)
    return [Goal("recovery after an outage, longest", max(late), at_most=MOST_SECONDS, unit="s")]


def _recover(
    postgresql: PostgresServer, asking: Asking, away_seconds: float
) -> tuple[float, float]:
    """Seconds from its start until it takes connections, and until the last 503 was asked for."""
    asking.until(200)
    postgresql.stop()
    with ThreadPoolExecutor() as threads:
        try:
            asking.until(503)
            asking.keep_on(away_seconds)
        finally:
            began = time.monotonic()
            started = threads.submit(postgresql.start)
        returned = threads.submit(_returned, postgresql.url)
        asking.until(200)
        started.result()
    return returned.result() - began, max(0.0, asking.last_other - began)


def _returned(url: str) -> float:
    """When the first attempt to connect began that succeeded."""
    first = began = time.monotonic()
    while began - first < GIVE_UP_SECONDS:
        try:
            asyncio.run(_connect(url))
        except (OSError, asyncpg.PostgresError):
            time.sleep(0.002)
            began = time.monotonic()
        else:
            return began
    raise RuntimeError(f"PostgreSQL was not back within {GIVE_UP_SECONDS} s")


async def _connect(url: str) -> None:
    await (await asyncpg.connect(url)).close()
