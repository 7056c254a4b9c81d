"""When subscriptions end: with the right to them, and when changes may have been missed."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Final

import asyncpg
import orjson
import pytest
from websockets.exceptions import ConnectionClosed

from server.desk import Desk
from server.domain.actor import OPERATOR
from server.domain.tokens.secret_policy import Grace
from server.services.subscriptions.stream import ENDED, MISSED, SLOW
from server.services.tokens.patch import TokenPatch
from server.settings import Settings
from tests.schema.following import followed, program, rename
from tests.schema.streaming import TOKENS, Socket, events, socket
from tests.support.clock import TurnableClock
from tests.support.world import World

OVER: Final = {"message": ENDED, "extensions": {"code": "SIGN_IN_NEEDED"}}
LOST: Final = {
    "message": "This token may read its own record alone: it lacks the module MOD-1756.",
    "extensions": {"code": "NOT_ALLOWED"},
}
RESYNC: Final = {"message": MISSED, "extensions": {"code": "RESYNC"}}

End = Callable[[Desk, World, str], Awaitable[object]]


async def disable(desk: Desk, world: World, token_id: str) -> object:
    return await desk.tokens.disable(world.admin, token_id)


async def delete(desk: Desk, world: World, token_id: str) -> object:
    return await desk.tokens.delete(world.admin, token_id)


async def rotate(desk: Desk, world: World, token_id: str) -> object:
    return await desk.secrets.rotate(world.admin, token_id, Grace.NONE)


async def disable_account(desk: Desk, world: World, token_id: str) -> object:
    return await desk.accounts.disable(OPERATOR, world.client.id)


async def expire(desk: Desk, world: World, token_id: str) -> object:
    clock = desk.clock
    assert isinstance(clock, TurnableClock)
    soon = TokenPatch(expires_at=clock() + timedelta(hours=1))
    await desk.tokens.update(world.admin, token_id, soon)
    clock.advance(timedelta(hours=1))
    return None


async def ended(client: Socket, operation_id: str) -> None:
    """It must end in order: the error, then the socket."""
    message = await client.receive()
    while message["type"] == "next":  # of the very change that ends it, which may come first
        message = await client.receive()
    assert message == {"id": operation_id, "type": "error", "payload": [OVER]}
    with pytest.raises(ConnectionClosed):
        await client.receive()
    assert await client.closed() == (4403, ENDED)


@pytest.mark.parametrize("end", [disable, delete, rotate, disable_account, expire])
async def test_a_programs_subscriptions_end_with_its_token(
    end: End, desk: Desk, world: World, url: str
) -> None:
    token_id, bearer = await program(desk, world.admin)
    _, other = await program(desk, world.other_admin)
    async with (
        socket(url, bearer=bearer) as client,
        socket(url, bearer=other) as unconcerned,
        events(url, TOKENS, bearer=bearer) as stream,
    ):
        operation_id = await client.subscribe(TOKENS)
        await unconcerned.subscribe(TOKENS)
        await followed(desk, 3)
        await end(desk, world, token_id)
        await ended(client, operation_id)
        data = ""
        while "errors" not in data:
            name, data = await stream.event()
        assert (name, orjson.loads(data)) == ("next", {"errors": [OVER]})
        assert await stream.event() == ("complete", "")
        assert await unconcerned.run("{ viewer { name } }") == {"viewer": {"name": "Program"}}
        assert len(desk.changes) == 1


async def sign_out(desk: Desk, world: World, cookie: str) -> object:
    signed_in = await desk.sessions.resume(cookie, world.viewer.origin)
    assert signed_in is not None
    await desk.sessions.sign_out(cookie, signed_in)
    return None


async def deactivate(desk: Desk, world: World, cookie: str) -> object:
    return await desk.members.deactivate(world.admin, world.viewer.id)


async def be_idle(desk: Desk, world: World, cookie: str) -> object:
    clock = desk.clock
    assert isinstance(clock, TurnableClock)
    clock.advance(timedelta(hours=8))
    return None


@pytest.fixture
async def cookie(desk: Desk, world: World) -> str:
    """The viewer's session."""
    return await desk.sessions.sign_in(world.viewer_email, world.password, world.viewer.origin)


@pytest.fixture
async def signed_in_socket(url: str, cookie: str) -> AsyncIterator[Socket]:
    """A page's socket."""
    headers = {"Cookie": f"tokendesk={cookie}", "Origin": "http://desk.test"}
    async with socket(url, headers=headers) as client:
        assert await client.begin() == {"type": "connection_ack"}
        yield client


@pytest.mark.parametrize("end", [sign_out, deactivate, disable_account, be_idle])
async def test_a_persons_subscriptions_end_with_the_session(
    end: End, cookie: str, signed_in_socket: Socket, desk: Desk, world: World
) -> None:
    operation_id = await signed_in_socket.subscribe(TOKENS)
    await followed(desk)
    await end(desk, world, cookie)
    await ended(signed_in_socket, operation_id)


