"""The wizard's work by GraphQL: five requests, and every way they are refused."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from server.desk import Desk
from server.domain.actor import OPERATOR
from server.models.audit import AuditRecord
from server.models.tokens import Token, TokenDraft
from tests.schema.conftest import Client
from tests.schema.operations import (
    COMMIT,
    CREATE,
    CREATE_DRAFT,
    DISCARD,
    REMOVE_LOGO,
    SET_LOGO,
    UPDATE_DRAFT,
)
from tests.support.clock import TurnableClock
from tests.support.pictures import SVG, picture
from tests.support.world import World


async def begin(client: Client, **more: object) -> str:
    """A draft in version 1; its id."""
    made = await client.run(CREATE_DRAFT, input={"name": "Robot", **more})
    draft_id: str = made["result"]["tokenDraft"]["id"]
    return draft_id


async def begin_with_modules(client: Client, *module_ids: str) -> str:
    """A draft in version 2 that can be committed; its id."""
    draft_id = await begin(client)
    wish = {"id": draft_id, "version": 1, "moduleIds": module_ids}
    assert (await client.run(UPDATE_DRAFT, input=wish))["result"]["__typename"] == (
        "UpdateTokenDraftPayload"
    )
    return draft_id


async def test_five_requests_make_a_token_that_works(
    admin: Client, desk: Desk, world: World, http: httpx.AsyncClient
) -> None:
    made = await admin.run(CREATE_DRAFT, input={"name": "Robot", "description": "Words"})
    draft = made["result"]["tokenDraft"]
    assert draft == {
        "id": draft["id"],
        "version": 1,
        "name": "Robot",
        "description": "Words",
        "logoUrl": None,
        "expiresAt": None,
        "modules": [],
        "committedToken": None,
    }
    wish = {"id": draft["id"], "version": 1, "moduleIds": ["MOD-1756", "MOD-2001"]}
    updated = await admin.run(UPDATE_DRAFT, input=wish | {"expiresAt": "2031-01-01T00:00:00+01:00"})
    draft = updated["result"]["tokenDraft"]
    assert draft["expiresAt"] == "2030-12-31T23:00:00Z"
    assert draft["modules"] == [{"id": "MOD-1756"}, {"id": "MOD-2001"}]
    uploaded = await admin.upload(
        SET_LOGO, picture(), input={"id": draft["id"], "version": 2, "logo": None}
    )
    logo = uploaded["result"]["tokenDraft"]["logoUrl"]
    assert (await http.get(logo)).headers["content-type"] == "image/png"
    committed = await admin.run(COMMIT, input={"id": draft["id"], "version": 3})
    token, secret = committed["result"]["apiToken"], committed["result"]["secret"]
    asked = """query ($id: ID!) { apiToken(id: $id) { name logoUrl status expiresAt
        modules { id } createdBy { id name kind } account { id } lastAccessAt } }"""
    assert (await admin.run(asked, id=token["id"]))["apiToken"] == {
        "name": "Robot",
        "logoUrl": logo,
        "status": "ACTIVE",
        "expiresAt": "2030-12-31T23:00:00Z",
        "modules": [{"id": "MOD-1756"}, {"id": "MOD-2001"}],
        "createdBy": {"id": world.admin.id, "name": "Ada Admin", "kind": "USER"},
        "account": {"id": world.client.id},
        "lastAccessAt": None,
    }
    bearer = {"Authorization": f"Bearer {secret}"}
    answer = await http.post("/graphql", json={"query": "{ viewer { id kind } }"}, headers=bearer)
    assert answer.json() == {"data": {"viewer": {"id": token["id"], "kind": "TOKEN"}}}
    bearer = {
        "Authorization": f"Bearer {secret[:-9]}{'A' if secret[-9] != 'A' else 'B'}{secret[-8:]}"
    }
    refused = await http.post("/graphql", json={"query": "{ viewer { id } }"}, headers=bearer)
    assert (refused.status_code, refused.headers["www-authenticate"], refused.json()) == (
        401,
        'Bearer error="invalid_token"',
        {
            "errors": [
                {"message": "The token is invalid.", "extensions": {"code": "SIGN_IN_NEEDED"}}
            ]
        },
    )


async def test_a_draft_begun_in_the_wizard_is_committed_by_graphql(
    admin: Client, world: World
) -> None:
    start = await admin.http.get("/settings/api-tokens/new")
    general = start.headers["location"]
    draft_id = general.split("/")[-2]
    await admin.http.post(general, data={"version": "0", "name": "Shared"})
    await admin.http.post(
        general.replace("general", "modules"), data={"version": "1", "modules": "MOD-2001"}
    )
    result = (await admin.run(COMMIT, input={"id": draft_id, "version": 2}))["result"]
    assert result["apiToken"]["name"] == "Shared"
    summary = await admin.http.get(general.replace("general", "summary"))
    assert result["secret"] in summary.text


async def test_a_commit_sent_again_gives_the_same_answer(
    admin: Client, world: World, clock: TurnableClock
) -> None:
    draft_id = await begin_with_modules(admin, "MOD-2001")
    commit = {"id": draft_id, "version": 2}
    first = (await admin.run(COMMIT, input=commit))["result"]
    assert first["secret"].startswith(f"idt:{first['apiToken']['id']}:")
    clock.advance(timedelta(minutes=9))
    assert (await admin.run(COMMIT, input=commit))["result"] == first
    clock.advance(timedelta(minutes=1))
    assert (await admin.run(COMMIT, input=commit))["result"] == first | {"secret": None}
    assert await Token.all().count() == 1


async def test_all_complaints_come_with_their_paths(admin: Client) -> None:
    wrong = {"name": " ", "moduleIds": [], "description": "x" * 2_001}
    expires = {"expiresAt": "2001-01-01T00:00:00Z"}
    result = (await admin.run(CREATE, input=wrong | expires))["result"]
    field_errors = [
        ("name", "Enter an API token name."),
        ("description", "The description can have at most 2,000 characters; this one has 2,001."),
        ("moduleIds", "Select at least one module."),
        ("expiresAt", "The expiry must lie ahead; it is now 14 Mar 2030 09:26 UTC."),
    ]
    assert result == {
        "__typename": "ValidationError",
        "message": " ".join(message for _, message in field_errors),
        "path": ["input", "name"],
        "code": "INVALID",
        "fieldErrors": [{"message": text, "path": ["input", name]} for name, text in field_errors],
    }
    assert await Token.all().count() == 0


@pytest.mark.parametrize("module_id", ["MOD-2003", "MOD-2004", "MOD-9999", "nonsense", "\u0000"])
async def test_modules_not_enabled_for_the_account_cannot_be_granted(
    admin: Client, module_id: str
) -> None:
    records = await AuditRecord.all().count()
    wish = {"name": "Robot", "moduleIds": ["MOD-2001", module_id]}
    result = (await admin.run(CREATE, input=wish))["result"]
    assert (result["__typename"], result["path"]) == ("ValidationError", ["input", "moduleIds"])
    assert (await Token.all().count(), await AuditRecord.all().count()) == (0, records)


async def test_a_patch_changes_what_it_names_and_null_clears(admin: Client) -> None:
    draft_id = await begin(admin, description="Words", expiresAt="2031-01-01T00:00:00Z")

    async def patch(version: int, **fields: object) -> dict[str, Any]:
        wish = {"id": draft_id, "version": version, **fields}
        draft: dict[str, Any] = (await admin.run(UPDATE_DRAFT, input=wish))["result"]["tokenDraft"]
        return draft

    renamed = await patch(1, name="Other")
    assert (renamed["name"], renamed["description"]) == ("Other", "Words")
    assert renamed["expiresAt"] == "2031-01-01T00:00:00Z"
    cleared = await patch(2, description=None, expiresAt=None)
    assert (cleared["name"], cleared["description"], cleared["expiresAt"]) == ("Other", "", None)


async def test_an_old_version_is_stale_and_changes_nothing(admin: Client) -> None:
    draft_id = await begin_with_modules(admin, "MOD-2001")
    stale = {
        "__typename": "StaleError",
        "message": "This draft was changed in another tab or by somebody else since you opened it.",
        "path": ["input", "version"],
        "code": "STALE",
        "currentVersion": 2,
    }
    old = {"id": draft_id, "version": 1}
    assert (await admin.run(UPDATE_DRAFT, input=old | {"name": "Mine"}))["result"] == stale
    assert (await admin.run(COMMIT, input=old))["result"] == stale
    draft = await TokenDraft.get()
    assert (draft.name, draft.version, await Token.all().count()) == ("Robot", 2, 0)


async def test_ends_of_a_draft_are_explained(admin: Client, clock: TurnableClock) -> None:
    discarded, expired = await begin(admin), await begin(admin)
    done = await admin.run(DISCARD, input={"id": discarded})
    assert done["result"] == {"__typename": "DiscardTokenDraftPayload", "id": discarded}
    committed = await begin_with_modules(admin, "MOD-2001")
    await admin.run(COMMIT, input={"id": committed, "version": 2})

    async def refusal(operation: str, draft_id: str) -> tuple[str, str]:
        wish: dict[str, object] = {"id": draft_id}
        if operation is not DISCARD:
            wish |= {"version": 2}
        if operation is UPDATE_DRAFT:
            wish |= {"name": "Other"}
        result = (await admin.run(operation, input=wish))["result"]
        assert result["__typename"] == "IllegalStateError"
        return result["code"], result["message"]

    gone = ("EXPIRED", "This draft was discarded.")
    assert await refusal(UPDATE_DRAFT, discarded) == gone
    assert await refusal(COMMIT, discarded) == gone
    assert (await refusal(UPDATE_DRAFT, committed))[0] == "ILLEGAL_STATE"
    assert (await refusal(DISCARD, committed))[0] == "ILLEGAL_STATE"
    clock.advance(timedelta(hours=7))
    for _ in range(3):
        await admin.http.get("/settings/api-tokens")
        clock.advance(timedelta(hours=6))
    old = ("EXPIRED", "This draft was not touched for 24 hours and has expired.")
    assert await refusal(UPDATE_DRAFT, expired) == old
    assert await refusal(COMMIT, expired) == old
    assert await Token.all().count() == 1


async def test_a_logo_must_be_a_picture_sent_as_a_file(admin: Client) -> None:
    draft_id = await begin(admin)
    wish = {"id": draft_id, "version": 1, "logo": None}
    refused = (await admin.upload(SET_LOGO, SVG, input=wish))["result"]
    assert refused["fieldErrors"] == [
        {"message": "The logo is not a JPEG or PNG image.", "path": ["input", "logo"]}
    ]
    as_text = await admin.send(SET_LOGO, input=wish | {"logo": "text"})
    assert [each["extensions"]["code"] for each in as_text["errors"]] == ["BAD_REQUEST"]
    assert "data" not in as_text
    assert (await TokenDraft.get()).version == 1
    await admin.upload(SET_LOGO, picture(), input=wish)
    removed = await admin.run(REMOVE_LOGO, input={"id": draft_id, "version": 2})
    assert removed["result"]["tokenDraft"]["logoUrl"] is None


@pytest.mark.parametrize("who", ["viewer", "other_admin", "operations"])
async def test_others_can_do_nothing_with_a_draft(
    admin: Client, signed_in: dict[str, Client], who: str, world: World
) -> None:
    draft_id = await begin_with_modules(admin, "MOD-2001")
    before = await TokenDraft.all().values()
    kind = "NotAllowedError" if who == "viewer" else "NotFoundError"
    versioned = {"id": draft_id, "version": 2}
    for operation, wish in (
        (UPDATE_DRAFT, versioned | {"name": "Mine"}),
        (REMOVE_LOGO, versioned),
        (COMMIT, versioned),
        (DISCARD, {"id": draft_id}),
    ):
        result = (await signed_in[who].run(operation, input=wish))["result"]
        assert result["__typename"] == kind
    seen = await signed_in[who].send("query ($id: ID!) { node(id: $id) { id } }", id=draft_id)
    assert seen["data"] == {"node": None}
    assert (await TokenDraft.all().values(), await Token.all().count()) == (before, 0)


async def test_a_module_disabled_before_the_commit_is_named(
    admin: Client, desk: Desk, world: World
) -> None:
    draft_id = await begin_with_modules(admin, "MOD-2001")
    await desk.modules.disable(OPERATOR, "MOD-2001", world.client.id)
    result = (await admin.run(COMMIT, input={"id": draft_id, "version": 2}))["result"]
    message = "The module MOD-2001 is not enabled for this account."
    assert result["fieldErrors"] == [{"message": message, "path": ["input", "moduleIds"]}]
    assert await Token.all().count() == 0
