"""Which tests are quick, and in which order files are run."""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

import pytest

HERE: Final = Path(__file__).parent

SLOWEST_FIRST: Final = (
    "fuzzing",
    "races",
    "browser",
    "clients",
    "gateways",
    "api/marketplace",
    "cli",
    "guarantees/test_text_inputs.py",
    "guarantees/test_two_tenants_one_address.py",
    "services/tokens/test_whole_life.py",
    "schema/execution/test_execution.py",
    "schema/execution/test_attacks.py",
    "services/search/test_list_queries.py",
)
"""Files that start servers, browsers and other programs, or try many random inputs. A file goes to
one worker: begun last, a long one would be waited for alone."""

_NOT_QUICK: Final = frozenset({"postgres", "chromium", "server", "command_server"})
"""Fixtures that start another process."""

_STARTING: Final = frozenset(
    {"live_server", "subprocess", "postgres_server", "stoppable_server", "RedisServer"}
)
"""Names in a test file that say that it starts another process."""


def mark_quick(items: Iterable[pytest.Item]) -> None:
    """Mark tests `quick` that need no browser, no server process and no PostgreSQL."""
    for item in items:
        if _is_quick(item):
            item.add_marker("quick")


def _is_quick(item: pytest.Item) -> bool:
    assert isinstance(item, pytest.Function)
    starts = _NOT_QUICK.intersection(item.fixturenames) or _STARTING.intersection(vars(item.module))
    parameters = item.callspec.params.values() if hasattr(item, "callspec") else ()
    return not starts and "postgres" not in parameters and _place(item) == len(SLOWEST_FIRST)


def order(items: list[pytest.Item]) -> None:
    """Put the slowest files first; within a file the order stays."""
    items.sort(key=_place)


def _place(item: pytest.Item) -> int:
    path = item.path.relative_to(HERE)
    for place, slow in enumerate(SLOWEST_FIRST):
        if path.is_relative_to(slow):
            return place
    return len(SLOWEST_FIRST)
