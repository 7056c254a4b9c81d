"""Targets measured in turns, A B A B, and what came of it."""

import statistics
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table

from tests.benchmarks import load
from tests.benchmarks.load import Sample
from tests.benchmarks.processes import Served

ROUNDS: Final = 5
SECONDS: Final = 2
COUNTING_SECONDS: Final = 6
"""For what writes behind, every two seconds: so that the share of that is in the figure."""
STRIDE: Final = 70_001
"""How much further into a file of requests each round starts."""


@dataclass
class Target:
    """Something that is asked, and what all rounds saw."""

    name: str
    served: Served
    requests: Path
    refuses: bool = False
    counts: bool = False
    """Whether it writes behind, and goes on with that while it is measured."""
    samples: list[Sample] = field(default_factory=list)

    def measure(self, number: int) -> None:
        """One round."""
        seconds = COUNTING_SECONDS if self.counts else SECONDS
        sample = load.run(self.served, self.requests, seconds, start=number * STRIDE)
        expected = sample.requests if self.refuses else 0
        if sample.refused != expected or sample.broken:
            raise RuntimeError(f"{self.name} answered wrongly: {sample}")
        self.samples.append(sample)

    @property
    def rate(self) -> float:
        """Requests per second."""
        return statistics.median(each.rate for each in self.samples)

    @property
    def cpu(self) -> float:
        """Microseconds of the server's CPU per request."""
        return statistics.median(each.cpu_each for each in self.samples)

    @property
    def p50(self) -> float:
        """Milliseconds within which half of all answers came."""
        return statistics.median(each.p50 for each in self.samples)

    @property
    def p99(self) -> float:
        """Milliseconds within which 99 of 100 answers came."""
        return statistics.median(each.p99 for each in self.samples)


def measure(targets: list[Target]) -> None:
    """All rounds, each through all targets."""
    for number in range(ROUNDS):
        for target in targets:
            target.measure(number)


def report(title: str, targets: list[Target], empty: Target, route: Target) -> None:
    """Print medians, with the two floors as measures by CPU per request."""
    table = Table(title, "req/s", "CPU us/req", "x (c)", "x (a)", "p50 ms", "p99 ms")
    for each in targets:
        table.add_row(
            each.name,
            f"{each.rate:,.0f}",
            f"{each.cpu:.1f}",
            f"{route.cpu / each.cpu:.2f}",
            f"{empty.cpu / each.cpu:.2f}",
            f"{each.p50:.2f}",
            f"{each.p99:.2f}",
        )
    Console().print(table)
