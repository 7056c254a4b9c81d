"""What must be reached, and whether it was."""

from dataclasses import dataclass

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True)
class Goal:
    """A figure with its limit: a floor, or a ceiling."""

    text: str
    value: float
    at_least: float | None = None
    at_most: float | None = None
    unit: str = "x"

    @property
    def reached(self) -> bool:
        """Whether the figure keeps its limit."""
        if self.at_least is not None and self.value < self.at_least:
            return False
        return self.at_most is None or self.value <= self.at_most

    @property
    def limit(self) -> str:
        """The limit in words."""
        if self.at_least is not None:
            return f"at least {self.at_least:g} {self.unit}"
        return f"at most {self.at_most:g} {self.unit}"


def report(goals: list[Goal]) -> None:
    """Print every goal with what was measured."""
    table = Table("must reach", "limit", "measured", "")
    for goal in goals:
        measured = f"{goal.value:.2f} {goal.unit}"
        word = "[green]reached[/]" if goal.reached else "[red]not reached[/]"
        table.add_row(goal.text, goal.limit, measured, word)
    Console().print(table)
