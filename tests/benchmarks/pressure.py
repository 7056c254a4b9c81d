"""A load beside a measurement: as many requests as there are pauses for, not as many as fit."""

import signal
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

from tests.benchmarks import load
from tests.benchmarks.load import Sample
from tests.benchmarks.processes import Served

CONNECTIONS: Final = 8
PAUSE_MS: Final = 2
"""Before each request on each connection."""

_SECONDS: Final = 3_600


class Pressure:
    """What the servers were asked meanwhile, known when it is over."""

    def __init__(self) -> None:
        self.samples: list[Sample] = []

    @property
    def rate(self) -> float:
        """Requests per second that all servers answered together."""
        return sum(sample.rate for sample in self.samples)


@contextmanager
def pressing(servers: Iterable[Served], requests: Iterable[str]) -> Iterator[Pressure]:
    """Each server gets the requests in turns, for the length of this block."""
    pressure, running = Pressure(), []
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        file = load.write(Path(name) / "requests", requests)
        for served in servers:
            process = _begin(served, file)
            stack.callback(process.kill)
            running.append(process)
        yield pressure
        for process in running:
            process.send_signal(signal.SIGINT)  # it tells what it saw until then
            pressure.samples.append(load.finish(process))


def _begin(served: Served, file: Path) -> "subprocess.Popen[str]":
    command = [load.wrk(), "-t1", f"-c{CONNECTIONS}", f"-d{_SECONDS}s", "-s", load.SCRIPT]
    target = [f"http://127.0.0.1:{served.port}/", "--", str(file), "0", str(PAUSE_MS)]
    return subprocess.Popen([*map(str, command), *target], stdout=subprocess.PIPE, text=True)
