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

_SHELL: Final = "chromium-headless-shell"
"""The same engine without the windows: it takes half the CPU of Chromium's own headless mode."""
_NAMES: Final = (_SHELL, "chromium", "google-chrome")


def find_chromium() -> Path | Missing:
    """The browser's program, or why it is not here."""
    return find_program(_SHELL, _NAMES, PROGRAM_VARIABLE)
