"""The desk's counters as metrics of prometheus_client."""

import asyncio
import platform
from collections.abc import Iterable
from importlib.metadata import version
from typing import Final, Literal

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Metric,
    ProcessCollector,
    disable_created_metrics,
)
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import InfoMetricFamily
from prometheus_client.registry import Collector

from server.api.metrics.multiprocess import MultiprocessRegistry
from server.desk import Desk
from server.jobs.job import Job
from server.jobs.runs import JobRuns

SHARE_EVERY_SECONDS: Final = 1.0
"""How old the numbers of other workers may be."""

OPENMETRICS: Final = "application/openmetrics-text"

# The time at which a counter was created is of no use, and doubles the number of lines.
disable_created_metrics()

OfWorkers = Literal["livesum", "livemin", "livemax"]


class MetricsRegistry:
    """The metrics of one desk, and the sums of all workers that share a folder.

    The desk counts in plain attributes. They are copied into prometheus_client's metrics when
    somebody reads them, and every second if other workers need to see them.
    """

    def __init__(self, desk: Desk, runs: JobRuns) -> None:
        self._desk = desk
        self._runs = runs
        self._began = desk.clock()
        self._workers = MultiprocessRegistry.join()
        self.registry = CollectorRegistry()
        """The registry of this process's metrics."""
        self._verifications = Counter(
            "tokendesk_verifications",
            "Verifications, by how they ended and what the answer rests on.",
            ["outcome", "source"],
            registry=self.registry,
        )
        self._copied: dict[Counter, int] = {}
        self._remembered = self._gauge(
            "tokendesk_tokens_remembered", "Tokens held in memory for verification.", "livesum"
        )
        self._heard = self._gauge(
            "tokendesk_changes_heard", "1 while changes made elsewhere are heard of.", "livemin"
        )
        self._unheard = self._gauge(
            "tokendesk_changes_unheard_seconds", "For how long they have not been.", "livemax"
        )
        self._waiting = self._gauge(
            "tokendesk_usage_waiting", "Counts of usage that are still to be written.", "livesum"
        )
        self._usage_failures = Counter(
            "tokendesk_usage_write_failures",
            "Times that usage could not be written; it is kept and tried again.",
            registry=self.registry,
        )
        self._job_runs = Counter(
            "tokendesk_job_runs",
            "Runs of background jobs, by job and how they ended.",
            ["job", "outcome"],
            registry=self.registry,
        )
        self._job_successes = Gauge(
            "tokendesk_job_last_success_timestamp_seconds",
            "When a periodic job last succeeded, in any worker; 0 before the first time.",
            ["job"],
            registry=self.registry,
            multiprocess_mode="max",
        )
        self._everything = self._workers.registry() if self._workers else self.registry
        if self._workers is None:
            ProcessCollector(registry=self.registry)
        self._everything.register(_Build())
        self.copy()

    def _gauge(self, name: str, meaning: str, of_workers: OfWorkers) -> Gauge:
        return Gauge(name, meaning, registry=self.registry, multiprocess_mode=of_workers)

    def copy(self) -> None:
        """Update the metrics from the desk's counters."""
        desk = self._desk
        for labels, number in desk.verification_metrics.verifications().items():
            self._advance(self._verifications.labels(*labels), number)
        self._advance(self._usage_failures, desk.verification_metrics.usage_failures)
        for labels, number in self._runs.counts().items():
            self._advance(self._job_runs.labels(*labels), number)
        for job, at in self._runs.last_success().items():
            # Before the first success here, keep the value: a dead worker may have left one.
            success = self._job_successes.labels(job)
            if at is not None:
                success.set(at.timestamp())
        self._remembered.set(len(desk.verifier.memory))
        self._waiting.set(desk.usage.waiting)
        heard = desk.events.is_synced
        lost_at = desk.events.lost_since or self._began
        self._heard.set(heard)
        self._unheard.set(0 if heard else max(0, (desk.clock() - lost_at).total_seconds()))

    def _advance(self, counter: Counter, number: int) -> None:
        """Add the growth since the last copy; the counter may hold a dead worker's count."""
        counter.inc(number - self._copied.get(counter, 0))
        self._copied[counter] = number

    def jobs(self) -> list[Job]:
        """Return the job that shares metrics with other workers, or none if there are none."""
        if self._workers is None:
            return []
        job = Job(
            name="share_metrics",
            run=self._share,
            every=SHARE_EVERY_SECONDS,
            longest_backoff=SHARE_EVERY_SECONDS,
            at_stop=self._share,
        )
        return [job]

    async def _share(self) -> None:
        self.copy()

    async def written(self, accept: str) -> tuple[bytes, str]:
        """Return all current metrics and their content type: OpenMetrics if the client accepts it.

        Encoding takes some milliseconds per worker, so it runs in a thread beside verifications.
        """
        self.copy()
        encode, content_type = choose_encoder(OPENMETRICS if OPENMETRICS in accept else "")
        return await asyncio.to_thread(encode, self._everything), content_type


class _Build(Collector):
    """The versions of Tokendesk and Python."""

    def collect(self) -> Iterable[Metric]:
        yield InfoMetricFamily(
            "tokendesk_build",
            "Versions of what runs.",
            value={"version": version("tokendesk"), "python": platform.python_version()},
        )
