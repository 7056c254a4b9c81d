"""`python -m tests.benchmarks [PART …]`: measure everything, or the parts named.

Ratios are taken within one run, of medians over rounds that go through all targets in turns.
"""

import sys
from collections.abc import Callable
from typing import Final

from rich.console import Console

from tests.benchmarks import (
    attacks,
    creation,
    flood,
    goals,
    graphql,
    grid,
    listings,
    machine,
    memory,
    outage,
    pages,
    refusals,
    revocation,
    rql,
    verify,
)
from tests.benchmarks.desks import on_each_engine
from tests.benchmarks.goals import Goal


def _grid() -> list[Goal]:
    on_each_engine(grid.compare)
    return []


PARTS: Final[dict[str, Callable[[], list[Goal]]]] = {
    "verify": verify.measure,
    "revocation": revocation.measure,
    "outage": outage.measure,
    "refusals": refusals.measure,
    "memory": memory.measure,
    "creation": creation.measure,
    "pages": pages.measure,
    "grid": _grid,
    "graphql": graphql.measure,
    "rql": rql.measure,
    "listings": listings.measure,
    "attacks": attacks.measure,
    "flood": flood.measure,
}


def main(names: list[str]) -> None:
    """Run the parts named, or all; then what must be reached, and the machine."""
    unknown = [name for name in names if name not in PARTS]
    if unknown:
        raise SystemExit(f"No part {', '.join(unknown)}: there are {', '.join(PARTS)}.")
    machine.take_load_cores()
    found, broken = [], []
    for name in names or PARTS:
        Console().rule(name)
        try:
            found += PARTS[name]()
        except RuntimeError as error:
            # What the other parts measured is not lost for that.
            Console().print(f"[red]not measured:[/] {error}")
            broken.append(name)
    if found:
        goals.report(found)
    machine.report()
    if broken:
        raise SystemExit(f"Not measured: {', '.join(broken)}.")


if __name__ == "__main__":
    main(sys.argv[1:])
