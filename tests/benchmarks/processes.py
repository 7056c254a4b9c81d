"""Server processes under measurement: started on their cores, and read through /proc."""

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.benchmarks.machine import SERVER_CORES

ROOT: Final = Path(__file__).resolve().parents[2]
START_SECONDS: Final = 60
UVICORN: Final = (
    "--loop=uvloop",
    "--http=httptools",
    "--no-access-log",
    "--log-level=warning",
    "--no-server-header",
    "--no-proxy-headers",
)
"""As `tokendesk serve` starts it."""

_TICK: Final = os.sysconf("SC_CLK_TCK")


class Served:
    """A server that answers on a port of its own."""

    def __init__(self, process: "subprocess.Popen[bytes]", port: int) -> None:
        self._process = process
        self.port: Final = port
        self.started_in = 0.0

    @property
    def pids(self) -> list[int]:
        """The process and all its descendants."""
        found, left = [], [self._process.pid]
        while left:
            pid = left.pop()
            found.append(pid)
            left += [child for task in _tasks(pid) for child in _children(task)]
        return found

    @property
    def workers(self) -> list[int]:
        """The processes that answer: those that hold a socket, and no process of their own."""
        leaves = [pid for pid in self.pids if not any(_children(task) for task in _tasks(pid))]
        return [pid for pid in leaves if sockets(pid)]

    def cpu(self) -> float:
        """CPU seconds spent so far, all descendants included."""
        return sum(_cpu(pid) for pid in self.pids)

    def settle(self) -> None:
        """Wait until what the server writes behind, every two seconds, has been written."""
        time.sleep(2.2)
        for _ in range(100):
            before = self.cpu()
            time.sleep(0.2)
            if self.cpu() - before <= 2 / _TICK:
                return

    def wait_until_ready(self, path: str) -> None:
        """Poll until the path answers 200; says in `started_in` how long that took."""
        began = time.perf_counter()
        while time.perf_counter() - began < START_SECONDS:
            if self._process.poll() is not None:
                raise RuntimeError(f"{self._process.args!r} ended: {self._process.returncode}")
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5):
                    self.started_in = time.perf_counter() - began
                    return
            except urllib.error.HTTPError as error:
                if error.code in {401, 403, 404}:
                    self.started_in = time.perf_counter() - began
                    return
            except OSError:
                pass
            time.sleep(0.005)
        raise RuntimeError(f"{self._process.args!r} did not answer within {START_SECONDS} s")


@contextmanager
def serving(
    command: Iterable[str],
    *,
    port: int,
    environment: Mapping[str, str] | None = None,
    ready: str = "/",
    cores: Iterable[int] = SERVER_CORES,
    folder: Path = ROOT,
) -> Iterator[Served]:
    """A server for this block; what it says on standard error is shown when it does not start."""
    cores = frozenset(cores)
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            tuple(command),
            cwd=folder,
            env=_clean_environment() | dict(environment or {}),
            stdout=said,
            stderr=said,
            preexec_fn=lambda: os.sched_setaffinity(0, cores),
        )
        served = Served(process, port)
        try:
            try:
                served.wait_until_ready(ready)
            except RuntimeError as error:
                said.seek(0)
                raise RuntimeError(f"{error}\n{said.read().decode()[-2000:]}") from None
            yield served
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@contextmanager
def floor(application: str) -> Iterator[Served]:
    """One of our floors on uvicorn, with the settings of `tokendesk serve`."""
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", f"tests.benchmarks.floors:{application}"]
    with serving([*command, *UVICORN, f"--port={port}"], port=port) as served:
        yield served


@contextmanager
def desk(
    environment: Mapping[str, str],
    cores: Iterable[int] = SERVER_CORES,
    *,
    open_files: int | None = None,
) -> Iterator[Served]:
    """`tokendesk serve` with these settings, ready; it may open so many files."""
    port = free_port()
    named = {"TOKENDESK_PORT": str(port), **environment}
    bound = [] if open_files is None else ["prlimit", f"--nofile={open_files}:{open_files}"]
    command = [*bound, sys.executable, "-m", "server", "serve"]
    with serving(command, port=port, environment=named, ready="/readyz", cores=cores) as served:
        yield served


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def sockets(pid: int) -> int:
    """How many sockets a process holds."""
    return sum(_target(link).startswith("socket:") for link in Path(f"/proc/{pid}/fd").iterdir())


def memory(pid: int) -> int:
    """Bytes of memory that a process holds for itself alone.

    A database's file that is mapped is not among them: its pages are the system's cache.
    """
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    [kib] = (line.split()[1] for line in status.splitlines() if line.startswith("RssAnon:"))
    return int(kib) * 1024


def _clean_environment() -> dict[str, str]:
    named = {name: value for name, value in os.environ.items() if not name.startswith("TOKENDESK_")}
    return named | {"PYTHONPATH": str(ROOT)}


def _tasks(pid: int) -> list[Path]:
    try:
        return list(Path(f"/proc/{pid}/task").iterdir())
    except FileNotFoundError:
        return []


def _children(task: Path) -> list[int]:
    try:
        return [int(pid) for pid in (task / "children").read_text(encoding="ascii").split()]
    except FileNotFoundError:
        return []


def _target(link: Path) -> str:
    try:
        return str(link.readlink())
    except FileNotFoundError:
        return ""  # closed since the folder was read


def _cpu(pid: int) -> float:
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except FileNotFoundError:
        return 0.0
    fields = text.rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICK
