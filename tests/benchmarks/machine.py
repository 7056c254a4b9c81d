"""The machine: its cores, how they are shared out, and what runs on it."""

import os
import platform
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table

CORES: Final = tuple(sorted(os.sched_getaffinity(0)))
SERVER_CORES: Final = frozenset(CORES[:1])
LOAD_CORES: Final = frozenset(CORES[1:] or CORES)
"""Everything but the server measured: load, database and the bench itself. One core is shared."""

PACKAGES: Final = ("uvicorn", "uvloop", "httptools", "starlette", "tortoise-orm", "asyncpg")


def take_load_cores() -> None:
    """Leave the server's core alone; what is started from here on inherits that."""
    os.sched_setaffinity(0, LOAD_CORES)


@contextmanager
def on_server_cores() -> Iterator[None]:
    """Work on the server's core for this block; what was started before stays where it is."""
    os.sched_setaffinity(0, SERVER_CORES)
    try:
        yield
    finally:
        take_load_cores()


@contextmanager
def on_all_cores() -> Iterator[None]:
    """What is started in this block may use every core."""
    os.sched_setaffinity(0, CORES)
    try:
        yield
    finally:
        take_load_cores()


def report() -> None:
    """Print what the figures were measured on."""
    table = Table("machine", "")
    shared = "apart from" if len(CORES) > 1 else "shared with"
    table.add_row("cores", f"{len(CORES)}; server on {min(SERVER_CORES)}, {shared} the load")
    table.add_row("processor", _processor())
    table.add_row("system", platform.platform())
    table.add_row("Python", sys.version.split()[0])
    table.add_row("SQLite", sqlite3.sqlite_version)
    for package in PACKAGES:
        table.add_row(package, version(package))
    Console().print(table)


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
