"""Programs that tests drive: found on the machine, or brought by a Debian package."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True)
class Missing:
    """The program is not here; the reason is for the skipped test."""

    reason: str


@cache
def find_program(package: str, names: tuple[str, ...], variable: str) -> Path | Missing:
    """The first of the names; root on a Debian machine gets the package if there is none.

    The environment's variable, where it is set, names the program instead.
    """
    named = os.environ.get(variable)
    if named:
        program = shutil.which(named)
        return Path(program) if program else Missing(f"{variable}={named} cannot run")
    return _installed(names) or _install(package, names, variable)


def _installed(names: tuple[str, ...]) -> Path | None:
    return next((Path(found) for name in names if (found := shutil.which(name))), None)


def _install(package: str, names: tuple[str, ...], variable: str) -> Path | Missing:
    apt_get = shutil.which("apt-get")
    if apt_get is None or os.geteuid() != 0:
        return Missing(f"no {package}: install Debian's {package}, or set {variable}")
    patient = (apt_get, "-qq", "-o", "DPkg::Lock::Timeout=300")
    # A package must not start its service: systemctl then talks to nobody.
    quiet = {"DEBIAN_FRONTEND": "noninteractive", "SYSTEMD_OFFLINE": "1"}
    for step in (["update"], ["install", "--yes", "--no-install-recommends", package]):
        outcome = subprocess.run(
            [*patient, *step],
            env=os.environ | quiet,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if outcome.returncode:
            return Missing(f"apt-get {step[0]} failed: {outcome.stderr.strip()[-300:]}")
    return _installed(names) or Missing(f"the package {package} brought no program")
