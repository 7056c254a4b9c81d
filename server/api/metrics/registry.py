"""What a desk counts, as metrics of prometheus_client."""

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
"""How old the numbers of the other workers may be."""

OPENMETRICS: Final = "application/openmetrics-text"

# When a counter began is of no use, and doubles the lines.
disable_created_metrics()

OfWorkers = Literal["livesum", "livemin", "livemax"]


class MetricsRegistry:
    """The numbers of one desk; and for those who read them, of all workers that share a folder.

    The desk counts in plain attributes. These are copied into prometheus_client's metrics when
    somebody asks, and each second where other workers have to see them.
    """

    def __init__(self, desk: Desk, runs: JobRuns) -> None:
        self._desk = desk
        self._runs = runs
        self._began = desk.clock()
        self._workers = MultiprocessRegistry.join()
        self.registry = CollectorRegistry()
        """Where this process's metrics belong."""
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
        """Bring the metrics up to date with the desk."""
        desk = self._desk
        for labels, number in desk.verification_metrics.verifications().items():
            self._advance(self._verifications.labels(*labels), number)
        self._advance(self._usage_failures, desk.verification_metrics.usage_failures)
        for labels, number in self._runs.counts().items():
            self._advance(self._job_runs.labels(*labels), number)
        for job, at in self._runs.last_success().items():
            # Not before a success of this process: a dead worker's may stand in it already.
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
        """Add what came since the last time; a dead worker's numbers may stand in it already."""
        counter.inc(number - self._copied.get(counter, 0))
        self._copied[counter] = number

    def jobs(self) -> list[Job]:
        """What lets other workers see the numbers; alone there is nothing to do."""
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
        """All metrics as of now and their content type: OpenMetrics where that is accepted.

        It takes some milliseconds for each worker, so that verifications go on beside it.
        """
        self.copy()
        encode, content_type = choose_encoder(OPENMETRICS if OPENMETRICS in accept else "")
        return await asyncio.to_thread(encode, self._everything), content_type


class _Build(Collector):
    """Which Tokendesk this is."""

    def collect(self) -> Iterable[Metric]:
        yield InfoMetricFamily(
            "tokendesk_build",
            "Versions of what runs.",
            value={"version": version("tokendesk"), "python": platform.python_version()},
        )
