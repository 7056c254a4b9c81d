"""What is wrong, where, and how it is told."""

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.markup import escape
from rich.table import Table

FOLDER: Final = Path(__file__).parents[1] / "artefacts" / "ui_review"
"""Screenshots and JSON; not in version control."""


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong. `rule` names what it breaks, `what` the element or message."""

    part: str
    rule: str
    what: str
    state: str
    look: str = ""

    @property
    def place(self) -> str:
        """The state and the look."""
        return f"{self.state} ({self.look})" if self.look else self.state


def save(name: str, content: object) -> None:
    """Keep figures of one part as JSON."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    text = json.dumps(content, indent=1, ensure_ascii=False, default=str)
    (FOLDER / f"{name}.json").write_text(text + "\n", encoding="utf-8")


def print_findings(findings: Iterable[Finding], console: Console) -> None:
    """One row for each rule and element, with all the places where it was found."""
    places: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for each in findings:
        places[each.part, each.rule, each.what].append(each.place)
    if not places:
        console.print("[green]Nothing is wrong.[/]")
        return
    table = Table("part", "rule", "element or message", "places", show_lines=True)
    for (part, rule, what), where in sorted(places.items()):
        shown = ", ".join(sorted(set(where))[:4])
        more = len(set(where)) - 4
        shown += f" and {more} more" if more > 0 else ""
        table.add_row(part, escape(rule), escape(what[:300]), escape(shown))
    console.print(table)


def as_dicts(findings: Iterable[Finding]) -> list[dict[str, str]]:
    """For JSON."""
    return [asdict(each) for each in findings]
