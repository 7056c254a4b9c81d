"""`/oauth/introspect` while the database is away: 503, or for as long as allowed from memory."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import httpx
import pytest
from tortoise.exceptions import DBConnectionError

from server.app import create_app
from server.desk import Desk
from server.domain.tokens.secret import Secret
from server.services.crypto.passwords import Passwords
from server.settings import Settings
from tests.api.programs import INVALID, Program, ask, make
from tests.support.clock import TurnableClock
from tests.support.world import build_world

AWAY = {"error_description": "Tokendesk cannot reach its storage right now."}


@dataclass(frozen=True)
class Outage:
    """A desk without its database, and tokens: all remembered but `forgotten`."""

    gateway: httpx.AsyncClient
    ours: Program
    asked: Program
    disabled: Program
    foreign: Program
    forgotten: Program


async def start(desk: Desk, gateway: httpx.AsyncClient, patch: pytest.MonkeyPatch) -> Outage:
    await desk.open()
    world = await build_world(desk)
    desk.events.begin()
    outage = Outage(
        gateway,
        ours=await make(desk, world.admin, "MOD-2001", days=1),
        asked=await make(desk, world.admin, "MOD-2001", days=1),
        disabled=await make(desk, world.admin, "MOD-2001"),
        foreign=await make(desk, world.other_admin, "MOD-2003"),
        forgotten=await make(desk, world.admin, "MOD-2001"),
    )
    await desk.tokens.disable(world.admin, outage.disabled.id)
    for each in (outage.ours, outage.asked, outage.disabled, outage.foreign):
        await desk.verifier.verify(each.value)

    async def fail(_: str) -> None:
        raise DBConnectionError("gone")

    patch.setattr(desk.verifier, "_rows", fail)
    desk.events.lose(desk.clock())
    return outage


@pytest.fixture
async def outage(
    request: pytest.FixtureRequest,
    settings: Settings,
    clock: TurnableClock,
    quick_passwords: Passwords,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[Outage]:
    """By its parameter: for how many seconds memory may be used."""
    allowed = settings.model_copy(update={"outage_grace": request.param})
    desk = Desk.build(allowed, clock, quick_passwords)
    transport = httpx.ASGITransport(create_app(desk))
    async with httpx.AsyncClient(transport=transport, base_url="http://desk.test") as gateway:
        try:
            yield await start(desk, gateway, monkeypatch)
        finally:
            await desk.close()


def must_be_away(answer: httpx.Response) -> None:
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert answer.json() == AWAY
    assert answer.headers["cache-control"] == "no-store"
    assert "x-tokendesk-outage" not in answer.headers


@pytest.mark.parametrize("outage", [0], indirect=True)
async def test_without_leave_memory_is_not_asked(outage: Outage) -> None:
    for each in (outage.asked, outage.disabled, outage.forgotten):
        must_be_away(await ask(outage.gateway, outage.ours, each.value))
    must_be_away(await ask(outage.gateway, outage.ours, "no-token"))


@pytest.mark.parametrize("outage", [30], indirect=True)
async def test_what_memory_knows_is_told_and_marked(outage: Outage, clock: TurnableClock) -> None:
    for _ in range(2):
        answer = await ask(outage.gateway, outage.ours, outage.asked.value)
        assert answer.status_code == 200
        assert answer.headers["x-tokendesk-outage"] == "answered from memory"
        assert (answer.json()["active"], answer.json()["sub"]) == (True, outage.asked.id)
        clock.advance(timedelta(seconds=29))
    must_be_away(await ask(outage.gateway, outage.ours, outage.asked.value))


@pytest.mark.parametrize("outage", [30], indirect=True)
async def test_what_would_not_pass_is_inactive_and_marked(outage: Outage) -> None:
    for text in (outage.disabled.value, "no-token"):
        answer = await ask(outage.gateway, outage.ours, text)
        assert (answer.status_code, answer.content) == (200, b'{"active":false}')
        assert answer.headers["x-tokendesk-outage"] == "answered from memory"


@pytest.mark.parametrize("outage", [200_000], indirect=True)
async def test_facts_from_memory_are_judged_anew(outage: Outage, clock: TurnableClock) -> None:
    clock.advance(timedelta(days=1))
    expired = await ask(outage.gateway, outage.ours, outage.asked.value)
    assert (expired.status_code, expired.headers["www-authenticate"]) == (401, INVALID)


@pytest.mark.parametrize("outage", [30], indirect=True)
async def test_foreign_wrong_and_forgotten_are_one_answer(outage: Outage) -> None:
    for text in (
        outage.foreign.value,
        outage.forgotten.value,
        Secret.generate(outage.asked.id).reveal(),
        Secret.generate("TKN-0000-0000").reveal(),
    ):
        must_be_away(await ask(outage.gateway, outage.ours, text))


@pytest.mark.parametrize("outage", [30], indirect=True)
async def test_callers_are_judged_from_memory_as_well(outage: Outage) -> None:
    must_be_away(await ask(outage.gateway, outage.forgotten, outage.asked.value))
    refused = await ask(outage.gateway, outage.disabled, outage.asked.value)
    assert (refused.status_code, refused.headers["www-authenticate"]) == (401, INVALID)


@pytest.mark.parametrize("outage", [30], indirect=True)
async def test_an_outage_is_noted_without_the_token(
    outage: Outage, caplog: pytest.LogCaptureFixture
) -> None:
    await ask(outage.gateway, outage.ours, outage.asked.value)
    await ask(outage.gateway, outage.ours, outage.forgotten.value)
    assert caplog.text.count("answered from memory while storage fails: DBConnectionError") == 3
    assert caplog.text.count("storage failed: DBConnectionError: gone") == 1
    for each in (outage.ours, outage.asked, outage.forgotten):
        assert each.value not in caplog.text
