"""`/verify`: who may pass, who may not, and what each is told."""

from datetime import timedelta

import httpx
import pytest

from server.desk import Desk
from server.domain.actor import OPERATOR
from server.domain.tokens.lifecycle import TokenState
from server.domain.tokens.secret import Secret
from server.models.accounts import Account
from server.models.tokens import Token
from tests.support.clock import TurnableClock
from tests.support.world import World

INVALID = {"active": False, "error": "The token is invalid."}
CHALLENGE = 'Bearer error="invalid_token", error_description="The token is invalid."'


async def make(desk: Desk, world: World, **wish: object) -> tuple[str, str]:
    """A token of the client with two modules: its id and value."""
    modules = [world.modules.access.id, world.modules.billing.id]
    minted = await desk.tokens.create(
        world.admin,
        name="Robot Ünit 🤖",
        module_ids=modules,
        expires_at=desk.clock() + timedelta(days=1) if wish.get("expires") else None,
    )
    assert minted.secret is not None
    return minted.token.id, minted.secret.reveal()


async def ask(gateway: httpx.AsyncClient, value: str, query: str = "") -> httpx.Response:
    """One request with a bearer."""
    return await gateway.get(f"/verify{query}", headers={"Authorization": f"Bearer {value}"})


async def test_a_valid_token_passes_with_its_identity(
    gateway: httpx.AsyncClient, desk: Desk, world: World
) -> None:
    token_id, value = await make(desk, world, expires=True)
    answer = await ask(gateway, value)
    until = (desk.clock() + timedelta(days=1)).isoformat()
    assert answer.status_code == 200
    assert answer.json() == {
        "active": True,
        "tokenId": token_id,
        "tokenName": "Robot Ünit 🤖",
        "accountId": world.client.id,
        "accountType": "client",
        "modules": ["MOD-1756", "MOD-2001"],
        "expiresAt": until,
    }
    headers = {key.decode().lower(): text.decode() for key, text in answer.headers.raw}
    assert headers["x-token-id"] == token_id
    assert headers["x-token-name"] == "Robot %C3%9Cnit %F0%9F%A4%96"
    assert headers["x-account-id"] == world.client.id
    assert headers["x-account-type"] == "client"
    assert headers["x-token-modules"] == "MOD-1756,MOD-2001"
    assert headers["x-token-expires-at"] == until
    assert headers["cache-control"] == "no-store"


async def test_modules_asked_for_must_all_be_granted(
    gateway: httpx.AsyncClient, desk: Desk, world: World
) -> None:
    _, value = await make(desk, world)
    both = "?module=MOD-1756&module=MOD-2001"
    assert (await ask(gateway, value, both)).status_code == 200
    refused = await ask(gateway, value, "?module=MOD-1756&module=MOD-2002")
    assert refused.status_code == 403
    assert refused.headers["www-authenticate"] == (
        'Bearer error="insufficient_scope", scope="MOD-2002", '
        'error_description="The token is not granted the module asked for."'
    )
    for odd in ("?module=", "?module=billing", "?module=MOD-1756%00", "?module=mod-1756"):
        assert (await ask(gateway, value, odd)).status_code == 400


async def test_a_withdrawn_module_is_gone_at_once(
    gateway: httpx.AsyncClient, desk: Desk, world: World
) -> None:
    _, value = await make(desk, world)
    await desk.modules.disable(OPERATOR, "MOD-2001", world.client.id)
    answer = await ask(gateway, value)
    assert answer.headers["x-token-modules"] == "MOD-1756"
    assert (await ask(gateway, value, "?module=MOD-2001")).status_code == 403


async def test_what_is_not_a_right_secret_is_told_nothing(
    gateway: httpx.AsyncClient, desk: Desk, world: World
) -> None:
    token_id, value = await make(desk, world)
    other_id, _ = await make(desk, world)
    changed = value[:-10] + ("A" if value[-10] != "A" else "B") + value[-9:]
    wrong = [
        changed,
        value[:-1],
        value + "x",
        value.lower(),
        Secret.generate("TKN-0000-0000").reveal(),
        Secret.generate(token_id).reveal(),
        value.replace(token_id, other_id),
        "x" * 100_000,
        "idt:",
        "é".encode().decode("latin-1"),
    ]
    for text in wrong:
        headers = [(b"authorization", b"Bearer " + text.encode("latin-1"))]
        answer = await gateway.get("/verify", headers=headers)
        assert answer.status_code == 401
        assert answer.json() == INVALID
        assert answer.headers["www-authenticate"] == CHALLENGE


