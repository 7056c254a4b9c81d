"""Many tokens in one call: each is told of, and one refusal stops no other."""

from typing import Any

import pytest

from server.desk import Desk
from server.domain.actor import OPERATOR
from server.models.tokens import Token
from tests.schema.conftest import Client
from tests.schema.operations import REFUSED, mutation
from tests.support.evidence import dump, records
from tests.support.world import World

MOVES = {
    "enableApiTokens": (f"changed {{ id status }} {REFUSED}", "active", "enabled"),
    "disableApiTokens": (f"changed {{ id status }} {REFUSED}", "disabled", "disabled"),
    "deleteApiTokens": (f"changed {REFUSED}", "deleted", "deleted"),
}


@pytest.fixture
async def tokens(desk: Desk, world: World) -> dict[str, str]:
    """Ids of tokens by their state, and of one of the vendor."""
    ids = {}
    for name in ("active", "disabled", "deleted", "off too", "on too"):
        minted = await desk.tokens.create(world.admin, name=name, module_ids=["MOD-1756"])
        ids[name] = minted.token.id
    await desk.tokens.disable_all(OPERATOR, [ids["disabled"], ids["off too"]])
    await desk.tokens.delete(OPERATOR, ids["deleted"])
    foreign = await desk.tokens.create(world.other_admin, name="F", module_ids=["MOD-1756"])
    return ids | {"foreign": foreign.token.id}


def refused(token_id: str, kind: str, message: str) -> dict[str, Any]:
    """An item that was left as it is."""
    codes = {"NotFoundError": "NOT_FOUND", "IllegalStateError": "ILLEGAL_STATE"}
    error = {"__typename": kind, "message": message, "path": [], "code": codes[kind]}
    return {"id": token_id, "error": error}


@pytest.mark.parametrize("name", MOVES)
async def test_each_item_is_told_of(
    name: str, admin: Client, desk: Desk, tokens: dict[str, str]
) -> None:
    fields, status, done = MOVES[name]
    fit = {
        "enableApiTokens": [tokens["disabled"], tokens["off too"]],
        "disableApiTokens": [tokens["active"], tokens["on too"]],
        "deleteApiTokens": [tokens["active"], tokens["disabled"]],
    }[name]
    unfit = [] if done == "deleted" else [tokens[status]]
    others = [tokens["foreign"], tokens["deleted"], "TKN-0000-0000", "nonsense", "\u0000"]
    ids = [fit[0], *unfit, *others, fit[1], fit[0]]
    before = await records(desk)
    foreign = await Token.filter(id=tokens["foreign"]).values()
    result = await admin.result(mutation(name, fields), ids=ids)
    assert await Token.filter(id=tokens["foreign"]).values() == foreign
    shown = fit if done == "deleted" else [{"id": id_, "status": status.upper()} for id_ in fit]
    assert result["changed"] == shown
    assert result["refused"] == [
        *(
            refused(id_, "IllegalStateError", f"API token {id_} is {status}; it cannot be {done}.")
            for id_ in unfit
        ),
        refused(tokens["foreign"], "NotFoundError", f"There is no API token {tokens['foreign']}."),
        refused(
            tokens["deleted"],
            "IllegalStateError",
            f"API token {tokens['deleted']} is deleted; it cannot be {done}.",
        ),
        *(
            refused(id_, "NotFoundError", f"There is no API token {id_}.")
            for id_ in ("TKN-0000-0000", "nonsense", "\u0000")
        ),
    ]
    made = [record for record in await records(desk) if record.id not in {r.id for r in before}]
    assert [(record.event, record.object_id) for record in made] == [
        (f"token.{done}", token_id) for token_id in fit
    ]


@pytest.mark.parametrize("name", MOVES)
async def test_none_and_too_many_are_refused_whole(
    name: str, admin: Client, desk: Desk, tokens: dict[str, str]
) -> None:
    before = await dump(desk)
    too_many = [tokens["active"], *(f"TKN-0000-{number:04}" for number in range(1_000))]
    for ids, message in [
        ([], "Select at least one API token."),
        (too_many, "Select at most 1,000 API tokens at once."),
    ]:
        assert await admin.result(mutation(name, "__typename"), ids=ids) == {
            "__typename": "ValidationError",
            "message": message,
            "path": ["input", "ids"],
            "code": "INVALID",
            "fieldErrors": [{"message": message, "path": ["input", "ids"]}],
        }
    assert await dump(desk) == before


@pytest.mark.parametrize("name", MOVES)
async def test_a_viewer_is_refused_whole(
    name: str, signed_in: dict[str, Client], desk: Desk, tokens: dict[str, str]
) -> None:
    before = await dump(desk)
    wish = {"ids": [tokens["active"], tokens["disabled"]]}
    assert await signed_in["viewer"].result(mutation(name, "__typename"), **wish) == {
        "__typename": "NotAllowedError",
        "message": "Only administrators of the account may do this. You are a viewer.",
        "path": [],
        "code": "NOT_ALLOWED",
    }
    assert await dump(desk) == before
