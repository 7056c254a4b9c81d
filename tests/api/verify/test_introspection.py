"""`/oauth/introspect` and its metadata: who is told what about which token."""

from datetime import timedelta

import httpx
import pytest

from server.desk import Desk
from server.domain.actor import OPERATOR
from server.domain.tokens.secret import Secret
from server.domain.tokens.secret_policy import Grace
from server.models.tokens import Token, TokenSecret
from server.models.usage import UsageCount
from tests.api.programs import INVALID, Program, ask, make
from tests.support.clock import TurnableClock
from tests.support.evidence import dump
from tests.support.world import World

INACTIVE = b'{"active":false}'


@pytest.fixture
async def ours(desk: Desk, world: World) -> Program:
    """A program of the client, in Billing alone; it may manage nothing."""
    return await make(desk, world.admin, "MOD-2001")


@pytest.fixture
async def theirs(desk: Desk, world: World) -> Program:
    """A program of the vendor."""
    return await make(desk, world.other_admin, "MOD-2003")


@pytest.fixture
async def operations(desk: Desk, world: World) -> Program:
    """A program of the Operations account."""
    await desk.modules.enable(OPERATOR, "MOD-2004", world.operations.id)
    return await make(desk, world.operations_admin, "MOD-2004")


async def test_a_token_of_ones_own_account_is_told(
    gateway: httpx.AsyncClient, desk: Desk, world: World, ours: Program
) -> None:
    asked = await make(desk, world.admin, "MOD-2002", "MOD-1756", days=1)
    answer = await ask(gateway, ours, asked.value)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json() == {
        "active": True,
        "sub": asked.id,
        "client_id": world.client.id,
        "scope": "MOD-1756 MOD-2002",
        "exp": int((asked.created_at + timedelta(days=1)).timestamp()),
        "iat": int(asked.created_at.timestamp()),
        "token_type": "Bearer",
        "username": "Robot Ünit 🤖",
    }
    assert {type(answer.json()[name]) for name in ("exp", "iat")} == {int}


async def test_a_token_without_an_end_has_no_exp(
    gateway: httpx.AsyncClient, world: World, ours: Program
) -> None:
    told = (await ask(gateway, ours, ours.value)).json()
    assert set(told) == {"active", "sub", "client_id", "scope", "iat", "token_type", "username"}


async def test_operations_programs_are_told_of_every_account(
    gateway: httpx.AsyncClient, world: World, operations: Program, ours: Program, theirs: Program
) -> None:
    told = [(await ask(gateway, operations, each.value)).json() for each in (ours, theirs)]
    assert [(each["sub"], each["client_id"]) for each in told] == [
        (ours.id, world.client.id),
        (theirs.id, world.vendor.id),
    ]


async def test_other_accounts_are_told_as_little_as_of_a_token_that_never_was(
    gateway: httpx.AsyncClient, ours: Program, theirs: Program, operations: Program
) -> None:
    texts = [
        theirs.value,
        operations.value,
        Secret.generate("TKN-0000-0000").reveal(),
        Secret.generate(ours.id).reveal(),
        ours.value[:-1] + ("A" if ours.value[-1] != "A" else "B"),
        ours.value.replace(ours.id, theirs.id),
        ours.value + " ",
        f"Bearer {ours.value}",
        ours.id,
        "x",
        "x" * 9_000,
        "é",
        "\x00",
        "😀",
    ]
    answers = [await ask(gateway, ours, text) for text in texts]
    assert {(each.status_code, each.content) for each in answers} == {(200, INACTIVE)}
    assert len({tuple(each.headers.raw) for each in answers}) == 1


async def test_whatever_would_not_pass_is_inactive_and_no_more(
    gateway: httpx.AsyncClient, desk: Desk, world: World, ours: Program, clock: TurnableClock
) -> None:
    disabled = await make(desk, world.admin, "MOD-2001")
    await desk.tokens.disable(world.admin, disabled.id)
    deleted = await make(desk, world.admin, "MOD-2001")
    await desk.tokens.delete(world.admin, deleted.id)
    rotated = await make(desk, world.admin, "MOD-2001")
    await desk.secrets.rotate(world.admin, rotated.id, Grace.NONE)
    expired = await make(desk, world.admin, "MOD-2001", days=1)
    assert (await ask(gateway, ours, expired.value)).json()["active"] is True
    clock.advance(timedelta(days=1))
    for dead in (disabled, deleted, rotated, expired):
        answer = await ask(gateway, ours, dead.value)
        assert (answer.status_code, answer.content) == (200, INACTIVE)


