"""Asking `/metrics`, and reading what it says as Prometheus does."""

import httpx
from prometheus_client.parser import text_string_to_metric_families

Labels = frozenset[tuple[str, str]]


class Scrape:
    """One answer: values by name and labels."""

    def __init__(self, text: str) -> None:
        self._values: dict[tuple[str, Labels], float] = {}
        for family in text_string_to_metric_families(text):
            for sample in family.samples:
                key = sample.name, frozenset(sample.labels.items())
                assert key not in self._values, f"{key} stands there twice"
                self._values[key] = sample.value

    def value(self, name: str, **labels: str) -> float:
        return self._values[name, frozenset(labels.items())]

    def all(self, name: str) -> dict[Labels, float]:
        """All that is told under a name, by labels."""
        return {labels: value for (each, labels), value in self._values.items() if each == name}

    def verifications(self) -> dict[tuple[str, str], int]:
        """By outcome and source, without those that never were."""
        return {
            (dict(labels)["outcome"], dict(labels)["source"]): int(value)
            for labels, value in self.all("tokendesk_verifications_total").items()
            if value
        }


async def scrape(client: httpx.AsyncClient) -> Scrape:
    answer = await client.get("/metrics")
    assert answer.status_code == 200, answer.text
    return Scrape(answer.text)
