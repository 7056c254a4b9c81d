"""Whether something that failed may have taken effect all the same."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass
class CommitState:
    """What is known of the changes that a block of code has made."""

    possible: bool = False
    """A change was committed, or its commit was begun: an error after that undoes nothing."""


_WATCHED: ContextVar[CommitState | None] = ContextVar("track_commits", default=None)


@contextmanager
def track_commits() -> Iterator[CommitState]:
    """Watch the changes made within the block, by this task."""
    effects = CommitState()
    before = _WATCHED.set(effects)
    try:
        yield effects
    finally:
        _WATCHED.reset(before)


def mark_committing() -> None:
    """Note that a change is about to be committed."""
    effects = _WATCHED.get()
    if effects is not None:
        effects.possible = True
