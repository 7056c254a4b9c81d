"""Whether the time of a refusal tells which part was wrong: the id, or the secret."""

import asyncio
import gc
import os
import random
import tempfile
import time
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Final

from pydantic import SecretStr
from rich.console import Console
from rich.table import Table

from server.desk import Desk
from server.domain.actor import OPERATOR
from server.domain.tokens.secret import checksum
from server.settings import Settings
from tests.benchmarks import filling, load
from tests.benchmarks.goals import Goal
from tests.benchmarks.hammer import Connection
from tests.benchmarks.processes import desk
from tests.benchmarks.telling_apart import area, best_guess, median, percentile
from tests.support import databases
from tests.support.postgres import create_database, postgres_server

TRIES: Final = int(os.environ.get("BENCH_TRIES", "10000"))
REMEMBERED: Final = 100_000
WARM_UP: Final = 1_000
SAME: Final = 16
"""Of each kind that asks for the same ids again and again, so many."""

FAST: Final = 10
"""The percentile compared. All else that a machine does only adds to a time, and so hides what is
to be seen: who attacks looks at the fast ones too (Crosby, Wallach and Riedi, Opportunities and
Limits of Remote Timing Attacks, 2009)."""

MOST_MICROSECONDS: Final = 10
"""The same paper measures across the Internet with an accuracy of 15 us at best."""

MOST_MICROSECONDS_ONCE: Final = 15
"""For a first try: an id gives one such time in half a minute, so that nobody can average."""

_DISABLED: Final = range(SAME)
_LIVE: Final = range(SAME, 2 * SAME)
_IN_USE: Final = range(2 * SAME, 2 * SAME + TRIES)
_NOT_IN_USE: Final = range(_IN_USE.stop, _IN_USE.stop + TRIES)
_UNKNOWN: Final = range(_NOT_IN_USE.stop, _NOT_IN_USE.stop + SAME)
_NEVER_ASKED: Final = range(_UNKNOWN.stop, _UNKNOWN.stop + TRIES)


@dataclass
class Kind:
    """One way to be refused: the ids asked for in turns, and what each try took."""

    name: str
    numbers: range
    right_secret: bool = False
    alike: "Kind | None" = None
    """The kind that it must not be told from."""
    most: int = MOST_MICROSECONDS
    microseconds: list[float] = field(default_factory=list)

    @property
    def fast(self) -> float:
        """What a fast try took."""
        return percentile(self.microseconds, FAST)

    def request(self, turn: int) -> bytes:
        """No wrong secret is sent twice."""
        number = self.numbers[turn % len(self.numbers)]
        text = filling.secret(number) if self.right_secret else _wrong(number, turn)
        return load.get("/verify", f"Bearer {text}").encode()


def asked_again() -> list[Kind]:
    """Ids that were refused a moment ago already."""
    unknown = Kind("unknown id", _UNKNOWN)
    return [
        unknown,
        Kind("wrong secret", _LIVE, alike=unknown),
        Kind("disabled, right secret: told in the body", _DISABLED, right_secret=True),
    ]


def asked_once() -> list[Kind]:
    """Ids that nobody was refused for: the look-up of the first try is in the time."""
    unknown = Kind("unknown id, first try", _NEVER_ASKED)
    once = partial(Kind, alike=unknown, most=MOST_MICROSECONDS_ONCE)
    return [
        unknown,
        once("wrong secret, first try, token in use", _IN_USE),
        once("wrong secret, first try, not in use", _NOT_IN_USE),
    ]


def measure() -> list[Goal]:
    """Measure on both engines, with a memory and without; what must be reached."""
    goals = []
    with postgres_server() as server_url, tempfile.TemporaryDirectory() as name:
        for engine in ("SQLite", "PostgreSQL"):
            folder = Path(name) / engine
            folder.mkdir()
            url = (
                f"sqlite://{folder / 'desk.sqlite3'}"
                if engine == "SQLite"
                else asyncio.run(create_database(server_url, "bench_refusals"))
            )
            asyncio.run(_fill(url, folder))
            for remembered in (REMEMBERED, 0):
                goals += _on(engine, url, folder, remembered)
    return goals


async def _fill(url: str, folder: Path) -> None:
    await filling.make(url, _NOT_IN_USE.stop)
    databases.forget_statements()
    here = Desk.build(
        Settings(data_dir=folder, database_url=SecretStr(url), secret_keys=SecretStr(filling.KEYS))
    )
    await here.open()
    try:
        for number in _DISABLED:
            await here.tokens.disable(OPERATOR, filling.token_id(number))
    finally:
        await here.close()


def _on(engine: str, url: str, folder: Path, remembered: int) -> list[Goal]:
    kinds = asked_again() + (asked_once() if remembered else [])
    environment = {
        "TOKENDESK_DATA_DIR": str(folder),
        "TOKENDESK_DATABASE_URL": url,
        "TOKENDESK_SECRET_KEYS": filling.KEYS,
        "TOKENDESK_REMEMBERED_TOKENS": str(remembered),
    }
    with desk(environment) as served:
        connection = Connection(served.port)
        _warm(connection)
        _time(connection, kinds)
        connection.close()
    title = f"{engine}, {'remembered' if remembered else 'nothing remembered'}"
    _report(title, kinds)
    return [
        Goal(
            f"{title}: {kind.name}, from {kind.alike.name}",
            abs(kind.fast - kind.alike.fast),
            at_most=kind.most,
            unit="us",
        )
        for kind in kinds
        if kind.alike
    ]


def _warm(connection: Connection) -> None:
    """Have the tokens in use used, and all the rest of the desk."""
    for turn in range(TRIES):
        connection.send(Kind("", _IN_USE, right_secret=True).request(turn))
        connection.status()
    for turn in range(WARM_UP):
        for kind in asked_again():
            connection.send(kind.request(TRIES + turn))
            connection.status()


def _time(connection: Connection, kinds: list[Kind]) -> None:
    """All tries of all kinds on one connection, in a random order."""
    order = [kind for kind in kinds for _ in range(TRIES)]
    random.Random(1).shuffle(order)
    gc.collect()
    gc.disable()
    try:
        for kind in order:
            request = kind.request(len(kind.microseconds))
            began = time.perf_counter_ns()
            connection.send(request)
            status = connection.status()
            kind.microseconds.append((time.perf_counter_ns() - began) / 1e3)
            if status != 401:
                raise RuntimeError(f"{kind.name}: the desk answered {status}")
    finally:
        gc.enable()


def _report(title: str, kinds: list[Kind]) -> None:
    figures = (f"p{FAST} us", "median us", "p95 us", "told apart: area", "best guess")
    table = Table(title, *figures)
    for kind in kinds:
        took = kind.microseconds
        row = [f"{each:.1f}" for each in (kind.fast, median(took), percentile(took, 95))]
        if kind.alike:
            other = kind.alike.microseconds
            row += [f"{area(other, took):.3f}", f"{best_guess(other, took):.3f}"]
        table.add_row(kind.name, *row)
    Console(width=110).print(table)


def _wrong(number: int, turn: int) -> str:
    """A secret with a token's id and a right checksum that is not the token's."""
    drawn = sha256(b"wrong %d %d" % (number, turn)).hexdigest()[:58]
    body = f"idt:{filling.token_id(number)}:{drawn}"
    return body + checksum(body)
