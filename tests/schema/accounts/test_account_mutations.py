"""Accounts and modules by GraphQL: made, renamed, switched, and told why not."""

from typing import Any

import httpx
import pytest

from server.desk import Desk
from server.domain.actor import OPERATOR
from server.models.tokens import TokenSecret
from tests.schema.conftest import Client
from tests.schema.operations import ACCOUNT, mutation
from tests.support.evidence import dump, last_record
from tests.support.world import World

RENAME = mutation("renameAccount", ACCOUNT)
SET_REVEAL = mutation("setAccountReveal", ACCOUNT)
CREATE = mutation("createAccount", ACCOUNT)
CREATE_MODULE = mutation("createModule", "module { id name description }")
SET_MODULES = mutation("setAccountModules", "enabledModules { id name }")


@pytest.fixture
def operations(signed_in: dict[str, Client]) -> Client:
    """The Operations administrator."""
    return signed_in["operations"]


async def test_an_account_is_renamed(admin: Client, world: World, desk: Desk) -> None:
    renamed = await admin.result(RENAME, id=world.client.id, name=" Green Client ")
    account = {
        "id": world.client.id,
        "name": "Green Client",
        "type": "CLIENT",
        "status": "ACTIVE",
        "reveal": "ALWAYS",
    }
    assert renamed == {"__typename": "RenameAccountPayload", "account": account}
    assert await admin.run("{ account { id name type status reveal } }") == {"account": account}
    record = await last_record(desk, world.client.id)
    assert (record.event, record.before, record.after) == (
        "account.renamed",
        {"name": "Blue Client"},
        {"name": "Green Client"},
    )


async def test_an_account_speaks_another_language(admin: Client, world: World, desk: Desk) -> None:
    spoken = mutation("setAccountLanguage", "account { id language }")
    changed = await admin.result(spoken, id=world.client.id, language="GERMAN")
    account = {"id": world.client.id, "language": "GERMAN"}
    assert changed == {"__typename": "SetAccountLanguagePayload", "account": account}
    assert await admin.run("{ account { id language } }") == {"account": account}
    record = await last_record(desk, world.client.id)
    assert (record.event, record.before, record.after) == (
        "account.language_changed",
        {"language": "automatic"},
        {"language": "de"},
    )


async def test_keeping_no_values_destroys_them(admin: Client, world: World, desk: Desk) -> None:
    await desk.tokens.create(world.admin, name="Robot", module_ids=["MOD-1756"])
    assert await TokenSecret.filter(sealed__isnull=False).count() == 1
    changed = await admin.result(SET_REVEAL, id=world.client.id, reveal="ONCE")
    assert changed["account"]["reveal"] == "ONCE"
    assert await TokenSecret.filter(sealed__isnull=False).count() == 0


async def test_an_account_is_made_and_switched(
    operations: Client, desk: Desk, world: World, http: httpx.AsyncClient
) -> None:
    made = await operations.result(CREATE, name="New", type="VENDOR")
    account_id = made["account"]["id"]
    account = {"name": "New", "type": "VENDOR", "status": "ACTIVE", "reveal": "ALWAYS"}
    assert made["account"] == {"id": account_id} | account
    minted = await desk.tokens.create(world.admin, name="Robot", module_ids=["MOD-1756"])
    assert minted.secret is not None
    bearer = {"Authorization": f"Bearer {minted.secret.reveal()}"}
    off, on = mutation("disableAccount", ACCOUNT), mutation("enableAccount", ACCOUNT)
    for move, status, passes in [(off, "DISABLED", 401), (on, "ACTIVE", 200)]:
        moved = await operations.result(move, id=world.client.id)
        assert moved["account"]["status"] == status
        assert (await http.get("/verify", headers=bearer)).status_code == passes


ILLEGAL = [
    ("enableAccount", "client", "The account Blue Client is active; it cannot be enabled."),
    ("disableAccount", "vendor", "The account Violet Vendor is disabled; it cannot be disabled."),
    ("disableAccount", "operations", "You cannot disable the account that you act for."),
]


@pytest.mark.parametrize(("name", "which", "message"), ILLEGAL)
async def test_an_illegal_move_names_state_and_wish(
    name: str, which: str, message: str, operations: Client, desk: Desk, world: World
) -> None:
    await desk.accounts.disable(OPERATOR, world.vendor.id)
    account_id = getattr(world, which).id
    before = await dump(desk)
    assert await operations.result(mutation(name, "__typename"), id=account_id) == {
        "__typename": "IllegalStateError",
        "message": message,
        "path": [],
        "code": "ILLEGAL_STATE",
    }
    assert await dump(desk) == before


async def test_a_module_is_made_once(operations: Client, desk: Desk) -> None:
    wish = {"id": "MOD-3001", "name": "Shipping", "description": "Parcels."}
    made = await operations.result(CREATE_MODULE, **wish)
    assert made == {"__typename": "CreateModulePayload", "module": wish}
    before = await dump(desk)
    message = "There is a module MOD-3001 already."
    assert await operations.result(CREATE_MODULE, **wish) == {
        "__typename": "ValidationError",
        "message": message,
        "path": ["input", "id"],
        "code": "TAKEN",
        "fieldErrors": [{"message": message, "path": ["input", "id"]}],
    }
    assert await dump(desk) == before


