"""How many connections a process may hold, by the number of files that it may open."""

import resource
from typing import Final

MOST_CONNECTIONS: Final = 10_000
"""However many files may be open: about 100 MB of memory when all of them are in use."""

RESERVE: Final = 256
"""Files for everything else: the database's connections, logos, logs, and the connections that
the event loop has accepted in one go and not yet passed on."""

BACKLOG: Final = 128
"""Connections that wait to be accepted: no more come in one go than the reserve has room for."""


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
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        return MOST_CONNECTIONS
    return min(MOST_CONNECTIONS, max(soft // 2, soft - RESERVE))
