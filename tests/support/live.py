"""A real server in a process of its own, started by the real command."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx

ROOT: Final = Path(__file__).parents[2]
_PATIENCE_SECONDS: Final = 180


@dataclass(frozen=True)
class LiveServer:
    """Where it listens, and what it printed when it started."""

    url: str
    greeting: str
    process: subprocess.Popen[bytes]

    @property
    def sign_in_link(self) -> str:
        """The one-time link in the frame."""
        match = re.search(r"http://\S+/sign-in/link/\S+", self.greeting)
        assert match is not None, self.greeting
        return match[0]

    def kill(self) -> None:
        """End it as a power cut would."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


@contextmanager
def live_server(
    data_dir: Path, environment: Mapping[str, str] | None = None, *, open_files: int | None = None
) -> Iterator[LiveServer]:
    """`tokendesk serve` on a free port, ready; stopped at the end. It may open so many files."""
    port = free_port()
    settings = {
        "TOKENDESK_DATA_DIR": str(data_dir),
        "TOKENDESK_PORT": str(port),
        **(environment or {}),
    }
    inherited = {key: text for key, text in os.environ.items() if not key.startswith("TOKENDESK_")}
    data_dir.mkdir(parents=True, exist_ok=True)
    bound = [] if open_files is None else ["prlimit", f"--nofile={open_files}:{open_files}"]
    output = data_dir / "server.log"
    with output.open("wb") as log:
        process = subprocess.Popen(
            [*bound, sys.executable, "-m", "server", "serve"],
            cwd=ROOT,
            env=inherited | settings,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    url = f"http://127.0.0.1:{port}"
    try:
        _await_readiness(url, process, output)
        yield LiveServer(url, output.read_text(), process)
    except BaseException as error:
        error.add_note(f"the server printed:\n{output.read_text()}")
        raise
    finally:
        _end(process, output)


def _end(process: subprocess.Popen[bytes], output: Path) -> None:
    if process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(_PATIENCE_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        raise AssertionError(f"the server did not stop:\n{output.read_text()}") from None


def free_port() -> int:
    """A port that nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _await_readiness(url: str, process: subprocess.Popen[bytes], output: Path) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(f"{url}/readyz").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.05)  # its socket is not open yet, and nothing tells when
    raise AssertionError(f"the server did not start:\n{output.read_text()}")
