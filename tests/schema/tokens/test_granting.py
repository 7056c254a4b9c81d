"""A program grants no module that it lacks itself, in GraphQL."""

from typing import Any

from server.desk import Desk
from tests.schema.conftest import Client
from tests.schema.operations import COMMIT, CREATE, CREATE_DRAFT, UPDATE_DRAFT
from tests.schema.tokens.test_secrets import ROTATE
from tests.support.evidence import dump
from tests.support.world import World

MESSAGE = "This token may not grant the module MOD-2001: it lacks it itself."
COMPLAINTS = [{"message": MESSAGE, "path": ["input", "moduleIds"]}]
WISH: dict[str, Any] = {"name": "Robot", "moduleIds": ["MOD-1756", "MOD-2001"]}


async def test_a_program_grants_what_it_has(
    desk: Desk, world: World, programs: dict[str, Client], admin: Client
) -> None:
    manager = programs["manager"]
    made = await manager.result(CREATE, **WISH | {"moduleIds": ["MOD-1756"]})
    assert made["__typename"] == "CreateApiTokenPayload"
    before = await dump(desk)
    refused = await manager.result(CREATE, **WISH)
    assert (refused["__typename"], refused["fieldErrors"]) == ("ValidationError", COMPLAINTS)
    assert await dump(desk) == before
    assert (await admin.result(CREATE, **WISH))["__typename"] == "CreateApiTokenPayload"


async def test_nor_by_a_draft(
    desk: Desk, world: World, programs: dict[str, Client], admin: Client
) -> None:
    manager = programs["manager"]
    draft = (await admin.result(CREATE_DRAFT, name="Robot"))["tokenDraft"]
    wish = {"id": draft["id"], "version": 1, "moduleIds": WISH["moduleIds"]}
    before = await dump(desk)
    refused = await manager.result(UPDATE_DRAFT, **wish)
    assert (refused["__typename"], refused["fieldErrors"]) == ("ValidationError", COMPLAINTS)
    assert await dump(desk) == before
    await admin.result(UPDATE_DRAFT, **wish)
    before = await dump(desk)
    refused = await manager.result(COMMIT, id=draft["id"], version=2)
    assert (refused["__typename"], refused["message"]) == ("ValidationError", MESSAGE)
    assert await dump(desk) == before


async def test_nor_is_it_given_the_value_of_a_token_that_may_more(
    desk: Desk, world: World, programs: dict[str, Client]
) -> None:
    minted = await desk.tokens.create(world.admin, name="Strong", module_ids=["MOD-2001"])
    before = await dump(desk)
    refused = await programs["manager"].result(ROTATE, id=minted.token.id, grace="NONE")
    assert (refused["__typename"], refused["message"]) == (
        "NotAllowedError",
        f"This token may not rotate {minted.token.id}: it lacks the module MOD-2001 itself.",
    )
    assert await dump(desk) == before