async def test_modules_of_an_account_are_set(
    operations: Client, admin: Client, world: World
) -> None:
    pair = {"moduleId": "MOD-2004", "accountId": world.client.id}
    asked = "{ account { enabledModules { id } } }"

    async def enabled() -> list[str]:
        found = (await admin.run(asked))["account"]["enabledModules"]
        return [module["id"] for module in found]

    for name, ids in [
        ("enableModule", ["MOD-1756", "MOD-2001", "MOD-2002", "MOD-2004"]),
        ("enableModule", ["MOD-1756", "MOD-2001", "MOD-2002", "MOD-2004"]),
        ("disableModule", ["MOD-1756", "MOD-2001", "MOD-2002"]),
        ("disableModule", ["MOD-1756", "MOD-2001", "MOD-2002"]),
    ]:
        done = await operations.result(mutation(name, "module { id }"), **pair)
        assert (done["module"], await enabled()) == ({"id": "MOD-2004"}, ids)
    chosen = {"accountId": world.client.id, "moduleIds": ["MOD-2003", "MOD-1756", "MOD-2003"]}
    assert await operations.result(SET_MODULES, **chosen) == {
        "__typename": "SetAccountModulesPayload",
        "enabledModules": [
            {"id": "MOD-1756", "name": "Access management"},
            {"id": "MOD-2003", "name": "Orders"},
        ],
    }
    none = await operations.result(SET_MODULES, accountId=world.client.id, moduleIds=[])
    assert (none["enabledModules"], await enabled()) == ([], [])


@pytest.mark.parametrize("module_id", ["MOD-9999", "nonsense", "\u0000"])
async def test_unknown_modules_are_named(
    module_id: str, operations: Client, desk: Desk, world: World
) -> None:
    before = await dump(desk)
    message = f"There is no module {module_id}."
    wish = {"accountId": world.client.id, "moduleIds": ["MOD-2001", module_id]}
    assert (await operations.result(SET_MODULES, **wish))["fieldErrors"] == [
        {"message": message, "path": ["input", "moduleIds"]}
    ]
    wish = {"accountId": world.client.id, "moduleId": module_id}
    for name in ("enableModule", "disableModule"):
        result = await operations.result(mutation(name, "__typename"), **wish)
        assert (result["code"], result["message"]) == ("NOT_FOUND", message)
    assert await dump(desk) == before


async def test_more_modules_than_any_account_has(
    operations: Client, desk: Desk, world: World
) -> None:
    before = await dump(desk)
    many = [f"MOD-{number:04}" for number in range(1_001)]
    refused = await operations.result(SET_MODULES, accountId=world.client.id, moduleIds=many)
    message = "Select at most 1,000 modules."
    assert refused["fieldErrors"] == [{"message": message, "path": ["input", "moduleIds"]}]
    assert await dump(desk) == before


@pytest.mark.parametrize("account_id", ["ACC-0000-0000", "nonsense", "\u0000"])
async def test_there_is_no_such_account(account_id: str, operations: Client, desk: Desk) -> None:
    before = await dump(desk)
    wishes: list[tuple[str, dict[str, Any]]] = [
        ("renameAccount", {"id": account_id, "name": "New"}),
        ("setAccountReveal", {"id": account_id, "reveal": "ONCE"}),
        ("setAccountLanguage", {"id": account_id, "language": "GERMAN"}),
        ("enableAccount", {"id": account_id}),
        ("disableAccount", {"id": account_id}),
        ("enableModule", {"accountId": account_id, "moduleId": "MOD-2001"}),
        ("disableModule", {"accountId": account_id, "moduleId": "MOD-2001"}),
        ("setAccountModules", {"accountId": account_id, "moduleIds": ["MOD-2001"]}),
    ]
    for name, wish in wishes:
        assert await operations.result(mutation(name, "__typename"), **wish) == {
            "__typename": "NotFoundError",
            "message": f"There is no account {account_id}.",
            "path": [],
            "code": "NOT_FOUND",
        }
    assert await dump(desk) == before


async def test_names_are_checked(operations: Client, desk: Desk, world: World) -> None:
    before = await dump(desk)
    empty = {"message": "Enter an account name.", "path": ["input", "name"]}
    made = await operations.result(CREATE, name=" ", type="CLIENT")
    assert made["fieldErrors"] == [empty]
    renamed = await operations.result(RENAME, id=world.client.id, name="\u200b")
    assert renamed["fieldErrors"] == [empty]
    module = await operations.result(CREATE_MODULE, id="3001", name="", description="\u0000")
    assert module["fieldErrors"] == [
        {"message": "A module id looks like MOD-1234.", "path": ["input", "id"]},
        {"message": "Enter a module name.", "path": ["input", "name"]},
        {
            "message": "The description cannot contain control characters.",
            "path": ["input", "description"],
        },
    ]
    assert await dump(desk) == before
