"""How long an application holds the event loop at a stretch, in seconds of its thread's CPU time.

What the client in the same loop does, such as reading a long URL, is not counted.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar, copy_context
from dataclasses import dataclass
from time import thread_time
from typing import Final

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send


@dataclass
class Steps:
    """The longest step since it was begun anew."""

    longest: float = 0.0

    def begin(self) -> None:
        """Forget what was."""
        self.longest = 0.0


_SERVING: Final = ContextVar("_SERVING", default=False)


def served(app: ASGIApp) -> ASGIApp:
    """The application in tasks of its own, which `watched_loop` tells from the client's."""

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        context = copy_context()
        context.run(_SERVING.set, True)
        await asyncio.create_task(_run(app, scope, receive, send), context=context)

    return serve


async def _run(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    await app(scope, receive, send)


@contextmanager
def watched_loop(monkeypatch: pytest.MonkeyPatch) -> Iterator[Steps]:
    """Watches every callback and every step of a task that belongs to a served application."""
    steps, run = Steps(), asyncio.Handle._run

    def timed(handle: asyncio.Handle) -> None:
        begun = thread_time()
        run(handle)
        if handle._context.get(_SERVING, False):  # type: ignore[attr-defined]  # asyncio's own
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
