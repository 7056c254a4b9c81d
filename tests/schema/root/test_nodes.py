"""Relay's look-ups: `node` and `nodes` find every kind of object that has an id of its own."""

from graphql import GraphQLObjectType, build_schema

from schema.root.node import MOST_NODES
from schema.root.sdl import print_sdl
from server.desk import Desk
from server.services.tokens.patch import TokenPatch
from tests.schema.conftest import Client
from tests.support.world import World

NODES = "query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }"
NODE = "query ($id: ID!) { node(id: $id) { __typename id } }"


async def some(desk: Desk, world: World) -> dict[str, str]:
    """One object of each type that is a node, by the type's name."""
    minted = await desk.tokens.create(world.admin, name="Robot", module_ids=["MOD-1756"])
    draft = await desk.drafts.create(world.admin, TokenPatch(name="Draft"))
    record = (await desk.audit_trail.cursor_page(world.admin, first=1)).items[0]
    return {
        "ApiToken": minted.token.id,
        "TokenDraft": draft.id,
        "Account": world.client.id,
        "Module": "MOD-1756",
        "AuditRecord": record.id,
        "User": world.viewer.id,
    }


async def test_every_type_that_is_a_node_is_found(admin: Client, desk: Desk, world: World) -> None:
    objects = await some(desk, world)
    types = build_schema(print_sdl()).type_map.values()
    nodes = {
        each.name
        for each in types
        if isinstance(each, GraphQLObjectType) and "Node" in {of.name for of in each.interfaces}
    }
    assert set(objects) == nodes
    for name, object_id in objects.items():
        data = await admin.run(NODE, id=object_id)
        assert data["node"] == {"__typename": name, "id": object_id}


async def test_nodes_come_in_the_order_of_their_ids(
    admin: Client, desk: Desk, world: World
) -> None:
    objects = await some(desk, world)
    wanted = {object_id: name for name, object_id in reversed(objects.items())}
    ids = [*wanted, "TKN-0000-0000", "nonsense", next(iter(wanted))]
    data = await admin.run(NODES, ids=ids)
    assert data["nodes"] == [
        {"__typename": wanted[each], "id": each} if each in wanted else None for each in ids
    ]


async def test_nodes_of_others_are_null(
    signed_in: dict[str, Client], desk: Desk, world: World
) -> None:
    objects = await some(desk, world)
    data = await signed_in["other_admin"].run(NODES, ids=list(objects.values()))
    seen = [each and each["__typename"] for each in data["nodes"]]
    assert seen == [None, None, None, "Module", None, None]  # both accounts have the module


async def test_more_nodes_than_a_hundred_are_refused(admin: Client, world: World) -> None:
    answer = await admin.send(NODES, ids=["MOD-1756"] * (MOST_NODES + 1))
    assert answer["errors"][0]["message"] == "Name at most 100 ids."
    assert answer["errors"][0]["extensions"]["code"] == "INVALID"
    data = await admin.run(NODES, ids=["MOD-1756"] * MOST_NODES)
    assert len(data["nodes"]) == MOST_NODES


async def test_nobody_finds_nothing_out(nobody: Client, world: World) -> None:
    for query, variables in ((NODES, {"ids": ["MOD-1756"]}), (NODE, {"id": "MOD-1756"})):
        answer = await nobody.send(query, **variables)
        assert answer["errors"][0]["extensions"]["code"] == "SIGN_IN_NEEDED"


async def test_the_audit_trail_can_be_read_from_its_end(
    admin: Client, desk: Desk, world: World
) -> None:
    whole = await admin.run("{ auditTrail(first: 100) { nodes { id } edges { cursor } } }")
    ids = [each["id"] for each in whole["auditTrail"]["nodes"]]
    before = whole["auditTrail"]["edges"][-1]["cursor"]
    page = """query ($before: String) { auditTrail(last: 2, before: $before) {
        nodes { id } pageInfo { hasNextPage hasPreviousPage } } }"""
    end = (await admin.run(page))["auditTrail"]
    assert [each["id"] for each in end["nodes"]] == ids[-2:]
    assert end["pageInfo"] == {"hasNextPage": False, "hasPreviousPage": True}
    above = (await admin.run(page, before=before))["auditTrail"]
    assert [each["id"] for each in above["nodes"]] == ids[-3:-1]
    assert above["pageInfo"]["hasNextPage"] is True
