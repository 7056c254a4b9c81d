"""The jobs of the running application: none ends with a bug of its own or of another."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from server.app import create_app
from server.desk import Desk
from server.jobs import failures
from server.services.events.bus import ChangeEvent, Subscriber
from server.services.events.listener import ChangeListener
from server.services.sign_in.sessions import Sessions
from server.services.tokens.drafts import Drafts
from server.services.usage import recorder, store
from tests.jobs.scripted import PATIENCE_SECONDS
from tests.support.factories import made, text_of
from tests.support.world import ORIGIN, World


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(failures, "FIRST_BACKOFF_SECONDS", 0.001)
    monkeypatch.setattr(recorder, "WRITE_EVERY_SECONDS", 0.01)


class Failing:
    """Stands in for a method: raises `ValueError` the first few times."""

    def __init__(self, times: int, then: Callable[..., Awaitable[object]]) -> None:
        self._times = times
        self._then = then
        self.calls = 0
        self.recovered = asyncio.Event()

    async def __call__(self, *arguments: object, **options: object) -> object:
        self.calls += 1
        if self.calls <= self._times:
            raise ValueError("a bug")
        answer = await self._then(*arguments, **options)
        self.recovered.set()
        return answer


def fail(monkeypatch: pytest.MonkeyPatch, owner: object, name: str, times: int = 2) -> Failing:
    failing = Failing(times, getattr(owner, name))

    async def method(*arguments: object, **options: object) -> object:
        return await failing(*arguments, **options)

    monkeypatch.setattr(owner, name, method)
    return failing


async def test_each_of_the_sweeps_is_done_whichever_fails(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.close()
    drafts = fail(monkeypatch, Drafts, "sweep")
    sessions = fail(monkeypatch, Sessions, "sweep", times=0)
    rolled_up = fail(monkeypatch, recorder.UsageRecorder, "roll_up", times=0)
    app = create_app(desk)
    async with asyncio.timeout(PATIENCE_SECONDS), app.router.lifespan_context(app):
        await sessions.recovered.wait()
        await rolled_up.recovered.wait()
        await drafts.recovered.wait()
    assert drafts.calls == 3
    await desk.open()


async def test_usage_goes_on_being_written_after_a_bug(
    desk: Desk, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    minted = await made(desk, world.admin)
    await desk.close()
    writing = fail(monkeypatch, store, "write")
    app = create_app(desk)
    async with asyncio.timeout(PATIENCE_SECONDS), app.router.lifespan_context(app):
        await desk.verifier.verify(text_of(minted), used_from=ORIGIN)
        await writing.recovered.wait()
        while desk.usage.waiting:
            await asyncio.sleep(0)
    assert desk.verification_metrics.usage_failures == 2
    await desk.open()


async def test_who_fails_to_take_a_change_in_has_all_memories_forget_and_hears_the_next(
    desk: Desk, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL's driver would log such a bug and go on, with the change missed."""
    await desk.close()
    told: list[str] = []
    heard: list[str] = []

    def hear(news: ChangeEvent) -> None:
        heard.append(news.event)
        if len(heard) == 1:
            raise ValueError("a bug")

    follower = Subscriber(hear, lambda: told.append("begun"), lambda: told.append("lost"))
    desk.events.follow(follower)
    app = create_app(desk)
    async with asyncio.timeout(PATIENCE_SECONDS), app.router.lifespan_context(app):
        while told != ["begun"]:
            await asyncio.sleep(0)
        await desk.accounts.rename(world.admin, world.client.id, "Red Client")
        while told != ["begun", "lost", "begun"]:
            await asyncio.sleep(0)
        await desk.accounts.rename(world.admin, world.client.id, "Green Client")
        while heard != ["account.renamed", "account.renamed"]:
            await asyncio.sleep(0)
    await desk.open()


async def test_a_listener_that_raises_is_started_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.close()
    real = ChangeListener._poll if desk.database.file is not None else ChangeListener._wait
    calls = 0

    async def listen(self: ChangeListener) -> None:
        nonlocal calls
        calls += 1
        if calls == 1:
            self._events.begin()
            raise ValueError("a bug")
        assert not self._events.is_synced, "memory is not believed meanwhile"
        await real(self)

    monkeypatch.setattr(ChangeListener, "_poll", listen)
    monkeypatch.setattr(ChangeListener, "_wait", listen)
    app = create_app(desk)
    async with asyncio.timeout(PATIENCE_SECONDS), app.router.lifespan_context(app):
        while not (calls == 2 and desk.events.is_synced):
            await asyncio.sleep(0)
    await desk.open()
