"""How many queries an operation costs: as many for three things as for thirty."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import orjson
import pytest

from server.desk import Desk
from tests.schema.conftest import Client
from tests.support.world import World

TOKENS = """{ apiTokens(first: 20) { totalCount nodes {
    id name status logoUrl modules { id name } withdrawnModules { id }
    account { id name } createdBy { name } lastAccessAt } } }"""
NARROWED = """{ apiTokens(first: 20, orderBy: {field: LAST_ACCESS_AT}, filter: {search: "Robot",
    statuses: [ACTIVE, DISABLED], moduleIds: ["MOD-1756", "MOD-2001"], allModules: true}) {
    totalCount nodes { id modules { id } } } }"""
DETAILS = """{ apiTokens(first: 30) { nodes {
    id milestones { updated { at by { name } } } oldSecrets { acceptedUntil }
    usage { accepted lastCalls { at } moduleRequests { lastAskedAt } }
    hours: usage(step: HOUR) { accepted }
    auditTrail(first: 2) { totalCount nodes { event } } oldest: auditTrail(last: 1) { nodes { id } }
    account { enabledModules { id } found: enabledModules(search: "bill") { id } } } } }"""
EIGHT_FIELDS = """{ apiTokens(first: 20) { totalCount nodes {
    id name description status logoUrl createdAt updatedAt version
    modules { id name description } } } }"""
TRAIL = """{ auditTrail(first: 20) { totalCount nodes {
    id event actor { name } object { name } details { before after } hash } } }"""


class Counter(logging.Handler):
    """Remembers each statement that Tortoise sends."""

    def __init__(self) -> None:
        super().__init__()
        self.statements: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.statements.append(record.getMessage())


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements sent meanwhile."""
    log, counter = logging.getLogger("tortoise.db_client"), Counter()
    level = log.level
    log.setLevel(logging.DEBUG)
    log.addHandler(counter)
    try:
        yield counter.statements
    finally:
        log.removeHandler(counter)
        log.setLevel(level)


async def statements(client: Client, query: str) -> list[str]:
    """The statements of an operation, those that find out who asks left out."""
    with counted() as known:
        await client.run("{ viewer { id } }")
    with counted() as all_of_it:
        await client.run(query)
    assert known, "finding out who asks takes queries; are they counted?"
    return all_of_it[len(known) :]


async def make(desk: Desk, world: World, number: int) -> None:
    for _ in range(number):
        await desk.tokens.create(world.admin, name="Robot", module_ids=["MOD-1756", "MOD-2001"])


@pytest.mark.parametrize(
    ("query", "most"),
    [(TOKENS, 3), (EIGHT_FIELDS, 3), (NARROWED, 3), (TRAIL, 2), (DETAILS, 24)],
)
async def test_thirty_cost_as_many_queries_as_three(
    query: str, most: int, admin: Client, desk: Desk, world: World
) -> None:
    await make(desk, world, 3)
    few = await statements(admin, query)
    await make(desk, world, 27)
    many = await statements(admin, query)
    assert len(few) == len(many) == most


async def test_what_is_not_asked_is_not_looked_up(admin: Client, desk: Desk, world: World) -> None:
    await make(desk, world, 1)
    looked_up = " ".join(await statements(admin, TOKENS))
    for table in ("audit_records", "token_milestones", "token_secrets"):
        assert table not in looked_up


async def test_nodes_of_a_kind_are_looked_up_together(
    admin: Client, desk: Desk, world: World
) -> None:
    await make(desk, world, 30)
    tokens = (await desk.token_list.cursor_page(world.admin, first=30)).items
    records = (await desk.audit_trail.cursor_page(world.admin, first=30)).items
    ids = [token.id for token in tokens] + [record.id for record in records]
    ids += [*(module.id for module in world.modules.of_client), world.client.id]

    def nodes(chosen: list[str]) -> str:
        return f"{{ nodes(ids: {orjson.dumps(chosen).decode()}) {{ id }} }}"

    few = await statements(admin, nodes([ids[0], ids[1], ids[30], ids[31], ids[-2], ids[-1]]))
    many = await statements(admin, nodes(ids))
    # Tokens take two, with their modules; records, modules and accounts one each.
    assert len(few) == len(many) == 5


async def test_what_a_mutation_changed_is_read_anew_after_it(
    admin: Client, desk: Desk, world: World
) -> None:
    await make(desk, world, 1)
    [token] = (await desk.token_list.cursor_page(world.admin, first=1)).items
    part = "apiToken { milestones { disabled { at } enabled { at } } }"
    data = await admin.run(
        f"""mutation {{ off: disableApiToken(input: {{id: "{token.id}"}}) {{
            ... on DisableApiTokenPayload {{ {part} }} }}
        on: enableApiToken(input: {{id: "{token.id}"}}) {{
            ... on EnableApiTokenPayload {{ {part} }} }} }}"""
    )
    assert data["off"]["apiToken"]["milestones"]["enabled"] is None
    assert data["on"]["apiToken"]["milestones"]["enabled"] is not None
