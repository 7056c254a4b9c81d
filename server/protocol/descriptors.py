"""Limits on connections, derived from the process's limit on open files."""

import resource
from typing import Final

MOST_CONNECTIONS: Final = 10_000
"""Upper limit however many files may be open: about 100 MB of memory when all are in use."""

RESERVE: Final = 256
"""Descriptors for everything else: the database's connections, logos, logs, and connections that
the event loop accepted in one batch and has not yet handed over.
"""

MOST_WAITING: Final = 2_048
"""Upper limit of the listen backlog."""


def raise_limit() -> None:
    """Raise the soft limit on open files to the hard limit, for this process and its children."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        except (ValueError, OSError):
            return  # some systems have another bound; keep the soft limit


def connection_ceiling() -> int:
    """Return how many connections this process may hold at once."""
    return min(MOST_CONNECTIONS, max(_open_files() // 2, _open_files() - RESERVE))


def backlog() -> int:
    """Return the listen backlog: at most half of the descriptors that connections leave free.

    One batch of accepted connections can then not use up all descriptors.
    """
    return min(MOST_WAITING, (_open_files() - connection_ceiling()) // 2)


def _open_files() -> int:
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return 2 * MOST_CONNECTIONS if soft == resource.RLIM_INFINITY else soft
