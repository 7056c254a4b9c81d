"""The declaration of a background job."""

from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Final

Work = Callable[[], Coroutine[Any, Any, None]]
"""An async function without arguments."""

LONGEST_BACKOFF_SECONDS: Final = 30.0


@dataclass(frozen=True, kw_only=True)
class Job:
    """Work that is repeated beside requests for as long as the server runs."""

    name: str
    """The label in metrics and in the log: a verb and an object in snake_case."""
    run: Work
    """One run, or the whole life of a service. It raises when it fails."""
    every: float | Callable[[], Awaitable[None]] | None
    """The pause after a successful run: seconds, or an async function that waits for the next.

    None for a service, whose `run` returns only when it fails.
    """
    leader_only: bool = False
    """Whether only one of the processes that share a database runs it.

    After a lost connection it can be two for a few seconds, so each run must tolerate another.
    """
    interruptible: bool = True
    """Whether a run is cancelled when the server stops or leadership is lost.

    Otherwise it is finished: for work that would be done twice if it were cut off.
    """
    longest_backoff: float = LONGEST_BACKOFF_SECONDS
    """Maximum seconds between two attempts while it fails."""
    at_stop: Work | None = None
    """A last run, in every process, after all jobs have stopped."""
