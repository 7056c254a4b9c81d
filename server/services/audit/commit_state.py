"""Tracks whether a failed operation may have been committed all the same."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass
class CommitState:
    """Whether a block of code may have committed a change."""

    possible: bool = False
    """True once a commit has begun: an error after that does not undo the change."""


_WATCHED: ContextVar[CommitState | None] = ContextVar("track_commits", default=None)


@contextmanager
def track_commits() -> Iterator[CommitState]:
    """Track the commits that the current task makes within the block."""
    effects = CommitState()
    before = _WATCHED.set(effects)
    try:
        yield effects
    finally:
        _WATCHED.reset(before)


def mark_committing() -> None:
    """Note that a commit is about to begin."""
    effects = _WATCHED.get()
    if effects is not None:
        effects.possible = True
