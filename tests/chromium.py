"""Finding Chromium for the browser tests, and how to start it."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

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


@dataclass(frozen=True)
class NoChromium:
    """Chromium is not here; the reason is for the skipped test."""

    reason: str


@cache
def find_chromium() -> Path | NoChromium:
    """The browser's program; root on a Debian machine gets the package if there is none."""
    named = os.environ.get(PROGRAM_VARIABLE)
    if named:
        program = shutil.which(named)
        return Path(program) if program else NoChromium(f"{PROGRAM_VARIABLE}={named} cannot run")
    return _installed() or _install()


def _installed() -> Path | None:
    names = ("/usr/bin/chromium", "chromium", "google-chrome")
    return next((Path(found) for name in names if (found := shutil.which(name))), None)


def _install() -> Path | NoChromium:
    apt_get = shutil.which("apt-get")
    if apt_get is None or os.geteuid() != 0:
        return NoChromium(f"no Chromium: install Debian's chromium, or set {PROGRAM_VARIABLE}")
    patient = (apt_get, "-qq", "-o", "DPkg::Lock::Timeout=300")
    for step in (["update"], ["install", "--yes", "--no-install-recommends", "chromium"]):
        outcome = subprocess.run(
            [*patient, *step],
            env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if outcome.returncode:
            return NoChromium(f"apt-get {step[0]} failed: {outcome.stderr.strip()[-300:]}")
    return _installed() or NoChromium("the chromium package brought no program")