async def test_a_disabled_accounts_tokens_are_inactive(
    gateway: httpx.AsyncClient, desk: Desk, world: World, operations: Program, ours: Program
) -> None:
    await desk.accounts.disable(OPERATOR, world.client.id)
    assert (await ask(gateway, operations, ours.value)).content == INACTIVE
    refused = await ask(gateway, ours, ours.value)
    assert (refused.status_code, refused.headers["www-authenticate"]) == (401, INVALID)


async def test_a_rotated_out_secret_ends_with_its_grace_and_never_after_the_token(
    gateway: httpx.AsyncClient, desk: Desk, world: World, ours: Program
) -> None:
    async def end_after_rotation(days: int | None) -> tuple[int, int | None]:
        token = await make(desk, world.admin, "MOD-2001", days=days)
        minted = await desk.secrets.rotate(world.admin, token.id, Grace.ONE_WEEK)
        assert minted.secret is not None
        old = (await ask(gateway, ours, token.value)).json()
        new = (await ask(gateway, ours, minted.secret.reveal())).json()
        return old["exp"], new.get("exp")

    def after(days: int) -> int:
        return int((desk.clock() + timedelta(days=days)).timestamp())

    assert await end_after_rotation(None) == (after(7), None)
    assert await end_after_rotation(30) == (after(7), after(30))
    assert await end_after_rotation(2) == (after(2), after(2))


async def test_a_withdrawn_module_is_not_in_the_scope(
    gateway: httpx.AsyncClient, desk: Desk, world: World
) -> None:
    both = await make(desk, world.admin, "MOD-2001", "MOD-2002")
    await desk.modules.disable(OPERATOR, "MOD-2002", world.client.id)
    assert (await ask(gateway, both, both.value)).json()["scope"] == "MOD-2001"
    await desk.modules.disable(OPERATOR, "MOD-2001", world.client.id)
    told = (await ask(gateway, both, both.value)).json()
    assert (told["active"], "scope" in told) == (True, False)


async def test_it_is_a_use_of_the_callers_token_and_not_of_the_other(
    gateway: httpx.AsyncClient, desk: Desk, world: World, ours: Program, clock: TurnableClock
) -> None:
    asked = await make(desk, world.admin, "MOD-2001")
    rotated = await make(desk, world.admin, "MOD-2001")
    await desk.secrets.rotate(world.admin, rotated.id, Grace.NONE)
    before = await dump(desk)
    now = clock.advance(timedelta(minutes=5))
    assert (await ask(gateway, ours, asked.value)).json()["active"] is True
    assert (await ask(gateway, ours, rotated.value)).content == INACTIVE
    await desk.usage.write()
    used = {str(token.id): token.last_access_at for token in await Token.all()}
    assert used == {ours.id: now, asked.id: None, rotated.id: None}
    secrets = await TokenSecret.filter(token_id__in=[asked.id, rotated.id])
    assert {(each.last_used_at, each.refused_at) for each in secrets} == {(None, None)}
    counts = [(each.token_id, each.outcome, each.calls) for each in await UsageCount.all()]
    assert counts == [(ours.id, "valid", 2)]
    assert (await dump(desk))["audit_records"] == before["audit_records"]


async def test_the_metadata_says_where_and_how_and_promises_nothing_else(
    gateway: httpx.AsyncClient,
) -> None:
    answer = await gateway.get("/.well-known/oauth-authorization-server")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    assert answer.json() == {
        "issuer": "http://desk.test",
        "response_types_supported": [],
        "grant_types_supported": [],
        "introspection_endpoint": "http://desk.test/oauth/introspect",
        "introspection_endpoint_auth_methods_supported": ["Bearer"],
    }
    wrong = await gateway.post("/.well-known/oauth-authorization-server")
    assert wrong.status_code == 405


async def test_asking_is_no_use_of_the_module_that_manages_tokens(
    gateway: httpx.AsyncClient, desk: Desk, world: World
) -> None:
    manager = await make(desk, world.admin, "MOD-1756")
    assert (await ask(gateway, manager, manager.value)).json()["active"] is True
    await desk.usage.write()
    [use] = (await desk.usage.for_token(world.viewer, manager.id)).modules
    assert (use.module.id, use.asked_at) == ("MOD-1756", None)
