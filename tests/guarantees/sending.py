"""Requests whose answers are watched: none is a 5xx, and none holds the event loop."""

import asyncio
from datetime import timedelta
from typing import Any, Final

import httpx

from tests.guarantees.loop_steps import Steps, slowness
from tests.support.clock import TurnableClock

LONGEST_STEP: Final = 0.1
"""Seconds of CPU, on a machine as fast as `slowness` knows."""
ATTEMPTS: Final = 4
"""What is done once, or on a busy machine, is not the text's."""


class Sender:
    """Sends requests and keeps what was wrong with an answer, or took too long."""

    def __init__(self, client: httpx.AsyncClient, steps: Steps, clock: TurnableClock) -> None:
        self.client = client
        self.wrong: list[str] = []
        self.statuses: set[int] = set()
        self._steps = steps
        self._clock = clock

    async def send(self, label: str, method: str, url: str, **more: Any) -> None:
        """Send it, again where a step was long, as only what is long each time is the text's."""
        longest = []
        for _ in range(ATTEMPTS):
            # Nothing is refused for having been tried too often.
            self._clock.advance(timedelta(seconds=1))
            request = self.client.build_request(method, url, **more)
            self._steps.begin()
            try:
                async with asyncio.timeout(5):
                    answer = await self.client.send(request)
            except TimeoutError:
                return  # a stream that goes on
            longest.append(self._steps.longest)
            self.statuses.add(answer.status_code)
            if answer.status_code >= 500:
                self.wrong.append(f"{label}: {answer.status_code}")
                return
            if longest[-1] <= LONGEST_STEP or longest[-1] <= LONGEST_STEP * slowness():
                return
        self.wrong.append(f"{label}: {min(longest):.3f} s")
