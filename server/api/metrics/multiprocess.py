"""The numbers of several workers at one address: each counts in files of its own, all are added up.

Workers that share a folder take the lowest seat that is free, and go on from where a dead worker
left off: sums never shrink, and there are never more files than workers at once. What lies in the
files is prometheus_client's own; its `multiprocess` module reads them.
"""

import fcntl
import logging
import os
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import IO, Final, Self

from prometheus_client import CollectorRegistry, Metric, ProcessCollector, values
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.registry import Collector

FOLDER: Final = "PROMETHEUS_MULTIPROC_DIR"
"""The variable that names the folder, for us as for prometheus_client."""

ROOM_BYTES: Final = 64 * 1024
"""Four times what all names and numbers take."""

_KINDS: Final = (
    "counter",
    "histogram",
    "gauge_livesum",
    "gauge_livemin",
    "gauge_livemax",
    "gauge_max",
)

log = logging.getLogger("tokendesk")


class MultiprocessRegistry:
    """One worker's seat in the folder, kept until its process ends, however it ends."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seat, self._hold = _take_seat(folder)
        for kind in _KINDS:
            _make_room(folder / f"{kind}_{self._seat}.db")

    @classmethod
    def join(cls) -> Self | None:
        """Have all metrics that are made from now on counted in the folder, where there is one.

        None where this process counts alone, also because the folder cannot be used.
        """
        folder = os.environ.get(FOLDER)
        try:
            joined = cls(Path(folder)) if folder else None
        except OSError as error:
            log.warning("this worker's numbers are not added up in %s: %s", FOLDER, error)
            joined = None
        values.ValueClass = joined._value_class() if joined else values.MutexValue
        return joined

    def registry(self) -> CollectorRegistry:
        """All workers' metrics, added up; and of each living worker the process."""
        registry = CollectorRegistry()
        MultiProcessCollector(registry, str(self._folder))
        registry.register(_Processes(self))
        return registry

    def living(self) -> dict[int, int]:
        """Process ids by seat. Of the dead what they counted stays, and their state is dropped."""
        living = {}
        for file in sorted(self._folder.glob("*.seat")):
            with file.open("r+") as other:
                if file.stem != str(self._seat) and _lock(other):
                    mark_process_dead(int(file.stem), str(self._folder))
                else:
                    living[int(file.stem)] = int(other.read() or 0)
        return living

    def _value_class(self) -> object:
        seat = self._seat
        return values.MultiProcessValue(lambda: seat)


class _Processes(Collector):
    """What `ProcessCollector` tells, of each living worker."""

    def __init__(self, workers: MultiprocessRegistry) -> None:
        self._workers = workers

    def collect(self) -> Iterable[Metric]:
        metrics: dict[str, Metric] = {}
        for seat, process in self._workers.living().items():
            for one in ProcessCollector(pid=partial(int, process), registry=None).collect():
                metric = Metric(one.name, one.documentation, one.type)
                metric = metrics.setdefault(one.name, metric)
                for sample in one.samples:
                    metric.add_sample(sample.name, {"worker": str(seat)}, sample.value)
        return metrics.values()


def _take_seat(folder: Path) -> tuple[int, IO[str]]:
    seat = 0
    while True:
        file = (folder / f"{seat}.seat").open("a+")
        if _lock(file):
            file.truncate(0)
            file.write(str(os.getpid()))
            file.flush()
            return seat, file
        file.close()
        seat += 1


def _lock(file: IO[str]) -> bool:
    """Whether nobody else holds it; from now on, and until it is closed, we do."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _make_room(file: Path) -> None:
    """Claim the bytes now: a disk that is full later must not end the process that counts."""
    if file.exists():
        return
    try:
        file.write_bytes(bytes(ROOM_BYTES))
    except OSError:
        file.unlink(missing_ok=True)
        raise
