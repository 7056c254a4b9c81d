"""A token changed, switched off and on, and deleted by GraphQL, and every way that is refused."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from server.desk import Desk
from server.domain.actor import OPERATOR
from server.services.tokens.patch import TokenPatch
from tests.schema.conftest import Client
from tests.schema.operations import TOKEN, mutation
from tests.support.clock import TurnableClock
from tests.support.evidence import dump, records
from tests.support.pictures import SVG, picture
from tests.support.world import World

UPDATE = mutation("updateApiToken", TOKEN)
SET_LOGO = mutation("setApiTokenLogo", TOKEN)
REMOVE_LOGO = mutation("removeApiTokenLogo", TOKEN)
DELETE = mutation("deleteApiToken", "id")


@pytest.fixture
async def token_id(desk: Desk, world: World, clock: TurnableClock) -> str:
    """A token of the client with two modules and an expiry in 90 days."""
    minted = await desk.tokens.create(
        world.admin,
        name="Robot",
        description="Words",
        module_ids=["MOD-1756", "MOD-2001"],
        expires_at=clock() + timedelta(days=90),
    )
    return minted.token.id


@pytest.fixture
async def untouched(desk: Desk, token_id: str) -> AsyncIterator[None]:
    """Everything is as it was before the test."""
    before = await dump(desk)
    yield
    assert await dump(desk) == before


def shown(token_id: str, **changed: object) -> dict[str, Any]:
    """What a payload shows of the token, as it was made but for what changed."""
    return {
        "id": token_id,
        "version": 1,
        "name": "Robot",
        "description": "Words",
        "logoUrl": None,
        "status": "ACTIVE",
        "expiresAt": "2030-06-12T09:26:53.589793Z",
        "modules": [{"id": "MOD-1756"}, {"id": "MOD-2001"}],
    } | changed


async def test_a_patch_changes_what_it_names(admin: Client, token_id: str, desk: Desk) -> None:
    renamed = await admin.result(UPDATE, id=token_id, version=1, name=" Other ")
    assert renamed == {
        "__typename": "UpdateApiTokenPayload",
        "apiToken": shown(token_id, version=2, name="Other"),
    }
    moved = await admin.result(
        UPDATE, id=token_id, moduleIds=["MOD-2002"], expiresAt="2031-01-01T00:00:00Z"
    )
    changes: dict[str, Any] = {"modules": [{"id": "MOD-2002"}], "expiresAt": "2031-01-01T00:00:00Z"}
    assert moved["apiToken"] == shown(token_id, version=3, name="Other", **changes)
    cleared = await admin.result(UPDATE, id=token_id, description=None, expiresAt=None)
    changes |= {"description": "", "expiresAt": None, "name": "Other"}
    assert cleared["apiToken"] == shown(token_id, version=4, **changes)
    assert [record.event for record in await records(desk, of=token_id)] == [
        "token.created",
        "token.updated",
        "token.updated",
        "token.updated",
    ]


async def test_nothing_to_change_changes_nothing(
    admin: Client, token_id: str, untouched: None
) -> None:
    same = await admin.result(UPDATE, id=token_id, version=1, name="Robot")
    assert same["apiToken"] == shown(token_id)


async def test_what_must_have_a_value_cannot_be_null(
    admin: Client, token_id: str, untouched: None
) -> None:
    for field in ("name", "moduleIds"):
        [error] = (await admin.send(UPDATE, input={"id": token_id, field: None}))["errors"]
        assert error["extensions"] == {"code": "BAD_REQUEST"}


async def test_an_old_version_is_stale(admin: Client, token_id: str, desk: Desk) -> None:
    await admin.result(UPDATE, id=token_id, version=1, name="Theirs")
    before = await dump(desk)
    stale = {
        "__typename": "StaleError",
        "message": "This API token was changed in another tab or by somebody else since you"
        " opened it.",
        "path": ["input", "version"],
        "code": "STALE",
        "currentVersion": 2,
    }
    assert await admin.result(UPDATE, id=token_id, version=1, name="Mine") == stale
    assert await admin.result(UPDATE, id=token_id, version=3, name="Mine") == stale
    assert await admin.result(REMOVE_LOGO, id=token_id, version=1) == stale
    sent = {"id": token_id, "version": 1, "logo": None}
    assert (await admin.upload(SET_LOGO, picture(), input=sent))["result"] == stale
    assert await dump(desk) == before


async def test_all_complaints_come_with_their_paths(
    admin: Client, token_id: str, untouched: None
) -> None:
    result = await admin.result(
        UPDATE,
        id=token_id,
        name=" ",
        description="x" * 2_001,
        expiresAt="2001-01-01T00:00:00Z",
        moduleIds=[],
    )
    field_errors = [
        ("name", "Enter an API token name."),
        ("description", "The description can have at most 2,000 characters; this one has 2,001."),
        ("expiresAt", "The expiry must lie ahead; it is now 14 Mar 2030 09:26 UTC."),
        ("moduleIds", "Select at least one module."),
    ]
    assert result == {
        "__typename": "ValidationError",
        "message": " ".join(message for _, message in field_errors),
        "path": ["input", "name"],
        "code": "INVALID",
        "fieldErrors": [{"message": text, "path": ["input", name]} for name, text in field_errors],
    }


async def test_a_withdrawn_module_may_stay_but_not_be_added(
    admin: Client, token_id: str, desk: Desk, world: World
) -> None:
    for module_id in ("MOD-2001", "MOD-2002"):
        await desk.modules.disable(OPERATOR, module_id, world.client.id)
    asked = """query ($id: ID!) { apiToken(id: $id) { modules { id } withdrawnModules { id } } }"""
    assert (await admin.run(asked, id=token_id))["apiToken"] == {
        "modules": [{"id": "MOD-1756"}],
        "withdrawnModules": [{"id": "MOD-2001"}],
    }
    before = await dump(desk)
    added = ["MOD-1756", "MOD-2001", "MOD-2002"]
    refused = await admin.result(UPDATE, id=token_id, moduleIds=added)
    message = "The module MOD-2002 is not enabled for this account."
    assert refused["fieldErrors"] == [{"message": message, "path": ["input", "moduleIds"]}]
    assert await dump(desk) == before
    kept = await admin.result(UPDATE, id=token_id, name="Other", moduleIds=["MOD-2001", "MOD-1756"])
    assert kept["apiToken"]["name"] == "Other"
    assert (await admin.run(asked, id=token_id))["apiToken"]["withdrawnModules"] == [
        {"id": "MOD-2001"}
    ]


async def test_a_logo_is_set_and_removed(
    admin: Client, token_id: str, http: httpx.AsyncClient
) -> None:
    sent = {"id": token_id, "version": 1, "logo": None}
    made = (await admin.upload(SET_LOGO, picture(), input=sent))["result"]["apiToken"]
    assert (made["version"], made["logoUrl"][:7]) == (2, "/logos/")
    assert (await http.get(made["logoUrl"])).headers["content-type"] == "image/png"
    removed = await admin.result(REMOVE_LOGO, id=token_id)
    assert removed["apiToken"] == shown(token_id, version=3)


async def test_a_logo_must_be_a_picture_sent_as_a_file(
    admin: Client, token_id: str, untouched: None
) -> None:
    sent = {"id": token_id, "logo": None}
    refused = (await admin.upload(SET_LOGO, SVG, input=sent))["result"]
    assert refused["fieldErrors"] == [
        {"message": "The logo is not a JPEG or PNG image.", "path": ["input", "logo"]}
    ]
    as_text = await admin.send(SET_LOGO, input=sent | {"logo": "text"})
    assert [each["extensions"]["code"] for each in as_text["errors"]] == ["BAD_REQUEST"]
    assert "data" not in as_text


async def test_off_on_and_deleted(
    admin: Client, token_id: str, desk: Desk, world: World, clock: TurnableClock
) -> None:
    off = await admin.result(mutation("disableApiToken", TOKEN), id=token_id)
    assert off["apiToken"] == shown(token_id, version=2, status="DISABLED")
    clock.advance(timedelta(seconds=1))
    on = await admin.result(mutation("enableApiToken", TOKEN), id=token_id)
    assert on["apiToken"] == shown(token_id, version=3)
    asked = """query ($id: ID!) { apiToken(id: $id) { milestones {
        updated { at } enabled { at by { id } } disabled { at by { name kind } }
        expirySet { at by { id } } rotated { at } } } }"""
    assert (await admin.run(asked, id=token_id))["apiToken"]["milestones"] == {
        "updated": None,
        "enabled": {"at": "2030-03-14T09:26:54.589793Z", "by": {"id": world.admin.id}},
        "disabled": {
            "at": "2030-03-14T09:26:53.589793Z",
            "by": {"name": "Ada Admin", "kind": "USER"},
        },
        "expirySet": {"at": "2030-03-14T09:26:53.589793Z", "by": {"id": world.admin.id}},
        "rotated": None,
    }
    deleted = await admin.result(DELETE, id=token_id)
    assert deleted == {"__typename": "DeleteApiTokenPayload", "id": token_id}
    gone = "query ($id: ID!) { apiToken(id: $id) { id } node(id: $id) { id } }"
    assert await admin.run(gone, id=token_id) == {"apiToken": None, "node": None}
    assert [record.event for record in await records(desk, of=token_id)] == [
        "token.created",
        "token.disabled",
        "token.enabled",
        "token.deleted",
    ]


ILLEGAL = [
    ("active", "enableApiToken", {}, "is active; it cannot be enabled."),
    ("active", "endApiTokenGrace", {}, "has no old secret that still works."),
    ("disabled", "disableApiToken", {}, "is disabled; it cannot be disabled."),
    ("disabled", "rotateApiToken", {"grace": "NONE"}, "is disabled; it cannot be rotated."),
    ("deleted", "enableApiToken", {}, "is deleted; it cannot be enabled."),
    ("deleted", "disableApiToken", {}, "is deleted; it cannot be disabled."),
    ("deleted", "deleteApiToken", {}, "is deleted; it cannot be deleted."),
    ("deleted", "updateApiToken", {"name": "New"}, "is deleted; it cannot be changed."),
    ("deleted", "removeApiTokenLogo", {}, "is deleted; it cannot be changed."),
    ("deleted", "rotateApiToken", {"grace": "NONE"}, "is deleted; it cannot be rotated."),
    ("deleted", "endApiTokenGrace", {}, "is deleted; it cannot be changed."),
    (
        "expired",
        "rotateApiToken",
        {"grace": "NONE"},
        "is expired; it cannot be rotated. Change its expiry first.",
    ),
]


@pytest.mark.parametrize(("state", "name", "more", "message"), ILLEGAL)
async def test_an_illegal_move_names_state_and_wish(
    state: str,
    name: str,
    more: dict[str, Any],
    message: str,
    desk: Desk,
    admin: Client,
    token_id: str,
    world: World,
    clock: TurnableClock,
) -> None:
    if state == "disabled":
        await desk.tokens.disable(OPERATOR, token_id)
    elif state == "deleted":
        await desk.tokens.delete(OPERATOR, token_id)
    elif state == "expired":
        soon = clock() + timedelta(minutes=1)
        await desk.tokens.update(OPERATOR, token_id, TokenPatch(expires_at=soon))
        clock.advance(timedelta(minutes=1))
        await admin.run("{ viewer { id } }")
    before = await dump(desk)
    assert await admin.result(mutation(name, "__typename"), id=token_id, **more) == {
        "__typename": "IllegalStateError",
        "message": f"API token {token_id} {message}",
        "path": [],
        "code": "ILLEGAL_STATE",
    }
    assert await dump(desk) == before


@pytest.mark.parametrize("unknown", ["TKN-0000-0000", "nonsense", "", "\u0000", "x" * 5_000])
async def test_there_is_no_such_token(admin: Client, unknown: str, untouched: None) -> None:
    for name, more in [
        ("updateApiToken", {"name": "New"}),
        ("removeApiTokenLogo", {}),
        ("enableApiToken", {}),
        ("disableApiToken", {}),
        ("deleteApiToken", {}),
        ("rotateApiToken", {"grace": "NONE"}),
        ("endApiTokenGrace", {}),
        ("revealApiTokenSecret", {}),
    ]:
        assert await admin.result(mutation(name, "__typename"), id=unknown, **more) == {
            "__typename": "NotFoundError",
            "message": f"There is no API token {unknown[:40]}.",
            "path": [],
            "code": "NOT_FOUND",
        }
