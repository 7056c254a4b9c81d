"""Who may read `/metrics`: this machine, and programs of Operations accounts."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import httpx
import pytest
from tortoise.exceptions import DBConnectionError

from server.app import create_app
from server.desk import Desk
from server.domain.actor import OPERATOR
from server.services.crypto.passwords import Passwords
from server.settings import Settings
from tests.api.programs import INVALID, Program, make
from tests.api.scrapes import scrape
from tests.support.clock import TurnableClock
from tests.support.world import World, build_world

FAR = "203.0.113.9"
HERE = ("127.0.0.1", "127.8.9.10", "::1", "::ffff:127.0.0.1")


@asynccontextmanager
async def client_at(desk: Desk, address: str | None) -> AsyncIterator[httpx.AsyncClient]:
    """A client whose connection comes from an address; None for one without, as of a socket."""
    app = create_app(desk)

    async def placed(scope, receive, send) -> None:  # type: ignore[no-untyped-def]
        client = None if address is None else (address, 4711)
        await app({**scope, "client": client}, receive, send)

    transport = httpx.ASGITransport(placed)
    async with httpx.AsyncClient(transport=transport, base_url="http://desk.test") as client:
        yield client


@pytest.fixture
async def operations(desk: Desk, world: World) -> Program:
    """A program of the Operations account that may manage nothing."""
    return await operations_program(desk, world)


async def operations_program(desk: Desk, world: World) -> Program:
    await desk.modules.enable(OPERATOR, "MOD-2004", world.operations.id)
    return await make(desk, world.operations_admin, "MOD-2004")


@pytest.mark.parametrize("address", HERE)
async def test_this_machine_needs_no_token(desk: Desk, address: str) -> None:
    async with client_at(desk, address) as client:
        await scrape(client)
        wrong = await client.get("/metrics", headers={"Authorization": "Bearer x"})
        assert wrong.status_code == 200


@pytest.mark.parametrize("address", [FAR, "10.0.0.7", "192.168.1.1", "::2", "testclient", "", None])
async def test_every_other_machine_does(desk: Desk, world: World, address: str | None) -> None:
    async with client_at(desk, address) as client:
        answer = await client.get("/metrics")
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
        assert answer.headers["content-type"] == "text/plain; charset=utf-8"
        assert answer.text == (
            "Ask from this machine, or send a token of an Operations account as "
            "Authorization: Bearer.\n"
        )


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"])
async def test_a_proxy_on_this_machine_is_not_this_machine(
    desk: Desk, world: World, header: str, operations: Program
) -> None:
    ours = await make(desk, world.admin, "MOD-2001")
    async with client_at(desk, "127.0.0.1") as client:
        asked = {header: "127.0.0.1"}
        assert (await client.get("/metrics", headers=asked)).status_code == 401
        assert (await client.get("/metrics", headers=asked | ours.bearer)).status_code == 403
        assert (await client.get("/metrics", headers=asked | operations.bearer)).status_code == 200


async def test_programs_of_operations_may_read_from_everywhere(
    desk: Desk, world: World, operations: Program, clock: TurnableClock
) -> None:
    async with client_at(desk, FAR) as client:
        allowed = await client.get("/metrics", headers=operations.bearer)
        assert allowed.status_code == 200
        assert "x-tokendesk-outage" not in allowed.headers
        await desk.tokens.disable(world.operations_admin, operations.id)
        refused = await client.get("/metrics", headers=operations.bearer)
        assert (refused.status_code, refused.headers["www-authenticate"]) == (401, INVALID)
        assert refused.text == "The token is invalid.\n"


async def test_programs_of_other_accounts_may_not(desk: Desk, world: World) -> None:
    async with client_at(desk, FAR) as client:
        for admin, module in ((world.admin, "MOD-1756"), (world.other_admin, "MOD-2003")):
            theirs = await make(desk, admin, module)
            answer = await client.get("/metrics", headers=theirs.bearer)
            assert answer.status_code == 403
            assert answer.text == "Only tokens of an Operations account may read this.\n"


async def test_a_signed_in_person_needs_a_token_as_well(desk: Desk, world: World) -> None:
    async with client_at(desk, FAR) as client:
        form = {"email": world.operations_email, "password": world.password}
        assert (await client.post("/sign-in", data=form)).status_code == 303
        assert (await client.get("/metrics")).status_code == 401
        for wrong in ("Bearer", "Bearer x", "Basic eDp5", "bearer idt:TKN-0000-0000:é"):
            headers = {b"Authorization": wrong.encode()}
            assert (await client.get("/metrics", headers=headers)).status_code == 401


@pytest.mark.parametrize("grace_seconds", [0, 30])
async def test_while_storage_is_away_this_machine_still_reads_and_others_as_at_verify(
    settings: Settings,
    clock: TurnableClock,
    quick_passwords: Passwords,
    monkeypatch: pytest.MonkeyPatch,
    grace_seconds: int,
) -> None:
    allowed = settings.model_copy(update={"outage_grace": grace_seconds})
    desk = Desk.build(allowed, clock, quick_passwords)
    await desk.open()
    try:
        program = await operations_program(desk, await build_world(desk))
        desk.events.begin()
        async with client_at(desk, FAR) as far, client_at(desk, "::1") as here:
            assert (await far.get("/metrics", headers=program.bearer)).status_code == 200

            async def fail(_: str) -> None:
                raise DBConnectionError("gone")

            monkeypatch.setattr(desk.verifier, "_rows", fail)
            desk.events.lose(clock())
            answer = await far.get("/metrics", headers=program.bearer)
            if grace_seconds:
                assert answer.status_code == 200
                assert answer.headers["x-tokendesk-outage"] == "answered from memory"
                clock.advance(timedelta(seconds=grace_seconds))
                answer = await far.get("/metrics", headers=program.bearer)
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
            assert answer.text == "Tokendesk cannot reach its storage right now.\n"
            await scrape(here)
    finally:
        await desk.close()
