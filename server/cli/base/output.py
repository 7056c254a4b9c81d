"""Output of commands: one JSON value for programs, tables and panels for people."""

import json
import os
import sys
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from server.domain.errors import Invalid, Unavailable

if TYPE_CHECKING:
    from rich.console import Console

Json = Annotated[bool, typer.Option("--json", help="Print one JSON value, for programs.")]

LONGEST_LINE: Final = 8_192
READER_GONE: Final = 141
"""Exit code of a program whose reader closed the pipe, as shells report it (128 + SIGPIPE)."""
_PIPE_COLUMNS: Final = 10_000


def print_json(value: Any) -> None:
    """Print exactly one JSON value on stdout, in UTF-8 whatever the locale (RFC 8259)."""
    write_out(json.dumps(value, ensure_ascii=False, default=_as_json) + "\n", at_once=True)


def show(fields: Mapping[str, Any], *, as_json: bool) -> None:
    """Print one object: a JSON object, or one line per field."""
    if as_json:
        print_json(fields)
        return
    from rich.table import Table
    from rich.text import Text

    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True, style="bold")
    table.add_column(overflow="fold")
    for name, value in fields.items():
        table.add_row(name, Text(_as_text(value)))
    console().print(table)


def show_all(rows: Iterable[Mapping[str, Any]], *, as_json: bool) -> None:
    """Print a list: a JSON array, or a table whose first column never wraps."""
    rows = list(rows)
    if as_json:
        print_json(rows)
        return
    if not rows:
        print("none")
        return
    from rich.table import Table
    from rich.text import Text

    table = Table(header_style="bold")
    for number, name in enumerate(rows[0]):
        table.add_column(name, no_wrap=number == 0, overflow="fold")
    for row in rows:
        table.add_row(*(Text(_as_text(value)) for value in row.values()))
    console().print(table)


def show_panel(lines: Iterable[str], *, title: str) -> None:
    """Print lines in a frame."""
    from rich.panel import Panel
    from rich.text import Text

    framed = Panel(Text("\n".join(lines)), title=title, title_align="left", expand=False)
    console().print(framed)


def write_out(text: str, *, at_once: bool = False) -> None:
    """Write a part of the output to stdout, in UTF-8.

    Ends the command with `READER_GONE` if the reader has closed the pipe, and raises `Unavailable`
    if the write fails for another reason.
    """
    try:
        sys.stdout.buffer.write(text.encode())
        if at_once:
            sys.stdout.buffer.flush()
    except OSError as error:
        if isinstance(error, BrokenPipeError):
            drop_output()
            raise typer.Exit(READER_GONE) from None
        raise Unavailable(f"The output cannot be written: {error.strerror}.") from None


def drop_output() -> None:
    """Discard buffered output: Python would flush it at exit and print a traceback."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def console() -> "Console":
    """Return a rich console as wide as the terminal; without a terminal, lines do not wrap."""
    from rich.console import Console

    width = None if sys.stdout.isatty() else _PIPE_COLUMNS
    return Console(width=width, highlight=False, markup=False, emoji=False)


def say_error(message: str) -> None:
    """Print a line on stderr, so that it does not mix with the output that programs read."""
    print(message, file=sys.stderr)


def read_line() -> str:
    """Return the first line of standard input without its line ending."""
    line = sys.stdin.buffer.readline(LONGEST_LINE).rstrip(b"\r\n")
    try:
        return line.decode()
    except UnicodeDecodeError:
        raise Invalid.one("stdin", "Standard input is not UTF-8 text.") from None


def _as_json(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    raise TypeError(f"{type(value).__name__} is not for JSON")


def _as_text(value: Any) -> str:
    if value is None or value == "" or value == []:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M} UTC"
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return str(value)
