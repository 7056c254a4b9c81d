"""Every field of the schema by every sort of actor, of its own account and of a foreign one."""

from collections.abc import Iterator
from typing import Any, cast

import orjson
import pytest
from graphql import GraphQLInterfaceType, GraphQLObjectType, get_named_type, is_composite_type

from server.desk import Desk
from server.services.tokens.patch import TokenPatch
from server.settings import Settings
from tests.schema.conftest import Client
from tests.schema.operations import printed_schema
from tests.schema.peoples_things import invite_everybody
from tests.schema.reads import LETTERS, PATHS, ROOTS
from tests.support.cast import HELD, Cast, Cell
from tests.support.evidence import dump

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """The questions of a minute are not counted here."""
    return settings.model_copy(update={"rate_limit": 0})


async def drafts_of(desk: Desk, everybody: Cast) -> dict[str, str]:
    """A draft of each account, by the account's id; and an invitation for each person."""
    await invite_everybody(desk, everybody)
    patch = TokenPatch(name="Drafted", module_ids=[HELD])
    return {
        tenant.id: (await desk.drafts.create(tenant.administrator, patch)).id
        for tenant in (everybody.client, everybody.vendor, everybody.operations)
    }


def outcome(answer: dict[str, Any], sought: str | None = None) -> str:
    """The letter of how a question ended."""
    if "errors" in answer:
        return LETTERS[answer["errors"][0]["extensions"]["code"]]
    found = answer["data"]["found"]
    if found is None:
        return "U"
    return "A" if sought is None or sought in orjson.dumps(found).decode() else "E"


def read_types() -> Iterator[GraphQLObjectType]:
    """The types that a question can lead to."""
    root = printed_schema().query_type
    assert root is not None
    waiting, seen = [root], {root.name}
    while waiting:
        for field in waiting.pop().fields.values():
            named = get_named_type(field.type)
            if isinstance(named, GraphQLInterfaceType):
                reached = list(printed_schema().get_possible_types(named))
            else:
                reached = [named] if isinstance(named, GraphQLObjectType) else []
            for each in reached:
                if each.name not in seen:
                    seen.add(each.name)
                    waiting.append(each)
                    yield each


def fields_of(name: str) -> dict[str, str]:
    """The fields of a type, each as it is asked for."""
    found = cast(GraphQLObjectType, printed_schema().get_type(name.partition(":")[0]))
    return {
        each: f"{each} {{ __typename }}" if is_composite_type(get_named_type(field.type)) else each
        for each, field in found.fields.items()
    }


def test_everything_that_can_be_read_has_a_row(database_url: str) -> None:
    root = printed_schema().query_type
    assert root is not None
    assert {name.partition(":")[0] for name in ROOTS} == set(root.fields)
    assert {name.partition(":")[0] for name in PATHS} == {each.name for each in read_types()}
    for name, path in PATHS.items():
        assert set(path.otherwise) <= set(fields_of(name))


async def test_the_roots(desk: Desk, everybody: Cast, clients: dict[str, Client]) -> None:
    drafts, wrong = await drafts_of(desk, everybody), list[str]()
    before = await dump(desk)
    for name, question in ROOTS.items():
        for cell in everybody.cells():
            sought = None if question.sought is None else question.sought(cell)
            document = question.document(cell)
            answer = await clients[cell.name].send(document, **_variables(document, drafts, cell))
            if (found := outcome(answer, sought)) != question.outcomes.of(cell):
                wrong.append(f"{name}, {cell}: {found}")
    assert wrong == []
    assert await dump(desk) == before


async def test_every_field_of_every_type(
    desk: Desk, everybody: Cast, clients: dict[str, Client]
) -> None:
    drafts, wrong = await drafts_of(desk, everybody), list[str]()
    before = await dump(desk)
    for name, path in PATHS.items():
        for field, asked in fields_of(name).items():
            for cell in everybody.cells():
                document = path.ask(cell, asked)
                variables = _variables(document, drafts, cell)
                found = outcome(await clients[cell.name].send(document, **variables))
                if found != path.otherwise.get(field, path.outcomes).of(cell):
                    wrong.append(f"{name}.{field}, {cell}: {found}")
    assert wrong == []
    assert await dump(desk) == before


def _variables(document: str, drafts: dict[str, str], cell: Cell) -> dict[str, Any]:
    return {"draft": drafts[cell.tenant.id]} if "$draft" in document else {}


async def test_nothing_of_an_account_is_told_to_a_program_without_access_management(
    desk: Desk, everybody: Cast, clients: dict[str, Client]
) -> None:
    """Whatever it asks, of whomever: no address, no other token, no record and no member."""
    drafts, told = await drafts_of(desk, everybody), list[str]()
    for name in ("reader", "operations reader"):
        for cell in (each for each in everybody.cells() if each.name == name):
            documents = [question.document(cell) for question in ROOTS.values()]
            for path_name, path in PATHS.items():
                documents += [path.ask(cell, asked) for asked in fields_of(path_name).values()]
            for document in documents:
                answer = await clients[name].send(document, **_variables(document, drafts, cell))
                told.append(orjson.dumps(answer.get("data")).decode())
    everything = "".join(told)
    for tenant in (everybody.client, everybody.vendor, everybody.operations):
        for hidden in (
            tenant.administrator_email,
            tenant.viewer_email,
            tenant.viewer.id,
            tenant.viewer.name,
            tenant.token_id,
            tenant.manager.id,
            tenant.record_id,
            "Robot of",
            "Invites",
            drafts[tenant.id],
        ):
            assert hidden not in everything, hidden