@pytest.mark.parametrize(
    ("credentials", "status"),
    [
        ([b"Bearer {value}"], 200),
        ([b"bearer {value}"], 200),
        ([b"BEARER   {value} "], 200),
        ([b"Basic {value}"], 401),
        ([b"{value}"], 401),
        ([b"Bearer"], 401),
        ([b"Bearer {value} {value}"], 401),
        ([b"Bearer {value}", b"Bearer {value}"], 401),
        ([b"Bearer {value}", b"Bearer x"], 401),
        ([b""], 401),
    ],
)
async def test_only_one_bearer_header_counts(
    gateway: httpx.AsyncClient, desk: Desk, world: World, credentials: list[bytes], status: int
) -> None:
    _, value = await make(desk, world)
    headers = [(b"authorization", text.replace(b"{value}", value.encode())) for text in credentials]
    assert (await gateway.get("/verify", headers=headers)).status_code == status


async def test_a_token_in_the_query_is_never_accepted(
    gateway: httpx.AsyncClient, desk: Desk, world: World
) -> None:
    _, value = await make(desk, world)
    for name in ("token", "access_token", "authorization"):
        answer = await gateway.get("/verify", params={name: value})
        assert answer.status_code == 400
        assert answer.json()["active"] is False
        appended = await gateway.get("/verify", params={"path": "/", name: value})
        assert (appended.status_code, appended.headers["www-authenticate"]) == (401, "Bearer")


async def test_a_right_secret_is_told_why_it_is_refused(
    gateway: httpx.AsyncClient, desk: Desk, world: World, clock: TurnableClock
) -> None:
    token_id, value = await make(desk, world, expires=True)

    async def told() -> str:
        answer = await ask(gateway, value)
        assert answer.status_code == 401
        message: str = answer.json()["error"]
        return message

    await Token.filter(id=token_id).update(state=TokenState.DISABLED)
    assert await told() == "The token is disabled."
    await Token.filter(id=token_id).update(state=TokenState.ACTIVE)
    await Account.filter(id=world.client.id).update(active=False)
    assert await told() == "The token is disabled."
    await Account.filter(id=world.client.id).update(active=True)
    assert (await ask(gateway, value)).status_code == 200
    clock.advance(timedelta(days=1))
    assert await told() == "The token is expired."
    await Token.filter(id=token_id).update(state=TokenState.DELETED)
    assert await told() == "The token is invalid."


async def test_a_program_acts_within_its_modules(
    gateway: httpx.AsyncClient, desk: Desk, world: World
) -> None:
    _, manager = await make(desk, world)
    minted = await desk.tokens.create(world.admin, name="Reader", module_ids=["MOD-2001"])
    assert minted.secret is not None
    create = """mutation { createApiToken(input: {name: "Made", moduleIds: ["MOD-2001"]}) {
        __typename ... on UserError { message } ... on CreateApiTokenPayload { secret } } }"""

    async def run(value: str) -> dict[str, str]:
        headers = {"Authorization": f"Bearer {value}"}
        answer = await gateway.post("/graphql", json={"query": create}, headers=headers)
        result: dict[str, str] = answer.json()["data"]["createApiToken"]
        return result

    assert await run(minted.secret.reveal()) == {
        "__typename": "NotAllowedError",
        "message": "This token may not manage tokens: it lacks the module MOD-1756.",
    }
    assert await Token.all().count() == 2
    made = await run(manager)
    assert made["__typename"] == "CreateApiTokenPayload"
    assert (await ask(gateway, made["secret"])).status_code == 200


async def test_health(gateway: httpx.AsyncClient) -> None:
    assert (await gateway.get("/healthz")).json() == {"status": "live"}
    assert (await gateway.get("/readyz")).json() == {"status": "ready"}
