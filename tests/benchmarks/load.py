"""The load: wrk on its own cores, 32 connections, no pipelining."""

import json
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.benchmarks.processes import Served
from tests.support.debian import Missing, find_program

CONNECTIONS: Final = 32
SCRIPT: Final = Path(__file__).with_name("load.lua")
HOST: Final = "Host: desk.bench\r\n"


@dataclass(frozen=True)
class Sample:
    """What one run of the load saw, and what it cost the server."""

    requests: int
    seconds: float
    p50: float
    p99: float
    refused: int
    broken: int
    cpu: float = 0.0

    @property
    def rate(self) -> float:
        """Requests per second."""
        return self.requests / self.seconds

    @property
    def cpu_each(self) -> float:
        """Microseconds of the server's CPU per request."""
        return self.cpu / self.requests * 1e6


def wrk() -> Path:
    """The program; root on a Debian machine gets the package if there is none."""
    found = find_program("wrk", ("wrk",), "TOKENDESK_WRK")
    if isinstance(found, Missing):
        raise SystemExit(f"The benchmarks need wrk: {found.reason}")
    return found


def get(path: str, authorization: str | None = None) -> str:
    """A request as it goes over the wire."""
    credentials = f"Authorization: {authorization}\r\n" if authorization else ""
    return f"GET {path} HTTP/1.1\r\n{HOST}{credentials}\r\n"


def post(path: str, authorization: str, form: str) -> str:
    """A form as it goes over the wire."""
    return (
        f"POST {path} HTTP/1.1\r\n{HOST}Authorization: {authorization}\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(form)}\r\n\r\n{form}"
    )


def write(file: Path, requests: Iterable[str]) -> Path:
    """A file of requests for the load."""
    file.write_text("\0".join(requests), encoding="ascii", newline="")
    return file


def run(
    served: Served,
    requests: Path,
    seconds: int,
    *,
    start: int = 0,
    connections: int = CONNECTIONS,
) -> Sample:
    """Send the requests in turns for some seconds."""
    before = served.cpu()
    sample = finish(begin(served, requests, seconds, start=start, connections=connections))
    return Sample(**{**vars(sample), "cpu": served.cpu() - before})


def begin(
    served: Served, requests: Path, seconds: int, *, start: int = 0, connections: int = CONNECTIONS
) -> "subprocess.Popen[str]":
    """Start the load, and do not wait for it."""
    command = [wrk(), "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout=10s", "-s", SCRIPT]
    target = [f"http://127.0.0.1:{served.port}/", "--", str(requests), str(start)]
    return subprocess.Popen([*map(str, command), *target], stdout=subprocess.PIPE, text=True)


def finish(load: "subprocess.Popen[str]") -> Sample:
    """What the load saw, when it has ended."""
    said, _ = load.communicate()
    for line in said.splitlines():
        if line.startswith("RESULT "):
            return Sample(**json.loads(line.removeprefix("RESULT ")))
    raise RuntimeError(f"wrk gave no result:\n{said}")


def warm(served: Served, requests: Path, count: int) -> None:
    """Send every request of the file at least once."""
    sent = 0
    while sent < count:
        sent += run(served, requests, 2, start=sent).requests
    served.settle()
