"""Environments with the Marketplace's own programs, each made once and kept beside the checkout."""

import fcntl
import os
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

import pytest

from tests.support.live import ROOT

CLIENT: Final = "mpt-api-client==7.0.0"
COMMAND_LINE: Final = "mpt-cli==6.0.0"

_KEPT: Final = ROOT / ".marketplace_cache"
_OLDEST: Final = (3, 12)
_NEWEST: Final = (3, 15)
_PATIENCE_SECONDS: Final = 300


def environment_with(package: str) -> Path:
    """The `bin` of an environment that has the package; the test is skipped where none can be."""
    interpreter = _interpreter()
    if interpreter is None:
        pytest.skip(f"no Python from {'.'.join(map(str, _OLDEST))} on was found for {package}")
    folder = _KEPT / package.replace("==", "-")
    _KEPT.mkdir(exist_ok=True)
    with folder.with_suffix(".installing").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if not (folder / "ready").exists():
            shutil.rmtree(folder, ignore_errors=True)
            _install(interpreter, folder, package)
            (folder / "ready").touch()
    return folder / "bin"


def _install(interpreter: str, folder: Path, package: str) -> None:
    python = str(folder / "bin" / "python")
    for command in (
        [interpreter, "-m", "venv", str(folder)],
        [python, "-m", "pip", "install", "--quiet", package],
    ):
        outcome = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=_PATIENCE_SECONDS
        )
        if outcome.returncode:
            pytest.skip(f"{package} could not be installed: {outcome.stderr.strip()[-300:]}")


@cache
def _interpreter() -> str | None:
    """The first that is new enough, on the PATH or among pyenv's."""
    for candidate in _candidates():
        asked = [candidate, "-c", "import sys, venv, ensurepip; print(*sys.version_info[:2])"]
        outcome = subprocess.run(asked, capture_output=True, text=True, check=False)
        found = tuple(map(int, outcome.stdout.split())) if outcome.returncode == 0 else ()
        if _OLDEST <= found < _NEWEST:
            return candidate
    return None


def _candidates() -> Iterator[str]:
    names = [f"python3.{minor}" for minor in range(_OLDEST[1], _NEWEST[1])]
    for name in [*names, "python3"]:
        path = shutil.which(name)
        if path is not None:
            yield path
    versions = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    for folder in sorted(versions.glob("3.1[2-4]*")):
        yield str(folder / "bin" / "python3")
