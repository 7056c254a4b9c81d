"""What clients can ask, and how little each of them sees."""

import base64
from datetime import timedelta

import pytest

from server.desk import Desk
from tests.schema.conftest import Client
from tests.support.clock import TurnableClock
from tests.support.world import World

LIST = """query ($first: Int, $after: String, $last: Int, $before: String,
               $filter: ApiTokenFilter, $orderBy: ApiTokenOrder) {
  apiTokens(first: $first, after: $after, last: $last, before: $before,
            filter: $filter, orderBy: $orderBy) {
    totalCount nodes { name } edges { cursor node { name } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}"""


@pytest.fixture
async def five(desk: Desk, world: World, clock: TurnableClock) -> list[str]:
    """Five tokens of the client, A to E, a second apart; their ids. One of the vendor beside."""
    ids = []
    for name in "ABCDE":
        minted = await desk.tokens.create(world.admin, name=name, module_ids=["MOD-1756"])
        ids.append(minted.token.id)
        clock.advance(timedelta(seconds=1))
    await desk.tokens.create(world.other_admin, name="Foreign", module_ids=["MOD-1756"])
    return ids


async def names(client: Client, **arguments: object) -> str:
    """The names in a window, in order."""
    nodes = (await client.run(LIST, **arguments))["apiTokens"]["nodes"]
    return "".join(node["name"] for node in nodes)


async def test_windows_go_forward_and_backward(admin: Client, five: list[str]) -> None:
    first = (await admin.run(LIST, first=2))["apiTokens"]
    assert [edge["node"]["name"] for edge in first["edges"]] == ["E", "D"]
    assert first["totalCount"] == 5
    assert first["pageInfo"] == {
        "hasNextPage": True,
        "hasPreviousPage": False,
        "startCursor": first["edges"][0]["cursor"],
        "endCursor": first["edges"][1]["cursor"],
    }
    after = first["pageInfo"]["endCursor"]
    assert await names(admin, first=2, after=after) == "CB"
    assert await names(admin, first=9, after=after) == "CBA"
    assert await names(admin, last=2) == "BA"
    assert await names(admin, last=2, before=after) == "E"
    assert await names(admin, first=0) == ""
    last = (await admin.run(LIST, first=9, after=after))["apiTokens"]["pageInfo"]
    assert (last["hasNextPage"], last["hasPreviousPage"]) == (False, True)


async def test_windows_are_stable_while_tokens_are_added(
    admin: Client, five: list[str], desk: Desk, world: World
) -> None:
    after = (await admin.run(LIST, first=2))["apiTokens"]["pageInfo"]["endCursor"]
    await desk.tokens.create(world.admin, name="New", module_ids=["MOD-1756"])
    assert await names(admin, first=2, after=after) == "CB"


async def test_orders_and_filters(admin: Client, five: list[str]) -> None:
    by_name = {"field": "NAME", "descending": False}
    assert await names(admin, orderBy=by_name) == "ABCDE"
    after = (await admin.run(LIST, first=2, orderBy=by_name))["apiTokens"]["pageInfo"]["endCursor"]
    assert await names(admin, orderBy=by_name, after=after) == "CDE"
    assert await names(admin, filter={"search": "b"}) == "B"
    assert await names(admin, filter={"search": five[3].lower()}) == "D"
    assert await names(admin, filter={"search": "% _ \u0000"}) == ""
    assert await names(admin, filter={"status": "DISABLED"}) == ""
    assert await names(admin, filter={"status": "ACTIVE"}) == "EDCBA"


BAD_CURSORS = [
    "nonsense",
    "",
    base64.urlsafe_b64encode(b'["name", "x", "y"]').decode(),
    base64.urlsafe_b64encode(b'["created_at", "2030-01-01", "y"]').decode(),
    base64.urlsafe_b64encode(b'["created_at", 1, 2]').decode(),
    base64.urlsafe_b64encode(b"[" * 5_000).decode(),
    "é",
]


@pytest.mark.parametrize("cursor", BAD_CURSORS)
async def test_a_cursor_of_another_list_is_refused(
    admin: Client, five: list[str], cursor: str
) -> None:
    answer = await admin.send(LIST, after=cursor)
    assert answer["data"] is None
    [error] = answer["errors"]
    assert error["message"] == "This cursor is not one of this list in this order."
    assert error["extensions"] == {"code": "INVALID"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"first": 101}, "first must be between 0 and 100."),
        ({"first": -1}, "first must be between 0 and 100."),
        ({"last": 101}, "last must be between 0 and 100."),
        ({"first": 1, "last": 1}, "Give first or last, not both."),
    ],
)
async def test_windows_are_bounded(admin: Client, arguments: dict[str, int], message: str) -> None:
    [error] = (await admin.send(LIST, **arguments))["errors"]
    assert (error["message"], error["extensions"]["code"]) == (message, "INVALID")


