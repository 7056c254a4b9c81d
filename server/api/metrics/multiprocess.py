"""Metrics of several workers at one address: each worker counts in its own files, which are summed.

Workers that share a folder claim the lowest free seat and continue the counts of a dead worker. So
sums never decrease, and there are never more files than concurrent workers. prometheus_client
defines the format of the files; its `multiprocess` module reads them.
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
"""Environment variable that names the folder; prometheus_client uses the same one."""

ROOM_BYTES: Final = 64 * 1024
"""Four times the size of all names and values."""

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
    """One worker's seat in the folder, held until the process ends for whatever reason."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seat, self._hold = _take_seat(folder)
        for kind in _KINDS:
            _make_room(folder / f"{kind}_{self._seat}.db")

    @classmethod
    def join(cls) -> Self | None:
        """Make all metrics that are created from now on count in the folder, if one is set.

        Returns None if this process counts alone: no folder is set, or it cannot be used.
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
        """Return a registry of all workers' sums, and of each live worker's process metrics."""
        registry = CollectorRegistry()
        MultiProcessCollector(registry, str(self._folder))
        registry.register(_Processes(self))
        return registry

    def living(self) -> dict[int, int]:
        """Return the process ids of live workers by seat.

        Dead workers' gauges of live state are removed; their counts stay.
        """
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
    """The metrics of `ProcessCollector` for each live worker."""

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
    """Lock the file until it is closed; return False if another process holds the lock."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _make_room(file: Path) -> None:
    """Allocate the file now: a disk that fills up later must not crash this process."""
    if file.exists():
        return
    try:
        file.write_bytes(bytes(ROOM_BYTES))
    except OSError:
        file.unlink(missing_ok=True)
        raise
