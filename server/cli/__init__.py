"""The command line: each command makes one call on the desk, as the operator.

Docstrings of commands are their help texts. No rule of the product belongs here.
"""

from server.cli.commands import main

__all__ = ["main"]
