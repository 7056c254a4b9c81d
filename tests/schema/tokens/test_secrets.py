"""Secrets by GraphQL: rotated with a grace, ended early, and shown again to people alone."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from server.desk import Desk
from server.domain.actor import OPERATOR
from server.domain.tokens.secret_policy import Grace, RevealPolicy
from tests.schema.conftest import Client
from tests.schema.operations import OLD_SECRETS, mutation
from tests.support.clock import TurnableClock
from tests.support.evidence import dump, records
from tests.support.world import World

ROTATE = mutation("rotateApiToken", f"apiToken {{ id version {OLD_SECRETS} }} secret")
END_GRACE = mutation("endApiTokenGrace", f"id {OLD_SECRETS}")
REVEAL = mutation("revealApiTokenSecret", "secret")

ASKS = {
    "__typename": "ConfirmationRequiredError",
    "message": "Confirm your password to see the secret.",
    "path": [],
    "code": "CONFIRM_PASSWORD",
}
WRONG = ASKS | {"message": "The password is wrong.", "path": ["input", "password"]}


@pytest.fixture
async def token(desk: Desk, world: World) -> tuple[str, str]:
    """A token of the client and its value."""
    minted = await desk.tokens.create(world.admin, name="Robot", module_ids=["MOD-1756"])
    assert minted.secret is not None
    return minted.token.id, minted.secret.reveal()


async def passes(http: httpx.AsyncClient, secret: str) -> bool:
    """Whether the desk's own API accepts a value."""
    bearer = {"Authorization": f"Bearer {secret}"}
    answer = await http.post("/graphql", json={"query": "{ viewer { id } }"}, headers=bearer)
    assert answer.status_code in {200, 401}
    return answer.status_code == 200


@pytest.mark.parametrize("grace", Grace)
async def test_both_secrets_work_until_the_deadline(
    grace: Grace,
    admin: Client,
    token: tuple[str, str],
    http: httpx.AsyncClient,
    clock: TurnableClock,
) -> None:
    token_id, old = token
    result = await admin.result(ROTATE, id=token_id, grace=grace.name)
    new, until = result["secret"], (clock() + grace.span).isoformat().replace("+00:00", "Z")
    works = grace is not Grace.NONE
    secret = {"acceptedUntil": until, "works": works, "lastUsedAt": None, "refusedAt": None}
    assert result == {
        "__typename": "RotateApiTokenPayload",
        "apiToken": {"id": token_id, "version": 2, "oldSecrets": [secret]},
        "secret": new,
    }
    assert new != old
    assert (await passes(http, new), await passes(http, old)) == (True, works)
    if works:
        clock.advance(grace.span - timedelta(microseconds=1))
        assert (await passes(http, new), await passes(http, old)) == (True, True)
        clock.advance(timedelta(microseconds=1))
    assert (await passes(http, new), await passes(http, old)) == (True, False)


async def test_a_grace_is_ended_early(
    admin: Client, token: tuple[str, str], http: httpx.AsyncClient, clock: TurnableClock
) -> None:
    token_id, old = token
    await admin.result(ROTATE, id=token_id, grace="ONE_WEEK")
    assert await passes(http, old)
    ended = await admin.result(END_GRACE, id=token_id)
    assert ended["id"] == token_id
    [secret] = ended["oldSecrets"]
    assert (secret["acceptedUntil"], secret["works"]) == ("2030-03-14T09:26:53.589793Z", False)
    assert not await passes(http, old)


async def test_a_grace_needs_one_of_its_words(
    admin: Client, token: tuple[str, str], desk: Desk
) -> None:
    before = await dump(desk)
    for grace in ("1h", "TWO_HOURS", None, 3_600):
        [error] = (await admin.send(ROTATE, input={"id": token[0], "grace": grace}))["errors"]
        assert error["extensions"] == {"code": "BAD_REQUEST"}
    assert await dump(desk) == before


async def test_a_fresh_sign_in_sees_the_value(
    admin: Client, token: tuple[str, str], desk: Desk, clock: TurnableClock, world: World
) -> None:
    token_id, secret = token
    shown = {"__typename": "RevealApiTokenSecretPayload", "secret": secret}
    clock.advance(timedelta(minutes=5))
    assert await admin.result(REVEAL, id=token_id) == shown
    clock.advance(timedelta(seconds=1))
    assert await admin.result(REVEAL, id=token_id) == ASKS
    assert await admin.result(REVEAL, id=token_id, password=world.password) == shown
    clock.advance(timedelta(minutes=5))
    assert await admin.result(REVEAL, id=token_id) == shown
    events = [record.event for record in await records(desk, of=token_id)]
    assert events == ["token.created", *["token.secret_revealed"] * 3]
    own = [record.event for record in await records(desk, of=world.admin.id)]
    assert own[-1] == "user.password_confirmed"


