"""SQL being written for one engine: its text has marks, its values go beside it."""

from collections.abc import Sequence
from typing import Any, Final

ALWAYS: Final = "1 = 1"
NEVER: Final = "1 = 0"


class SqlBuilder:
    """Collects values in the order of their marks, and the joins that conditions need.

    Where it `sorts`, no index gives the order: rows are found first. That is for few of them, of
    which an engine may believe that they are soon met on a walk through the index of the order.
    """

    def __init__(self, dialect: str, *, sorts: bool = False) -> None:
        self.sorts: Final = sorts
        self.postgres: Final = dialect == "postgres"
        self.values: Final[list[Any]] = []
        self.joins: Final[dict[str, None]] = {}

    def mark(self, value: Any) -> str:
        """What stands in the text for a value."""
        self.values.append(value)
        return f"${len(self.values)}" if self.postgres else "?"

    def join(self, clause: str) -> None:
        """Have another table joined, once; nothing where the clause is empty."""
        if clause:
            self.joins[clause] = None

    def text_order(self, column: str) -> str:
        """A column of texts to order by."""
        if not self.sorts:
            return column
        return f"({column} || '')" if self.postgres else f"+{column}"

    def moment_order(self, column: str) -> str:
        """A column of moments to order by."""
        if not self.sorts:
            return column
        return f"({column} + interval '0')" if self.postgres else f"+{column}"

    def marks(self, values: Sequence[Any]) -> str:
        """What stands in the text for several, in parentheses."""
        return f"({', '.join(map(self.mark, values))})"
