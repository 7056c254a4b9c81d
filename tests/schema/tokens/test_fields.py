"""What is asked of an account, a token and the platform beside their own columns."""

from datetime import timedelta

import pytest

from server.desk import Desk
from server.domain.actor import OPERATOR
from server.domain.tokens.secret_policy import Grace
from tests.schema.conftest import Client
from tests.support.clock import TurnableClock
from tests.support.world import World


async def test_accounts_are_ones_own_but_for_operations(
    signed_in: dict[str, Client], programs: dict[str, Client], world: World
) -> None:
    asked = "{ accounts { id name } }"
    client = {"id": world.client.id, "name": "Blue Client"}
    vendor = {"id": world.vendor.id, "name": "Violet Vendor"}
    operations = {"id": world.operations.id, "name": "Desk Operations"}
    assert (await signed_in["admin"].run(asked))["accounts"] == [client]
    assert (await signed_in["other_admin"].run(asked))["accounts"] == [vendor]
    assert (await programs["reader"].run(asked))["accounts"] == [client]
    everything = [client, operations, vendor]
    assert (await signed_in["operations"].run(asked))["accounts"] == everything


async def test_an_account_knows_its_modules(signed_in: dict[str, Client], world: World) -> None:
    asked = '{ account { enabledModules { id } found: enabledModules(search: "bill") { id } } }'
    assert await signed_in["viewer"].run(asked) == {
        "account": {
            "enabledModules": [{"id": "MOD-1756"}, {"id": "MOD-2001"}, {"id": "MOD-2002"}],
            "found": [{"id": "MOD-2001"}],
        }
    }
    every = "{ accounts { name enabledModules { id } } }"
    assert await signed_in["operations"].run(every) == {
        "accounts": [
            {
                "name": "Blue Client",
                "enabledModules": [{"id": "MOD-1756"}, {"id": "MOD-2001"}, {"id": "MOD-2002"}],
            },
            {"name": "Desk Operations", "enabledModules": []},
            {"name": "Violet Vendor", "enabledModules": [{"id": "MOD-1756"}, {"id": "MOD-2003"}]},
        ]
    }


async def test_modules_are_for_operations(
    signed_in: dict[str, Client], programs: dict[str, Client]
) -> None:
    found = (await signed_in["operations"].run("{ modules { id } }"))["modules"]
    ids = ["MOD-1756", "MOD-2001", "MOD-2002", "MOD-2003", "MOD-2004"]
    assert [module["id"] for module in found] == ids
    for client in (signed_in["admin"], signed_in["viewer"], programs["manager"]):
        [error] = (await client.send("{ modules { id } }"))["errors"]
        assert (error["message"], error["extensions"]) == (
            "Only administrators of an Operations account may do this.",
            {"code": "NOT_ALLOWED"},
        )


async def test_members_of_an_account(signed_in: dict[str, Client], world: World) -> None:
    asked = """query ($id: ID) { members(accountId: $id) {
        user { name email } role active lastSignInAt } }"""
    vera = {
        "user": {"name": "Vera Viewer", "email": world.viewer_email},
        "role": "VIEWER",
        "active": True,
        "lastSignInAt": "2030-03-14T09:26:53.589793Z",
    }
    own = (await signed_in["viewer"].run(asked))["members"]
    assert ([member["user"]["name"] for member in own], own[1]) == (
        ["Ada Admin", "Vera Viewer"],
        vera,
    )
    assert (await signed_in["operations"].run(asked, id=world.client.id))["members"] == own
    for unseen in (world.client.id, "nonsense", "\u0000"):
        [error] = (await signed_in["other_admin"].send(asked, id=unseen))["errors"]
        assert error["extensions"] == {"code": "NOT_FOUND"}


async def test_one_member(signed_in: dict[str, Client], world: World) -> None:
    asked = """query ($user: ID!, $account: ID) {
        member(userId: $user, accountId: $account) { user { name } role active } }"""
    vera = {"user": {"name": "Vera Viewer"}, "role": "VIEWER", "active": True}
    wish = {"user": world.viewer.id, "account": world.client.id}
    assert await signed_in["admin"].run(asked, user=world.viewer.id) == {"member": vera}
    assert await signed_in["operations"].run(asked, **wish) == {"member": vera}
    assert await signed_in["other_admin"].run(asked, **wish) == {"member": None}
    for unknown in (world.other_admin.id, "USR-0000-0000", "nonsense", "\u0000"):
        assert await signed_in["admin"].run(asked, user=unknown) == {"member": None}


