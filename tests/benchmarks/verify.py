"""/verify and introspection against the floors, by engine and number of tokens, and the peers."""

import asyncio
import os
import random
import tempfile
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from rich.console import Console

from server.domain.tokens.secret import checksum
from tests.benchmarks import filling, load, rounds
from tests.benchmarks.goals import Goal
from tests.benchmarks.peers import running
from tests.benchmarks.processes import Served, desk, floor
from tests.benchmarks.rounds import Target
from tests.support.postgres import create_database, postgres_server

FEW: Final = 1_000
MANY: Final = int(os.environ.get("BENCH_TOKENS", "1000000"))
HOT: Final = min(200_000, MANY)
_PATH: Final = "/verify"


class Bench:
    """The servers and files of one run."""

    def __init__(self, stack: ExitStack, server_url: str) -> None:
        self._stack = stack
        self._folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        self._server_url = server_url

    def folder(self, name: str) -> Path:
        """A folder of that name."""
        path = self._folder / name
        path.mkdir()
        return path

    def file(self, name: str, requests: Iterable[str]) -> Path:
        """A file of requests."""
        return load.write(self._folder / name, requests)

    def floor(self, application: str) -> Served:
        """A floor, served."""
        return self._stack.enter_context(floor(application))

    def sqlite(self, name: str, count: int) -> str:
        """A filled SQLite database."""
        url = f"sqlite://{self.folder(f'database-{name}') / 'desk.sqlite3'}"
        asyncio.run(filling.make(url, count))
        return url

    def postgres(self, name: str, count: int) -> str:
        """A filled PostgreSQL database."""
        url = asyncio.run(create_database(self._server_url, f"bench_{name}"))
        asyncio.run(filling.make(url, count))
        return url

    def desk(self, name: str, url: str, remembered: int) -> Served:
        """A desk on a database, with a memory for so many tokens."""
        environment = {
            "TOKENDESK_DATA_DIR": str(self.folder(f"data-{name}")),
            "TOKENDESK_DATABASE_URL": url,
            "TOKENDESK_SECRET_KEYS": filling.KEYS,
            "TOKENDESK_REMEMBERED_TOKENS": str(remembered),
        }
        return self._stack.enter_context(desk(environment))


def measure() -> list[Goal]:
    """Measure everything in one run, and print the tables; what must be reached."""
    with postgres_server() as server_url, ExitStack() as stack:
        bench = Bench(stack, server_url)
        plain = bench.file("plain", [load.get("/")])
        empty = Target("(a) constant ASGI application", bench.floor("constant"), plain)
        route = Target("(c) Starlette Route, JSONResponse", bench.floor("routed"), plain)
        ours = _ours(bench)
        peers = list(running(bench.folder("peers"), stack))
        rounds.measure([empty, route, *ours.values(), *peers])
        rounds.report("verification, one worker", [empty, route, *ours.values()], empty, route)
        rounds.report("peers, SQLite, 1,000 keys", peers, empty, route)
        _compare_rates([*ours.values(), *peers], route)
        return _goals(empty, route, ours, peers)


def _ours(bench: Bench) -> dict[str, Target]:
    few = bench.file("few", (_verify(number) for number in range(FEW)))
    hot = _numbers(MANY, HOT)
    many = bench.file("many", map(_verify, hot))
    wrong = bench.file("wrong", [load.get(_PATH, f"Bearer {filling.secret(1)[:-1]}-")])
    typo = bench.file("typo", [load.get(_PATH, f"Bearer {_with_typo(filling.secret(1))}")])
    unknown = bench.file("unknown", (_verify(number) for number in range(MANY, MANY + 400_000)))
    asking = bench.file("asking", (_introspect(number) for number in range(FEW)))
    few_sqlite = bench.sqlite("few", FEW)
    many_sqlite = bench.sqlite("many", MANY)
    hit = bench.desk("hit", few_sqlite, HOT)
    hit_many = bench.desk("hit-many", many_sqlite, HOT)
    load.warm(hit, few, FEW)
    load.warm(hit_many, many, HOT)
    size = f"{MANY:,} tokens"
    found = {
        "hit": Target("hit, 1,000 tokens", hit, few, counts=True),
        "hit many": Target(f"hit, {size}, {HOT:,} hot", hit_many, many, counts=True),
        "form": Target("refused by form", hit, wrong, refuses=True),
        "checksum": Target("refused by checksum", hit, typo, refuses=True),
        "unknown": Target(
            "refused, each an unknown id",
            bench.desk("unknown", bench.sqlite("unknown", FEW), HOT),
            unknown,
            refuses=True,
        ),
        "introspect": Target("introspection, 1,000 tokens", hit, asking, counts=True),
    }
    for engine, make in (("SQLite", bench.sqlite), ("PostgreSQL", bench.postgres)):
        for label, count, file in (("1,000 tokens", FEW, few), (size, MANY, many)):
            name = f"miss_{engine}_{count}".lower()
            url = many_sqlite if make == bench.sqlite and count == MANY else make(name, count)
            served = bench.desk(name, url, 0)
            key = f"miss {engine}" if count == FEW else f"miss {engine} many"
            found[key] = Target(f"miss, {engine}, {label}", served, file, counts=True)
    return found


def _goals(
    empty: Target, route: Target, ours: dict[str, Target], peers: list[Target]
) -> list[Goal]:
    hit, miss = ours["hit"], ours["miss SQLite"]
    found = [
        Goal("hit, of (c)", route.cpu / hit.cpu, at_least=1.3),
        Goal("hit, of (a)", empty.cpu / hit.cpu, at_least=0.85),
        Goal("refused by checksum, of (c)", route.cpu / ours["checksum"].cpu, at_least=1.3),
        Goal("refused by checksum, of (a)", empty.cpu / ours["checksum"].cpu, at_least=0.85),
        Goal("hit, p99 of (a)'s", hit.p99 / empty.p99, at_most=1.3),
        Goal(f"hit at {MANY:,} tokens, cost", ours["hit many"].cpu / hit.cpu, at_most=1.5),
        Goal("miss on PostgreSQL, of (c)", route.cpu / ours["miss PostgreSQL"].cpu, at_least=0.45),
    ]
    for peer in peers:
        found.append(Goal(f"hit, of {peer.name}", peer.cpu / hit.cpu, at_least=15))
        found.append(Goal(f"miss, of {peer.name}", peer.cpu / miss.cpu, at_least=5))
    return found


def _compare_rates(targets: list[Target], route: Target) -> None:
    """The same ratios by requests per second: they move with the machine, but hide nothing."""
    rates = ", ".join(f"{each.name} {each.rate / route.rate:.2f}" for each in targets)
    Console().print(f"By requests per second, x (c): {rates}.\n")


def _numbers(count: int, hot: int) -> list[int]:
    """Which tokens are hot: the same in every run, in no order."""
    return random.Random(1).sample(range(count), hot)


def _verify(number: int) -> str:
    return load.get(_PATH, f"Bearer {filling.secret(number)}")


def _introspect(number: int) -> str:
    form = f"token={filling.secret(number)}"
    return load.post("/oauth/introspect", f"Bearer {filling.secret(0)}", form)


def _with_typo(secret: str) -> str:
    """Another last character of the checksum."""
    typo = secret[:-1] + ("0" if secret[-1] != "0" else "1")
    assert checksum(typo[:-6]) != typo[-6:], "it has to be wrong"
    return typo
