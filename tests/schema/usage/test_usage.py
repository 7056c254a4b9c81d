"""`tokenUsage` and `ApiToken.usage`: exact numbers, for whoever may see the token."""

from datetime import timedelta
from typing import Any

import pytest

from server.desk import Desk
from server.domain.verification.verdict import Grant, Outcome
from tests.schema.conftest import Client
from tests.support.clock import TurnableClock
from tests.support.factories import made, text_of
from tests.support.world import ORIGIN, World

USAGE = """accepted refused
    points { start accepted refused refusals { reason calls } }
    lastCalls { outcome at address userAgent }
    moduleRequests { module { id } withdrawn lastAskedAt }"""
BY_ID = f"""query ($id: ID!, $from: DateTime, $to: DateTime, $step: UsageStep! = DAY) {{
    usage: tokenUsage(id: $id, from: $from, to: $to, step: $step) {{ {USAGE} }} }}"""
LARGE = 5_000_000_000
"""More than an Int holds."""


@pytest.fixture
async def token_id(desk: Desk, world: World, clock: TurnableClock) -> str:
    """A token that was used yesterday and just now."""
    minted = await made(desk, world.admin)
    grant = (await desk.verifier.verify(text_of(minted))).grant
    assert isinstance(grant, Grant)
    note, now = desk.usage.note, clock()
    note(grant, Outcome.VALID, (), ORIGIN, now - timedelta(days=1), calls=LARGE)
    note(grant, Outcome.VALID, ["MOD-1756"], ORIGIN, now, calls=3)
    note(grant, Outcome.INSUFFICIENT_SCOPE, (), ORIGIN, now - timedelta(hours=1), calls=2)
    await desk.usage.write()
    return minted.token.id


def point(start: str, accepted: int, refused: int = 0) -> dict[str, Any]:
    refusals = [{"reason": "INSUFFICIENT_SCOPE", "calls": refused}] if refused else []
    return {"start": start, "accepted": accepted, "refused": refused, "refusals": refusals}


@pytest.mark.parametrize("who", ["viewer", "admin", "operations"])
async def test_usage_is_exact(who: str, signed_in: dict[str, Client], token_id: str) -> None:
    wish = {"from": "2030-03-13T12:00:00Z", "to": "2030-03-15T00:00:00Z"}
    usage = (await signed_in[who].run(BY_ID, id=token_id, **wish))["usage"]
    call = {"address": ORIGIN.address, "userAgent": ORIGIN.user_agent}
    assert usage == {
        "accepted": LARGE + 3,
        "refused": 2,
        "points": [point("2030-03-13T00:00:00Z", LARGE), point("2030-03-14T00:00:00Z", 3, 2)],
        "lastCalls": [
            {"outcome": "ACCEPTED", "at": "2030-03-14T09:26:53.589793Z", **call},
            {"outcome": "INSUFFICIENT_SCOPE", "at": "2030-03-14T08:26:53.589793Z", **call},
        ],
        "moduleRequests": [
            {
                "module": {"id": "MOD-1756"},
                "withdrawn": False,
                "lastAskedAt": "2030-03-14T09:26:53.589793Z",
            }
        ],
    }


async def test_hours_and_what_is_told_unasked(admin: Client, token_id: str) -> None:
    hours = (await admin.run(BY_ID, id=token_id, step="HOUR"))["usage"]["points"]
    assert len(hours) == 24
    assert hours[-2:] == [point("2030-03-14T08:00:00Z", 0, 2), point("2030-03-14T09:00:00Z", 3)]
    asked = f"query ($id: ID!) {{ apiToken(id: $id) {{ usage {{ {USAGE} }} }} }}"
    days = (await admin.run(asked, id=token_id))["apiToken"]["usage"]
    assert days == (await admin.run(BY_ID, id=token_id))["usage"]
    assert (len(days["points"]), days["accepted"]) == (30, LARGE + 3)


async def test_who_sees_none(
    signed_in: dict[str, Client], programs: dict[str, Client], nobody: Client, token_id: str
) -> None:
    assert await signed_in["other_admin"].run(BY_ID, id=token_id) == {"usage": None}
    for unknown in ("TKN-0000-0000", "nonsense", "\u0000"):
        assert await signed_in["admin"].run(BY_ID, id=unknown) == {"usage": None}
    assert (await programs["manager"].run(BY_ID, id=token_id))["usage"]["refused"] == 2
    [error] = (await programs["reader"].send(BY_ID, id=token_id))["errors"]
    assert error["extensions"] == {"code": "NOT_ALLOWED"}
    [error] = (await nobody.send(BY_ID, id=token_id))["errors"]
    assert error["extensions"] == {"code": "SIGN_IN_NEEDED"}


async def test_impossible_times_are_refused(admin: Client, token_id: str) -> None:
    for wish in (
        {"from": "2030-01-02T00:00:00Z", "to": "2030-01-01T00:00:00Z"},
        {"from": "2020-01-01T00:00:00Z"},
        {"to": "0001-01-01T00:00:00Z", "step": "HOUR"},
    ):
        [error] = (await admin.send(BY_ID, id=token_id, **wish))["errors"]
        assert error["extensions"] == {"code": "INVALID"}


async def test_many_points_of_many_tokens_are_refused_before_they_are_looked_up(
    admin: Client,
) -> None:
    asked = "{ apiTokens(first: %d) { nodes { usage { points { start } } } } }"
    await admin.run(asked % 40)
    answer = await admin.http.post("/graphql", json={"query": asked % 100})
    assert answer.json()["errors"][0]["extensions"]["code"] == "COST_TOO_HIGH"