async def test_a_wrong_password_shows_nothing_and_is_recorded(
    admin: Client, token: tuple[str, str], desk: Desk, clock: TurnableClock, world: World
) -> None:
    clock.advance(timedelta(minutes=6))
    for wrong in ("guess", "", world.password + " "):
        assert await admin.result(REVEAL, id=token[0], password=wrong) == WRONG
    assert await admin.result(REVEAL, id=token[0]) == ASKS
    assert [record.event for record in await records(desk, of=token[0])] == ["token.created"]
    own = [record.event for record in await records(desk, of=world.admin.id)]
    assert own[-3:] == ["user.sign_in_failed"] * 3


async def test_guessing_is_throttled(admin: Client, token: tuple[str, str], world: World) -> None:
    several = " ".join(
        f"""a{number}: revealApiTokenSecret(input: {{id: "{token[0]}", password: "{number}"}}) {{
            __typename ... on UserError {{ code }} }}"""
        for number in range(10)
    )
    guessed = await admin.run(f"mutation {{ {several} }}")
    assert {each["code"] for each in guessed.values()} == {"CONFIRM_PASSWORD"}
    assert await admin.result(REVEAL, id=token[0], password=world.password) == {
        "__typename": "TooManyAttemptsError",
        "message": "Too many attempts to sign in. Wait 15 minutes, or use a one-time link.",
        "path": [],
        "code": "TOO_MANY",
        "retryAfterSeconds": 900,
    }


NO_PERSON = "A secret is shown only to administrators of the token's account."
VIEWER = "Only administrators of the account may do this. You are a viewer."
REFUSED = [
    ("manager", "NOT_ALLOWED", NO_PERSON),
    ("operations", "NOT_ALLOWED", NO_PERSON),
    ("viewer", "NOT_ALLOWED", VIEWER),
    ("reader", "NOT_ALLOWED", "This token may not manage tokens: it lacks the module MOD-1756."),
    ("other_admin", "NOT_FOUND", "There is no API token {id}."),
]


@pytest.mark.parametrize(("who", "code", "message"), REFUSED)
async def test_others_see_no_value_even_with_a_right_password(
    who: str,
    code: str,
    message: str,
    signed_in: dict[str, Client],
    programs: dict[str, Client],
    token: tuple[str, str],
    world: World,
    desk: Desk,
) -> None:
    client = (signed_in | programs)[who]
    for password in ({}, {"password": world.password}):
        result: dict[str, Any] = await client.result(REVEAL, id=token[0], **password)
        assert (result["code"], result["message"]) == (code, message.format(id=token[0]))
    assert [record.event for record in await records(desk, of=token[0])] == ["token.created"]


async def test_a_value_that_is_not_kept_is_not_shown(
    admin: Client, token: tuple[str, str], desk: Desk, world: World
) -> None:
    await desk.accounts.set_reveal(OPERATOR, world.client.id, RevealPolicy.ONCE)
    before = await dump(desk)
    refused = {"__typename": "IllegalStateError", "path": [], "code": "ILLEGAL_STATE"}
    once = "This account shows a secret only once, when the token is made."
    assert await admin.result(REVEAL, id=token[0]) == refused | {"message": once}
    assert await dump(desk) == before
    await desk.accounts.set_reveal(OPERATOR, world.client.id, RevealPolicy.ALWAYS)
    before = await dump(desk)
    gone = "The value was not kept and cannot be shown."
    assert await admin.result(REVEAL, id=token[0]) == refused | {"message": gone}
    assert await dump(desk) == before


async def test_a_deleted_token_has_no_value(
    admin: Client, token: tuple[str, str], desk: Desk
) -> None:
    await desk.tokens.delete(OPERATOR, token[0])
    before = await dump(desk)
    assert await admin.result(REVEAL, id=token[0]) == {
        "__typename": "NotFoundError",
        "message": f"API token {token[0]} was deleted. The audit trail tells when and by whom.",
        "path": [],
        "code": "NOT_FOUND",
    }
    assert await dump(desk) == before
