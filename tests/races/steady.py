"""Services that ask `/verify` without a pause, and keep every answer that they got."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import NamedTuple

import httpx


class Answer(NamedTuple):
    """What of an answer tells right from wrong; None where a header or reason is missing."""

    status: int
    error: str | None = None
    outage: str | None = None
    retry_after: str | None = None


class Steady:
    """One service for each secret. Each question comes on a connection of its own, so that all
    workers are asked."""

    def __init__(self, url: str, secrets: Mapping[str, str]) -> None:
        self._url = url
        self._secrets = secrets
        self._over = False
        self.answers: dict[str, list[Answer]] = {name: [] for name in secrets}

    async def ask(self, name: str) -> None:
        """One service's work, until it is told to stop; its last question is answered too."""
        limits = httpx.Limits(max_keepalive_connections=0)
        headers = {"Authorization": f"Bearer {self._secrets[name]}"}
        async with httpx.AsyncClient(
            base_url=self._url, limits=limits, headers=headers, timeout=30
        ) as client:
            while not self._over:
                answer = await client.get("/verify")
                self.answers[name].append(
                    Answer(
                        answer.status_code,
                        answer.json().get("error"),
                        answer.headers.get("X-Tokendesk-Outage"),
                        answer.headers.get("Retry-After"),
                    )
                )

    def stop(self) -> None:
        """Tell all services to stop."""
        self._over = True

    async def until(self, wanted: Mapping[str, Answer], rounds: int, seconds: float = 60) -> None:
        """Wait until the last answers, so many from now on, are these and no others."""
        already = {name: len(answers) for name, answers in self.answers.items()}
        try:
            async with asyncio.timeout(seconds):
                while not all(
                    len(answers) - already[name] >= rounds
                    and set(answers[-rounds:]) == {wanted[name]}
                    for name, answers in self.answers.items()
                ):
                    await asyncio.sleep(0.01)
        except TimeoutError:
            latest = {name: set(answers[-rounds:]) for name, answers in self.answers.items()}
            raise AssertionError(f"still answered otherwise: {latest}") from None


@asynccontextmanager
async def asking(url: str, secrets: Mapping[str, str]) -> AsyncIterator[Steady]:
    """Services at work for this block; what breaks them breaks it."""
    steady = Steady(url, secrets)
    async with asyncio.TaskGroup() as services:
        for name in secrets:
            services.create_task(steady.ask(name))
        try:
            yield steady
        finally:
            steady.stop()
