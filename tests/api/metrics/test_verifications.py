"""`/metrics`: how verifications ended, what memory holds, and what of usage waits."""

from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest
from tortoise.exceptions import DBConnectionError

from server.app import create_app
from server.desk import Desk
from server.domain.tokens.secret import Secret
from server.domain.tokens.secret_policy import Grace
from server.jobs import usage_writer
from server.services.crypto.passwords import Passwords
from server.services.usage import store
from server.settings import Settings
from tests.api.programs import ask, make
from tests.api.scrapes import Scrape, scrape
from tests.support.clock import TurnableClock
from tests.support.world import World, build_world


async def verify(gateway: httpx.AsyncClient, value: str, query: str = "") -> int:
    headers = {"Authorization": f"Bearer {value}"}
    return (await gateway.get(f"/verify{query}", headers=headers)).status_code


async def test_every_end_of_a_verification_is_counted_once_with_what_it_rests_on(
    gateway: httpx.AsyncClient, desk: Desk, world: World, clock: TurnableClock
) -> None:
    live = await make(desk, world.admin, "MOD-2001")
    disabled = await make(desk, world.admin, "MOD-2001")
    await desk.tokens.disable(world.admin, disabled.id)
    rotated = await make(desk, world.admin, "MOD-2001")
    await desk.secrets.rotate(world.admin, rotated.id, Grace.NONE)
    expired = await make(desk, world.admin, "MOD-2001", days=1)
    clock.advance(timedelta(days=1))
    unknown = Secret.generate("TKN-0000-0000").reveal()
    assert (await scrape(gateway)).verifications() == {}

    async def verify_all() -> None:
        assert await verify(gateway, live.value) == 200
        assert await verify(gateway, live.value, "?module=MOD-2001") == 200
        assert await verify(gateway, live.value, "?module=MOD-2002") == 403
        for each in (disabled.value, rotated.value, expired.value, unknown):
            assert await verify(gateway, each) == 401
        assert await verify(gateway, live.value[:-1] + "!") == 401
        assert await verify(gateway, "no-token", "?module=MOD-2001") == 401
        assert (await gateway.get("/verify")).status_code == 401
        basic = {"Authorization": "Basic eDp5"}
        assert (await gateway.get("/verify", headers=basic)).status_code == 401

    def told(source: str, times: int, **more: int) -> dict[tuple[str, str], int]:
        each = ["disabled", "rotated", "expired", "unknown", "insufficient_scope"]
        looked_up = {(outcome, source): times for outcome in each} | {("valid", source): 2 * times}
        return {key: number + more.get(key[0], 0) for key, number in looked_up.items()}

    await verify_all()
    unread = {("invalid", "form"): 2, ("missing", "nothing"): 2}
    assert (await scrape(gateway)).verifications() == told("database", 1) | unread

    desk.events.begin()
    await verify_all()
    await verify_all()
    unread = {("invalid", "form"): 6, ("missing", "nothing"): 6}
    # The first look at each token filled the memory; of the live one it was the first of three.
    database = {key: number + 1 for key, number in told("database", 1).items()}
    database |= {("valid", "database"): 3, ("insufficient_scope", "database"): 1}
    memory = told("memory", 1) | {("valid", "memory"): 3, ("insufficient_scope", "memory"): 2}
    assert (await scrape(gateway)).verifications() == database | memory | unread


async def test_programs_and_what_they_ask_about_are_verifications_too(
    gateway: httpx.AsyncClient, desk: Desk, world: World
) -> None:
    ours = await make(desk, world.admin, "MOD-2001")
    assert (await ask(gateway, ours, ours.value)).json()["active"] is True
    query = {"query": "{ account { id } }"}
    answer = await gateway.post("/graphql", json=query, headers=ours.bearer)
    assert answer.json()["data"]["account"]["id"] == world.client.id
    assert (await scrape(gateway)).verifications() == {("valid", "database"): 3}


@pytest.fixture
async def forgiving(
    settings: Settings, clock: TurnableClock, quick_passwords: Passwords
) -> AsyncIterator[Desk]:
    """A desk that goes on with its memory for half a minute, and remembers one world."""
    allowed = settings.model_copy(update={"outage_grace": 30})
    desk = Desk.build(allowed, clock, quick_passwords)
    await desk.open()
    desk.events.begin()
    yield desk
    await desk.close()


async def test_answers_given_during_an_outage_are_told_apart(
    forgiving: Desk, clock: TurnableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = await build_world(forgiving)
    live = await make(forgiving, world.admin, "MOD-2001")
    forgotten = await make(forgiving, world.admin, "MOD-2001")
    transport = httpx.ASGITransport(create_app(forgiving))
    async with httpx.AsyncClient(transport=transport, base_url="http://desk.test") as gateway:
        assert await verify(gateway, live.value) == 200

        async def fail(_: str) -> None:
            raise DBConnectionError("gone")

        monkeypatch.setattr(forgiving.verifier, "_rows", fail)
        forgiving.events.lose(clock())
        assert await verify(gateway, live.value) == 200
        assert await verify(gateway, live.value, "?module=MOD-2002") == 403
        assert await verify(gateway, forgotten.value) == 503
        clock.advance(timedelta(seconds=29))
        assert await verify(gateway, live.value) == 200
        during = await scrape(gateway)
        clock.advance(timedelta(seconds=1))
        assert await verify(gateway, live.value) == 503
        after = await scrape(gateway)
    assert during.verifications() == {
        ("valid", "database"): 1,
        ("valid", "outage"): 2,
        ("insufficient_scope", "outage"): 1,
        ("unavailable", "nothing"): 1,
    }
    assert during.value("tokendesk_changes_heard") == 0
    assert during.value("tokendesk_changes_unheard_seconds") == 29
    assert after.verifications()["unavailable", "nothing"] == 2
    assert after.value("tokendesk_changes_unheard_seconds") == 30


async def test_memory_and_hearing_are_told_as_they_are(
    gateway: httpx.AsyncClient, desk: Desk, world: World, clock: TurnableClock
) -> None:
    token = await make(desk, world.admin, "MOD-2001")
    clock.advance(timedelta(seconds=7))

    def state(seen: Scrape) -> tuple[float, float, float]:
        return (
            seen.value("tokendesk_changes_heard"),
            seen.value("tokendesk_changes_unheard_seconds"),
            seen.value("tokendesk_tokens_remembered"),
        )

    assert state(await scrape(gateway)) == (0, 7, 0)
    desk.events.begin()
    await verify(gateway, token.value)
    assert state(await scrape(gateway)) == (1, 0, 1)
    desk.events.lose(clock())
    clock.advance(timedelta(seconds=3))
    assert state(await scrape(gateway)) == (0, 3, 1)


async def test_usage_that_waits_and_failures_to_write_it_are_told(
    gateway: httpx.AsyncClient, desk: Desk, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = await make(desk, world.admin, "MOD-2001")
    names = ("tokendesk_usage_waiting", "tokendesk_usage_write_failures_total")

    async def told() -> list[float]:
        seen = await scrape(gateway)
        return [seen.value(name) for name in names]

    assert await told() == [0, 0]
    await verify(gateway, token.value)
    assert await told() == [1, 0]

    async def fail(_: object) -> None:
        raise DBConnectionError("gone")

    real_write = store.write
    monkeypatch.setattr(store, "write", fail)
    for _ in range(2):
        with pytest.raises(DBConnectionError):
            await usage_writer.write(desk)
    assert await told() == [1, 2]
    monkeypatch.setattr(store, "write", real_write)
    await usage_writer.write(desk)
    assert await told() == [0, 2]
