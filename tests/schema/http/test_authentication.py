"""Who asks, and whether they still may: tokens, sessions and nobody, in requests and sockets."""

from datetime import timedelta
from typing import Any

import pytest

from schema.base.context import Context
from schema.base.request_headers import RequestHeaders
from schema.http.authentication import Authenticator, ForeignPage, InvalidToken
from server.desk import Desk
from server.domain.actor import OPERATOR, ActorKind, Role
from server.models.accounts import Session
from server.models.tokens import Token
from tests.support.clock import TurnableClock
from tests.support.world import ORIGIN, World


def connection(**headers: str) -> RequestHeaders:
    """A request's or socket's head."""
    sent = {"host": "desk.test", "user-agent": ORIGIN.user_agent} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    raw = [(name.encode(), value.encode()) for name, value in sent.items()]
    return RequestHeaders.of({"type": "http", "headers": raw, "client": (ORIGIN.address, 1)})


@pytest.fixture
def callers(desk: Desk) -> Authenticator:
    return Authenticator(desk)


@pytest.fixture
async def cookie(desk: Desk, world: World) -> str:
    """The administrator's session."""
    value = await desk.sessions.sign_in(world.admin_email, world.password, ORIGIN)
    return f"tokendesk={value}"


@pytest.fixture
async def secret(desk: Desk, world: World) -> str:
    """A program's token, not used yet."""
    minted = await desk.tokens.create(world.admin, name="Robot", module_ids=["MOD-1756"])
    assert minted.secret is not None
    return minted.secret.reveal()


async def test_the_three_kinds_of_callers(
    callers: Authenticator, world: World, cookie: str, secret: str
) -> None:
    nobody = await callers.of_request(connection())
    assert (nobody.actor.kind, nobody.actor.origin) == (ActorKind.NOBODY, ORIGIN)
    person = await callers.of_request(connection(cookie=cookie))
    assert (person.actor.id, person.actor.origin) == (world.admin.id, ORIGIN)
    program = await callers.of_request(connection(authorization=f"Bearer {secret}", cookie=cookie))
    assert (program.actor.kind, program.signed_in) == (ActorKind.TOKEN, None)
    assert program.actor.account_id == world.client.id


@pytest.mark.parametrize("key", ["Authorization", "authorization", "AUTHORIZATION"])
async def test_a_socket_may_bring_its_token_in_its_first_message(
    callers: Authenticator, cookie: str, secret: str, key: str
) -> None:
    head = connection(cookie=cookie, sec_fetch_site="same-origin")
    context = await callers.of_socket(head, {key: f"Bearer {secret}", "other": 1})
    assert context.actor.kind is ActorKind.TOKEN


@pytest.mark.parametrize("payload", [None, {}, {"other": "x"}, [], "Authorization"])
async def test_else_its_handshake_counts(
    callers: Authenticator, world: World, cookie: str, payload: object
) -> None:
    context = await callers.of_socket(connection(cookie=cookie), payload)
    assert context.actor.id == world.admin.id


WRONG: list[Any] = ["", "Bearer", "Bearer x", "Basic eDp5", 1, None, ["Bearer x"], {}]


@pytest.mark.parametrize("credentials", WRONG)
async def test_a_wrong_token_is_never_somebody_else(
    callers: Authenticator, cookie: str, credentials: Any
) -> None:
    with pytest.raises(InvalidToken):
        await callers.of_socket(connection(cookie=cookie), {"Authorization": credentials})
    if isinstance(credentials, str):
        with pytest.raises(InvalidToken):
            await callers.of_request(connection(cookie=cookie, authorization=credentials))


async def test_a_token_and_its_double_are_ambiguous(callers: Authenticator, secret: str) -> None:
    both = {"Authorization": f"Bearer {secret}", "authorization": f"Bearer {secret}"}
    with pytest.raises(InvalidToken):
        await callers.of_socket(connection(), both)


@pytest.mark.parametrize("headers", [{"sec_fetch_site": "cross-site"}, {"origin": "http://a.test"}])
async def test_a_cookie_counts_for_our_own_pages_alone(
    callers: Authenticator, cookie: str, secret: str, headers: dict[str, str]
) -> None:
    with pytest.raises(ForeignPage):
        await callers.of_request(connection(cookie=cookie, **headers))
    with pytest.raises(ForeignPage):
        await callers.of_socket(connection(cookie=cookie, **headers), {})
    context = await callers.of_request(connection(authorization=f"Bearer {secret}", **headers))
    assert context.actor.kind is ActorKind.TOKEN


async def test_asking_again_is_no_use_and_no_sign_of_life(
    callers: Authenticator, desk: Desk, clock: TurnableClock, cookie: str, secret: str
) -> None:
    person = await callers.of_request(connection(cookie=cookie))
    program = await callers.of_request(connection(authorization=f"Bearer {secret}"))
    await desk.usage.write()
    used_at = (await Token.get(id=program.actor.id)).last_access_at
    seen_at = (await Session.get()).seen_at
    clock.advance(timedelta(hours=2))
    for context in (person, program):
        again = await context.recheck()
        assert again is not None
        assert again is not context
        assert again.actor == context.actor
    await desk.usage.write()
    assert (await Token.get(id=program.actor.id)).last_access_at == used_at
    assert (await Session.get()).seen_at == seen_at
    clock.advance(timedelta(hours=6))
    assert await program.recheck() is not None
    assert await person.recheck() is None, "eight hours without the person"


async def test_who_was_shut_out_is_not_valid_any_more(
    callers: Authenticator, desk: Desk, world: World, cookie: str, secret: str
) -> None:
    person = await callers.of_request(connection(cookie=cookie))
    program = await callers.of_request(connection(authorization=f"Bearer {secret}"))
    nobody = await callers.of_request(connection())
    await desk.tokens.disable(world.admin, program.actor.id)
    assert await program.recheck() is None
    await desk.tokens.enable(world.admin, program.actor.id)
    assert await program.recheck() is not None
    await desk.tokens.delete(world.admin, program.actor.id)
    assert await program.recheck() is None
    assert person.signed_in is not None
    await desk.sessions.sign_out(person.cookie, person.signed_in)
    assert await person.recheck() is None
    assert await nobody.recheck() is not None


async def test_a_caller_has_the_rights_of_the_moment(
    callers: Authenticator, desk: Desk, world: World, cookie: str
) -> None:
    await desk.members.invite(
        OPERATOR, "second@client.example", "Second", Role.ADMINISTRATOR, world.client.id
    )
    person = await callers.of_request(connection(cookie=cookie))
    assert person.actor.may_manage_tokens
    await desk.members.set_role(OPERATOR, person.actor.id, Role.VIEWER, world.client.id)
    again = await person.recheck()
    assert again is not None
    assert not again.actor.may_manage_tokens


async def test_a_context_shows_no_secret(callers: Authenticator, cookie: str, secret: str) -> None:
    for context in (
        await callers.of_request(connection(cookie=cookie)),
        await callers.of_request(connection(authorization=f"Bearer {secret}")),
    ):
        assert isinstance(context, Context)
        assert secret[-20:] not in repr(context)
        assert cookie.partition("=")[2] not in repr(context)