async def test_creators_of_the_tokens_one_sees(
    signed_in: dict[str, Client], programs: dict[str, Client], desk: Desk, world: World
) -> None:
    wish = """mutation { createApiToken(input: {name: "R", moduleIds: ["MOD-1756"]}) {
        ... on CreateApiTokenPayload { apiToken { createdBy { id name kind } } } } }"""
    made = await programs["manager"].run(wish)
    program = made["createApiToken"]["apiToken"]["createdBy"]
    await desk.tokens.create(world.other_admin, name="F", module_ids=["MOD-1756"])
    asked = "{ apiTokenCreators { id name kind } }"
    ada = {"id": world.admin.id, "name": "Ada Admin", "kind": "USER"}
    assert (await signed_in["viewer"].run(asked))["apiTokenCreators"] == [ada, program]
    otto = {"id": world.other_admin.id, "name": "Otto Other", "kind": "USER"}
    assert (await signed_in["other_admin"].run(asked))["apiTokenCreators"] == [otto]


@pytest.mark.parametrize("who", ["viewer", "operations"])
async def test_a_token_tells_of_its_life(
    who: str, signed_in: dict[str, Client], desk: Desk, world: World, clock: TurnableClock
) -> None:
    minted = await desk.tokens.create(world.admin, name="Robot", module_ids=["MOD-1756"])
    clock.advance(timedelta(hours=1))
    await desk.secrets.rotate(world.admin, minted.token.id, Grace.ONE_HOUR)
    assert minted.secret is not None
    await desk.verifier.actor(minted.secret.reveal(), world.admin.origin)
    await desk.usage.write()
    await desk.modules.disable(OPERATOR, "MOD-1756", world.client.id)
    asked = """query ($id: ID!, $after: String) { node(id: $id) { ... on ApiToken {
        modules { id } withdrawnModules { id name }
        milestones { rotated { at by { name } } enabled { at } }
        oldSecrets { acceptedUntil works lastUsedAt refusedAt }
        auditTrail(first: 1, after: $after) { totalCount nodes { event }
            pageInfo { hasNextPage endCursor } } } } }"""
    token = (await signed_in[who].run(asked, id=minted.token.id))["node"]
    trail = token.pop("auditTrail")
    assert token == {
        "modules": [],
        "withdrawnModules": [{"id": "MOD-1756", "name": "Access management"}],
        "milestones": {
            "rotated": {"at": "2030-03-14T10:26:53.589793Z", "by": {"name": "Ada Admin"}},
            "enabled": None,
        },
        "oldSecrets": [
            {
                "acceptedUntil": "2030-03-14T11:26:53.589793Z",
                "works": True,
                "lastUsedAt": "2030-03-14T10:26:53.589793Z",
                "refusedAt": None,
            }
        ],
    }
    after = trail["pageInfo"]["endCursor"]
    assert trail == {
        "totalCount": 2,
        "nodes": [{"event": "token.rotated"}],
        "pageInfo": {"hasNextPage": True, "endCursor": after},
    }
    rest = (await signed_in[who].run(asked, id=minted.token.id, after=after))["node"]["auditTrail"]
    assert rest["nodes"] == [{"event": "token.created"}]
    assert not rest["pageInfo"]["hasNextPage"]


async def test_a_record_says_where_it_is_chained(admin: Client, world: World) -> None:
    asked = "{ auditTrail(first: 100) { nodes { chain position previousHash hash } } }"
    nodes = (await admin.run(asked))["auditTrail"]["nodes"]
    chained = sorted(nodes, key=lambda node: node["position"])
    assert [node["position"] for node in chained] == list(range(1, len(chained) + 1))
    assert {node["chain"] for node in chained} == {world.client.id}
    hashes = ["", *(node["hash"] for node in chained)]
    assert [node["previousHash"] for node in chained] == hashes[:-1]
