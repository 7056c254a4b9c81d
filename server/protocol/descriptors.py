"""How many connections a process may hold, by the number of files that it may open."""

import resource
from typing import Final

MOST_CONNECTIONS: Final = 10_000
"""However many files may be open: about 100 MB of memory when all of them are in use."""

RESERVE: Final = 256
"""Files for everything else: the database's connections, logos, logs, and the connections that
the event loop has accepted in one go and not yet passed on."""

MOST_WAITING: Final = 2_048
"""Connections that wait to be accepted."""


def raise_limit() -> None:
    """Let this process, and those it starts, open as many files as the system lets them."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        except (ValueError, OSError):
            return  # some systems bound it otherwise; then it stays as it is


def connection_ceiling() -> int:
    """Connections that this process may hold at once."""
    return min(MOST_CONNECTIONS, max(_open_files() // 2, _open_files() - RESERVE))


def backlog() -> int:
    """Connections that may wait: no more come in one go than half of what is left has room for."""
    return min(MOST_WAITING, (_open_files() - connection_ceiling()) // 2)


def _open_files() -> int:
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return 2 * MOST_CONNECTIONS if soft == resource.RLIM_INFINITY else soft