async def test_a_subscription_keeps_no_session_awake(
    cookie: str, signed_in_socket: Socket, desk: Desk, world: World, clock: TurnableClock
) -> None:
    operation_id = await signed_in_socket.subscribe(TOKENS)
    await followed(desk)
    token_id, _ = await program(desk, world.admin)
    for number in range(8):
        clock.advance(timedelta(hours=1) - timedelta(seconds=1))
        await rename(desk, token_id, f"Name {number}")
        assert (await signed_in_socket.change())["id"] == token_id
    clock.advance(timedelta(seconds=8))
    await ended(signed_in_socket, operation_id)


@pytest.mark.parametrize("end", [disable, delete])
async def test_no_operation_begins_after_the_end(
    end: End, desk: Desk, world: World, url: str
) -> None:
    """Also where no subscription was there to notice it."""
    token_id, bearer = await program(desk, world.admin)
    async with socket(url, bearer=bearer) as client:
        assert await client.run("{ viewer { name } }") == {"viewer": {"name": "Program"}}
        await end(desk, world, token_id)
        name = 'mutation { createTokenDraft(input: {name: "Late"}) { __typename } }'
        await ended(client, await client.subscribe(name))
    assert await desk.drafts.all(world.admin) == []


async def test_a_lost_listener_ends_all_and_they_can_begin_again(
    desk: Desk, world: World, url: str, settings: Settings
) -> None:
    token_id, bearer = await program(desk, world.admin)
    async with socket(url, bearer=bearer) as client, events(url, TOKENS, bearer=bearer) as stream:
        operation_id = await client.subscribe(TOKENS)
        await followed(desk, 2)
        if settings.uses_sqlite:
            desk.events.lose(desk.clock())
        else:
            await cut_off_listeners(settings)
        lost = {"id": operation_id, "type": "error", "payload": [RESYNC]}
        assert await client.receive() == lost
        assert orjson.loads((await stream.event())[1]) == {"errors": [RESYNC]}
        assert await stream.event() == ("complete", "")
        assert len(desk.changes) == 0
        await client.subscribe(TOKENS)
        if settings.uses_sqlite:
            desk.events.begin()
        await followed(desk)
        await rename(desk, token_id, "Heard again")
        assert (await client.change())["apiToken"]["name"] == "Heard again"


async def cut_off_listeners(settings: Settings) -> None:
    """As a network does."""
    connection = await asyncpg.connect(settings.database_location)
    try:
        cut = await connection.fetch(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND (query LIKE 'LISTEN%' OR query = 'SELECT 1')"
        )
        assert len(cut) == 1
    finally:
        await connection.close()


async def test_whoever_takes_nothing_is_let_go(desk: Desk, world: World, url: str) -> None:
    """Changes wait in the buffers of the network, then a hundred here, and then it is over."""
    token_id, bearer = await program(desk, world.admin)
    await desk.tokens.update(OPERATOR, token_id, TokenPatch(description="🤖" * 2_000))
    large = " ".join(f"d{number}: description" for number in range(15))
    query = f"subscription {{ apiTokenChanged {{ apiToken {{ {large} }} }} }}"
    async with socket(url, bearer=bearer) as client:
        operation_id = await client.subscribe(query)
        await followed(desk)
        [following] = desk.changes._followings
        number = 0
        async with asyncio.timeout(60):
            while following._ended is None:
                await rename(desk, token_id, f"Name {number}")
                number += 1
        assert len(following._waiting) == 0
        message = await client.receive()
        told = 0
        while message["type"] == "next":
            told += 1
            message = await client.receive()
        error = {"message": SLOW, "extensions": {"code": "TOO_SLOW"}}
        assert message == {"id": operation_id, "type": "error", "payload": [error]}
        assert 0 < told < number
        assert await client.run("{ viewer { name } }") == {"viewer": {"name": f"Name {number - 1}"}}
    assert len(desk.changes) == 0


async def withdraw(desk: Desk, world: World, token_id: str) -> object:
    return await desk.modules.disable(OPERATOR, "MOD-1756", world.client.id)


async def narrow(desk: Desk, world: World, token_id: str) -> object:
    only = TokenPatch(module_ids=["MOD-2001"])
    return await desk.tokens.update(world.admin, token_id, only)


@pytest.mark.parametrize("lose", [withdraw, narrow])
async def test_a_programs_subscriptions_end_with_access_management(
    lose: End, desk: Desk, world: World, url: str
) -> None:
    token_id, bearer = await program(desk, world.admin)
    async with (
        socket(url, bearer=bearer) as client,
        events(url, TOKENS, bearer=bearer) as stream,
    ):
        operation_id = await client.subscribe(TOKENS)
        await followed(desk, 2)
        await lose(desk, world, token_id)
        message = await client.receive()
        assert message == {"id": operation_id, "type": "error", "payload": [LOST]}
        name, data = await stream.event()
        assert (name, orjson.loads(data)) == ("next", {"errors": [LOST]})
        # It may say who it is as before, and is refused another subscription.
        assert await client.works()
        again = await client.subscribe(TOKENS)
        refused = await client.receive()
        assert (refused["id"], refused["type"], refused["payload"]) == (again, "error", [LOST])
        assert len(desk.changes) == 0
