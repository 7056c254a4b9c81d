"""The command in a process of its own, on a data folder of the test's own."""

import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

import pytest

from tests.cli.command_server import CommandServer
from tests.support.clock import TurnableClock
from tests.support.databases import KEYS
from tests.support.live import ROOT


@dataclass(frozen=True)
class Command:
    """Runs `tokendesk` with settings: forked from a server that has imported it, or `afresh`."""

    settings: dict[str, str]
    server: CommandServer
    is_fresh: bool = False

    @property
    def afresh(self) -> "Command":
        """The same, started by Python from nothing, as people start it."""
        return replace(self, is_fresh=True)

    def run(
        self, *words: str, stdin: str = "", terminal: int | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Exit code and both outputs."""
        inherited = {
            key: text for key, text in os.environ.items() if not key.startswith("TOKENDESK_")
        }
        environment = inherited | self.settings
        if self.is_fresh:
            return self._run_afresh(words, environment, stdin, terminal)
        with TemporaryFile() as given, TemporaryFile() as out, TemporaryFile() as err:
            given.write(stdin.encode())
            given.seek(0)
            near_end = given.fileno() if terminal is None else terminal
            code = self.server.run(words, environment, [near_end, out.fileno(), err.fileno()])
            told = []
            for file in (out, err):
                file.seek(0)
                told.append(file.read().decode())
        return subprocess.CompletedProcess(words, code, *told)

    def _run_afresh(
        self, words: tuple[str, ...], environment: dict[str, str], stdin: str, terminal: int | None
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "server", *words],
            cwd=ROOT,
            env=environment,
            stdin=terminal,
            input=stdin if terminal is None else None,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
            timeout=60,
        )

    def typed(self, line: str, *words: str) -> subprocess.CompletedProcess[str]:
        """The same, where a person sits at a terminal and types a line."""
        keyboard, terminal = pty.openpty()
        try:
            os.write(keyboard, f"{line}\n".encode())
            return self.run(*words, terminal=terminal)
        finally:
            os.close(keyboard)
            os.close(terminal)

    def json(self, *words: str, stdin: str = "", code: int = 0) -> Any:
        """The one JSON value on stdout."""
        done = self.run(*words, "--json", stdin=stdin)
        assert (done.returncode, done.stderr) == (code, ""), done
        return json.loads(done.stdout)

    def misused(self, *words: str) -> str:
        """What stderr says, on one line, of a command that is used wrongly: exit code 2."""
        done = self.run(*words)
        assert (done.returncode, done.stdout) == (2, ""), done
        assert "Traceback" not in done.stderr
        return " ".join(done.stderr.replace("│", " ").split())

    def refused(self, *words: str, stdin: str = "") -> str:
        """The message on stderr of a command that must fail with exit code 1."""
        done = self.run(*words, stdin=stdin)
        assert (done.returncode, done.stdout) == (1, ""), done
        assert "Traceback" not in done.stderr
        return done.stderr.strip()


@pytest.fixture
def clock() -> TurnableClock:
    """The hour of the commands, which ask the system's clock."""
    return TurnableClock(datetime.now(UTC))


@pytest.fixture(scope="session")
def command_server() -> Iterator[CommandServer]:
    """What all commands but the fresh ones are forked from."""
    server = CommandServer()
    yield server
    server.close()


@pytest.fixture
def make_command(tmp_path: Path, command_server: CommandServer) -> Callable[..., Command]:
    """A command with settings of the test's own."""

    def make(**settings: str) -> Command:
        folder = str(tmp_path / "data")
        kept = {"TOKENDESK_DATA_DIR": folder, "TOKENDESK_SECRET_KEYS": KEYS}
        return Command(kept | settings, command_server)

    return make


@pytest.fixture
def tokendesk(make_command: Callable[..., Command], database_url: str) -> Command:
    """The command on an empty, migrated database of either engine."""
    return make_command(TOKENDESK_DATABASE_URL=database_url)
