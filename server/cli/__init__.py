"""The command line: each command makes one call on the desk, as the operator."""

from server.cli.commands import main

__all__ = ["main"]
