"""What subscriptions tell: each change once, in order, to those alone who may see it."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import orjson
import pytest

from server.desk import Desk
from server.domain.actor import OPERATOR, Actor
from server.domain.tokens.secret_policy import Grace
from server.services.tokens.lifecycle import Tokens
from server.services.tokens.patch import TokenPatch
from server.services.tokens.views import TokenView
from tests.schema.following import followed, program, rename
from tests.schema.streaming import RECORDS, TOKENS, Socket, events, socket
from tests.support.world import World


@pytest.fixture
async def follower(desk: Desk, world: World, url: str) -> AsyncIterator[Socket]:
    """A program that hears of the tokens of its account."""
    _, bearer = await program(desk, world.admin, "MOD-1756")
    async with socket(url, bearer=bearer) as client:
        await client.subscribe(TOKENS)
        await followed(desk)
        yield client


async def test_the_life_of_a_token_is_told_each_change_once_and_in_order(
    follower: Socket, desk: Desk, world: World
) -> None:
    minted = await desk.tokens.create(world.admin, name="Robot", module_ids=["MOD-2001"])
    token_id = minted.token.id
    await rename(desk, token_id, "Other")
    await desk.tokens.disable(world.admin, token_id)
    await desk.tokens.enable(world.admin, token_id)
    await desk.secrets.rotate(world.admin, token_id, Grace.ONE_HOUR)
    await desk.secrets.end_grace(world.admin, token_id)
    told = [await follower.change() for _ in range(6)]
    assert [(each["id"], each["event"]) for each in told] == [
        (token_id, "token.created"),
        (token_id, "token.updated"),
        (token_id, "token.disabled"),
        (token_id, "token.enabled"),
        (token_id, "token.rotated"),
        (token_id, "token.grace_ended"),
    ]
    now = {"id": token_id, "name": "Other", "status": "ACTIVE"}
    assert told[-1]["apiToken"] == now, "the token is told as it is, not as it was"
    await desk.tokens.delete(world.admin, token_id)
    gone = {"id": token_id, "event": "token.deleted", "apiToken": None}
    assert await follower.change() == gone


async def test_records_are_told_as_they_stand_in_the_trail(
    desk: Desk, world: World, url: str
) -> None:
    token_id, bearer = await program(desk, world.admin)
    async with events(url, RECORDS, bearer=bearer) as stream:
        await followed(desk)
        for number in range(60):
            await rename(desk, token_id, f"Name {number}")
        told = [await stream.change() for _ in range(60)]
    first = told[0]["position"]
    assert [each["position"] for each in told] == list(range(first, first + 60))
    assert [each["object"] for each in told] == [
        {"id": token_id, "name": f"Name {number}"} for number in range(60)
    ]


async def test_nobody_hears_of_another_account_but_operations(
    desk: Desk, world: World, url: str
) -> None:
    await desk.modules.enable(OPERATOR, "MOD-1756", world.operations.id)
    people = {"client": world.viewer_email, "vendor": world.other_admin_email}
    async with AsyncExitStack() as stack:
        sockets = {}
        for name, email in people.items():
            cookie = await desk.sessions.sign_in(email, world.password, world.admin.origin)
            follower = socket(
                url, headers={"Cookie": f"tokendesk={cookie}", "Origin": "http://desk.test"}
            )
            sockets[name] = await stack.enter_async_context(follower)
            assert await sockets[name].begin() == {"type": "connection_ack"}
        _, bearer = await program(desk, world.operations_admin)
        sockets["operations"] = await stack.enter_async_context(socket(url, bearer=bearer))
        actors = {"client": world.admin, "vendor": world.other_admin}
        ids = {name: (await program(desk, actor))[0] for name, actor in actors.items()}
        for each in sockets.values():
            await each.subscribe(TOKENS)

        await followed(desk, 3)
        for name in ("client", "vendor"):
            await rename(desk, ids[name], f"of {name}")
        await rename(desk, ids["client"], "of client again")
        heard = [(await sockets["operations"].change())["id"] for _ in range(3)]
        assert heard == [ids["client"], ids["vendor"], ids["client"]]
        assert [(await sockets["client"].change())["id"] for _ in range(2)] == 2 * [ids["client"]]
        assert (await sockets["vendor"].change())["apiToken"]["name"] == "of vendor"


async def test_one_token_is_followed_and_must_be_there(desk: Desk, world: World, url: str) -> None:
    one, bearer = await program(desk, world.admin)
    other, _ = await program(desk, world.admin)
    foreign, _ = await program(desk, world.other_admin)
    gone, _ = await program(desk, world.admin)
    await desk.tokens.delete(world.admin, gone)
    query = TOKENS.replace("{ change", "($id: ID!) { change").replace("Changed", "Changed(id: $id)")
    async with socket(url, bearer=bearer) as client:
        for unseen, why in {
            foreign: f"There is no API token {foreign}.",
            "nonsense \u0000": "There is no API token nonsense \u0000.",
            gone: f"API token {gone} was deleted. The audit trail tells when and by whom.",
        }.items():
            operation_id = await client.subscribe(query, id=unseen)
            error = {"message": why, "extensions": {"code": "NOT_FOUND"}}
            refused = {"id": operation_id, "type": "error", "payload": [error]}
            assert await client.receive() == refused
        await client.subscribe(query, id=one)
        await followed(desk)
        await rename(desk, other, "not told")
        await rename(desk, one, "told")
        assert (await client.change())["apiToken"]["name"] == "told"


@pytest.mark.parametrize(
    ("narrow", "expected"),
    [
        ('event: "token.disabled"', ["token.disabled"]),
        ('objectId: "{token}"', ["token.disabled", "token.enabled"]),
        ('objectId: "{token}", event: "token.enabled"', ["token.enabled"]),
        ('accountId: "{account}", event: "token.enabled"', ["token.enabled"]),
        ('accountId: "ACC-0000-0000"', []),
    ],
)
async def test_records_can_be_narrowed(
    narrow: str, expected: list[str], desk: Desk, world: World, url: str
) -> None:
    token_id, _ = await program(desk, world.admin)
    _, bearer = await program(desk, world.admin)
    wanted = narrow.format(token=token_id, account=world.client.id)
    query = RECORDS.replace("Added", f"Added(filter: {{{wanted}}})")
    async with events(url, query, bearer=bearer) as narrowed:
        await followed(desk)
        await desk.tokens.disable(world.admin, token_id)
        await desk.tokens.enable(world.admin, token_id)
        told = [(await narrowed.change())["event"] for _ in expected]
        desk.changes.close()
        name, data = await narrowed.event()
        assert (told, name, "RESYNC" in data) == (expected, "next", True), "and no other"


async def test_nobody_may_not_follow(world: World, url: str) -> None:
    message = "Sign in, or send a token as Authorization: Bearer."
    async with events(url, TOKENS) as stream:
        error = {"message": message, "extensions": {"code": "SIGN_IN_NEEDED"}}
        assert orjson.loads((await stream.event())[1]) == {"errors": [error]}
        assert await stream.event() == ("complete", "")
    async with socket(url) as client:
        await client.send({"type": "connection_init"})
        assert await client.closed() == (
            4403,
            "Sign in, or send a token as Authorization: Bearer in connection_init.",
        )


async def test_a_change_reads_the_token_anew_for_each_event(
    desk: Desk, world: World, url: str
) -> None:
    """What an earlier event looked up is not what a later one tells."""
    token_id, bearer = await program(desk, world.admin)
    query = """subscription { change: apiTokenChanged { apiToken { name
        account { enabledModules { id } } auditTrail(first: 1) { totalCount } } } }"""
    async with socket(url, bearer=bearer) as client:
        await client.subscribe(query)
        await followed(desk)
        counts = []
        for number in range(3):
            await rename(desk, token_id, f"Name {number}")
            change = await client.change()
            assert change["apiToken"]["name"] == f"Name {number}"
            counts.append(change["apiToken"]["auditTrail"]["totalCount"])
        assert counts == [counts[0], counts[0] + 1, counts[0] + 2]


async def test_each_event_is_read_as_whom_the_caller_is_by_then(
    desk: Desk, world: World, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    token_id, bearer = await program(desk, world.admin)
    read_with: list[frozenset[str]] = []
    get = type(desk.tokens).get

    async def noting(tokens: Tokens, actor: Actor, asked_id: str) -> TokenView:
        if actor.id == token_id:  # the change itself reads as well, as someone else
            read_with.append(actor.module_ids)
        return await get(tokens, actor, asked_id)

    monkeypatch.setattr(type(desk.tokens), "get", noting)
    async with socket(url, bearer=bearer) as client:
        await client.subscribe(TOKENS)
        await followed(desk)
        modules = TokenPatch(module_ids=["MOD-1756", "MOD-2001"])
        await desk.tokens.update(world.admin, token_id, modules)
        await client.change()
        assert read_with == [{"MOD-1756", "MOD-2001"}]


async def test_a_crash_is_masked_and_the_stream_goes_on(
    desk: Desk,
    world: World,
    url: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    token_id, bearer = await program(desk, world.admin)
    query = "subscription { change: apiTokenChanged { id apiToken { name oldSecrets { works } } } }"
    async with socket(url, bearer=bearer) as client:
        await client.subscribe(query)
        await followed(desk)
        with monkeypatch.context() as patched:

            async def crash(*_: object) -> None:
                raise RuntimeError("a secret of the inside")

            patched.setattr(type(desk.token_batches), "old_secrets", crash)
            await rename(desk, token_id, "First")
            message = await client.receive()
        [error] = message["payload"]["errors"]
        assert (message["type"], error["extensions"]) == ("next", {"code": "INTERNAL"})
        assert "inside" not in str(message)
        crash_id = error["message"].removeprefix("Internal error ").removesuffix(".")
        assert f"crash {crash_id}" in caplog.text
        await rename(desk, token_id, "Second")
        assert (await client.change())["apiToken"]["name"] == "Second"


async def test_a_crash_of_the_stream_itself_is_masked(
    desk: Desk,
    world: World,
    url: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    _, bearer = await program(desk, world.admin)

    def crash(*_: object) -> None:
        raise RuntimeError("a secret of the inside")

    monkeypatch.setattr(type(desk.changes), "follow", crash)
    async with socket(url, bearer=bearer) as client:
        await client.subscribe(TOKENS)
        message = await client.receive()
        [error] = message["payload"]
        assert (message["type"], error["extensions"]) == ("error", {"code": "INTERNAL"})
        assert await client.run("{ viewer { name } }") == {"viewer": {"name": "Program"}}
    async with events(url, TOKENS, bearer=bearer) as stream:
        _, data = await stream.event()
        assert orjson.loads(data)["errors"][0]["extensions"] == {"code": "INTERNAL"}
        assert await stream.event() == ("complete", "")
    assert "inside" not in str(message) + data
    assert caplog.text.count("crash ") == 2