async def test_everyone_sees_their_own_account(
    signed_in: dict[str, Client], five: list[str]
) -> None:
    assert await names(signed_in["viewer"]) == "EDCBA"
    assert await names(signed_in["other_admin"]) == "Foreign"
    assert len((await signed_in["operations"].run(LIST))["apiTokens"]["nodes"]) == 6
    asked = "query ($id: ID!) { apiToken(id: $id) { name } node(id: $id) { __typename id } }"
    assert await signed_in["other_admin"].run(asked, id=five[0]) == {
        "apiToken": None,
        "node": None,
    }
    assert await signed_in["viewer"].run(asked, id=five[0]) == {
        "apiToken": {"name": "A"},
        "node": {"__typename": "ApiToken", "id": five[0]},
    }


async def test_node_finds_each_kind(admin: Client, five: list[str], world: World) -> None:
    draft = await admin.run(
        """mutation { createTokenDraft(input: {name: "Robot"}) {
             ... on CreateTokenDraftPayload { tokenDraft { id } } } }"""
    )
    record = (await admin.run("{ auditTrail(first: 1) { nodes { id } } }"))["auditTrail"]["nodes"]
    ids = {
        "ApiToken": five[0],
        "TokenDraft": draft["createTokenDraft"]["tokenDraft"]["id"],
        "Account": world.client.id,
        "Module": "MOD-1756",
        "AuditRecord": record[0]["id"],
    }
    asked = "query ($id: ID!) { node(id: $id) { __typename id } }"
    for kind, object_id in ids.items():
        assert await admin.run(asked, id=object_id) == {
            "node": {"__typename": kind, "id": object_id}
        }
    for object_id in ("MOD-2004", world.vendor.id, "TKN-0000-0000", "x", "", "\u0000"):
        assert await admin.run(asked, id=object_id) == {"node": None}


async def test_viewer_and_account(
    signed_in: dict[str, Client], nobody: Client, world: World
) -> None:
    asked = """{ viewer { id name kind role mayManageTokens user { email } }
                 account { id name type status reveal } }"""
    assert await signed_in["viewer"].run(asked) == {
        "viewer": {
            "id": world.viewer.id,
            "name": "Vera Viewer",
            "kind": "USER",
            "role": "VIEWER",
            "mayManageTokens": False,
            "user": {"email": world.viewer_email},
        },
        "account": {
            "id": world.client.id,
            "name": "Blue Client",
            "type": "CLIENT",
            "status": "ACTIVE",
            "reveal": "ALWAYS",
        },
    }
    assert await nobody.run("{ viewer { id } }") == {"viewer": None}


@pytest.mark.parametrize(
    "field",
    [
        "account { id }",
        "enabledModules { id }",
        "apiTokens { totalCount }",
        'apiToken(id: "TKN-0000-0000") { id }',
        'node(id: "TKN-0000-0000") { id }',
        "tokenDrafts { id }",
        'tokenDraft(id: "DRF-0000-0000-0000-0000") { id }',
        "auditTrail { totalCount }",
        "accounts { id }",
        "modules { id }",
        "members { role }",
        'member(userId: "USR-0000-0000") { role }',
        "apiTokenCreators { id }",
    ],
)
async def test_nobody_must_sign_in(nobody: Client, field: str) -> None:
    answer = await nobody.send(f"{{ {field} }}")
    [error] = answer["errors"]
    assert error["extensions"] == {"code": "SIGN_IN_NEEDED"}
    assert error["message"] == "Sign in, or send a token as Authorization: Bearer."


async def test_enabled_modules_are_those_of_the_account(admin: Client) -> None:
    asked = "query ($search: String!) { enabledModules(search: $search) { id name } }"

    async def found(search: str) -> list[str]:
        return [each["id"] for each in (await admin.run(asked, search=search))["enabledModules"]]

    assert await found("") == ["MOD-1756", "MOD-2001", "MOD-2002"]
    assert await found("CATALOG") == ["MOD-2002"]
    assert await found("invoices bill") == ["MOD-2001"]
    assert await found("mod-1756") == ["MOD-1756"]
    assert await found("orders") == []


async def test_the_audit_trail_tells_who_did_what(
    admin: Client, five: list[str], world: World
) -> None:
    asked = """query ($filter: AuditTrailFilter) { auditTrail(filter: $filter) { totalCount nodes {
        event summary actor { id name kind } object { id name }
        details { before after } address userAgent } } }"""
    wanted = {"event": "token.created", "objectId": five[0]}
    trail = (await admin.run(asked, filter=wanted))["auditTrail"]
    assert trail == {
        "totalCount": 1,
        "nodes": [
            {
                "event": "token.created",
                "summary": "API token created",
                "actor": {"id": world.admin.id, "name": "Ada Admin", "kind": "USER"},
                "object": {"id": five[0], "name": "A"},
                "details": {
                    "before": None,
                    "after": {
                        "name": "A",
                        "description": "",
                        "modules": ["MOD-1756"],
                        "expires_at": None,
                        "logo": None,
                    },
                },
                "address": "203.0.113.7",
                "userAgent": "Tests/1.0",
            }
        ],
    }
