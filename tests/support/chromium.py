"""Finding Chromium for the browser tests, and how to start it."""

from pathlib import Path
from typing import Final

from tests.support.debian import Missing, find_program

PROGRAM_VARIABLE: Final = "TOKENDESK_CHROMIUM"

LAUNCH_FLAGS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
"""Flags for a machine without a display, as any user, that ask nothing of the network."""

_NAMES: Final = ("/usr/bin/chromium", "chromium", "google-chrome")


def find_chromium() -> Path | Missing:
    """The browser's program, or why it is not here."""
    return find_program("chromium", _NAMES, PROGRAM_VARIABLE)
