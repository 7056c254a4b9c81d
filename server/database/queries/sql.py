"""Builds SQL for one engine: placeholders in the text, values beside it."""

from collections.abc import Sequence
from typing import Any, Final

ALWAYS: Final = "1 = 1"
NEVER: Final = "1 = 0"


class SqlBuilder:
    """Collects values in the order of their placeholders, and the joins that conditions need.

    With `sorts`, the order is written so that no index can serve it, and matching rows are sorted
    instead. Use it for few rows: an engine may expect to meet them soon while walking the index.
    """

    def __init__(self, dialect: str, *, sorts: bool = False) -> None:
        self.sorts: Final = sorts
        self.postgres: Final = dialect == "postgres"
        self.values: Final[list[Any]] = []
        self.joins: Final[dict[str, None]] = {}

    def mark(self, value: Any) -> str:
        """Add a value and return its placeholder."""
        self.values.append(value)
        return f"${len(self.values)}" if self.postgres else "?"

    def join(self, clause: str) -> None:
        """Join another table, once. An empty clause does nothing."""
        if clause:
            self.joins[clause] = None

    def text_order(self, column: str) -> str:
        """Return a text column to sort by."""
        if not self.sorts:
            return column
        return f"({column} || '')" if self.postgres else f"+{column}"

    def moment_order(self, column: str) -> str:
        """Return a timestamp column to sort by."""
        if not self.sorts:
            return column
        return f"({column} + interval '0')" if self.postgres else f"+{column}"

    def marks(self, values: Sequence[Any]) -> str:
        """Add several values and return their placeholders in parentheses."""
        return f"({', '.join(map(self.mark, values))})"
