"""The bench's side of the process that uses tokens: see `hammer.py`."""

import asyncio
import multiprocessing
from collections.abc import Sequence
from typing import Final

from tests.benchmarks import hammer
from tests.benchmarks.processes import Served, sockets

CONNECTIONS: Final = 2
"""To each worker, in the mean: which of them takes which is the system's choice."""

TRIES: Final = 20
ANSWER_WITHIN_SECONDS: Final = 30


class Hammer:
    """One such process. To be made and used in a running event loop."""

    def __init__(self, ports: Sequence[int]) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=hammer.work, args=(theirs, ports), daemon=True)
        self._process.start()
        theirs.close()
        self._expected: dict[str, asyncio.Future[float | None]] = {}
        asyncio.get_running_loop().add_reader(self._pipe.fileno(), self._hear)

    async def connected(self) -> None:
        """Wait until every connection has had an answer."""
        await self._answer("connected")

    async def watch(self, key: str, request: bytes) -> None:
        """Use it from now on; returns when every connection has seen it accepted."""
        self._pipe.send((key, request))
        await self._answer(key)

    async def end(self, key: str) -> float:
        """Use it once more; when the last request accepted was sent, by `time.monotonic()`."""
        self._pipe.send((key, None))
        last_accepted = await self._answer(key)
        assert last_accepted is not None, "the first answer was waited for"
        return last_accepted

    def stop(self) -> None:
        """End the process."""
        asyncio.get_running_loop().remove_reader(self._pipe.fileno())
        self._process.kill()
        self._process.join()
        self._pipe.close()

    async def _answer(self, key: str) -> float | None:
        self._expected[key] = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(ANSWER_WITHIN_SECONDS):
                return await self._expected[key]
        except TimeoutError:
            raise RuntimeError(f"nothing was heard of {key}") from None

    def _hear(self) -> None:
        try:
            while self._pipe.poll():
                key, said = self._pipe.recv()
                self._expected.pop(key).set_result(said)
        except (EOFError, ConnectionResetError):
            asyncio.get_running_loop().remove_reader(self._pipe.fileno())
            for waiting in self._expected.values():
                waiting.set_exception(RuntimeError("the hammer broke: see above"))


async def at_all_workers(servers: Sequence[Served]) -> Hammer:
    """A hammer with connections to each worker of all servers."""
    workers = {pid: served.port for served in servers for pid in served.workers}
    ports = [port for port in workers.values() for _ in range(CONNECTIONS)]
    for _ in range(TRIES):
        before = {pid: sockets(pid) for pid in workers}
        made = Hammer(ports)
        await made.connected()
        taken = [sockets(pid) - count for pid, count in before.items()]
        if sum(taken) == len(ports) and all(taken):
            return made
        made.stop()
    raise RuntimeError(f"one of the workers took no connection, {TRIES} times in turn")
