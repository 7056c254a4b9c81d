"""How long the event loop is held at a stretch, in seconds of its thread's CPU time."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import thread_time
from typing import Final

import pytest


@dataclass
class Steps:
    """The longest step since it was begun anew."""

    longest: float = 0.0

    def begin(self) -> None:
        """Forget what was."""
        self.longest = 0.0


@contextmanager
def watched_loop(monkeypatch: pytest.MonkeyPatch) -> Iterator[Steps]:
    """Watches every callback and every step of a task."""
    steps, run = Steps(), asyncio.Handle._run

    def timed(handle: asyncio.Handle) -> None:
        begun = thread_time()
        run(handle)
        steps.longest = max(steps.longest, thread_time() - begun)

    with monkeypatch.context() as patched:
        patched.setattr(asyncio.Handle, "_run", timed)
        yield steps


USUAL_SECONDS: Final = 0.015
"""What `slowness` measures on the machine that the limits were chosen on."""


def slowness() -> float:
    """How many times slower than that machine this one is right now; at least 1."""
    return max(1.0, min(_counting() for _ in range(3)) / USUAL_SECONDS)


def _counting() -> float:
    begun, total = thread_time(), 0
    for number in range(200_000):
        total += number * number
    return thread_time() - begun
