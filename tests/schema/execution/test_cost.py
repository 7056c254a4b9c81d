"""What operations cost: by their text and their variables, before anything is executed."""

from typing import Any, Final

import pytest
from graphql import (
    GraphQLObjectType,
    OperationDefinitionNode,
    get_introspection_query,
    get_nullable_type,
    is_introspection_type,
    is_list_type,
    parse,
)
from strawberry.types.base import StrawberryObjectDefinition
from strawberry.utils.str_converters import to_camel_case

from schema.execution.cost import MOST_POINTS, WEIGHTS, plan
from schema.root.schema import build_schema
from server.services.search.token_list import TokenList
from server.services.tokens.lifecycle import Tokens
from tests.schema.conftest import Client
from tests.schema.hostile import WIDE_INTROSPECTION

LOOK_UPS: Final = "milestones { rotated { at } } oldSecrets { works } auditTrail { totalCount }"
"""Three of a token; the last has a window of 25."""


def points(text: str, variables: dict[str, Any] | None = None) -> int:
    document = parse(text)
    [operation] = [
        each for each in document.definitions if isinstance(each, OperationDefinitionNode)
    ]
    return plan(document, operation).points(variables)


@pytest.mark.parametrize(
    ("text", "cost"),
    [
        ("{ __typename }", 1),
        ("{ viewer { id } }", 1),
        ("{ viewer { id } account { id } }", 2),
        ("{ apiTokens(first: 0) { totalCount } }", 1),
        ("{ apiTokens(first: 20) { totalCount } }", 3),
        ("{ apiTokens(first: 100) { totalCount } }", 11),
        ("{ apiTokens { totalCount } }", 4),
        ("{ apiTokens(first: null) { totalCount } }", 4),
        ("{ apiTokens(last: 100) { totalCount } }", 11),
        ("{ apiTokens(first: 1, last: 100) { totalCount } }", 11),
        ("{ apiTokens(first: -5) { totalCount } }", 1),
        ("{ apiTokens(first: 99999999999999999999) { totalCount } }", 11),
        ("{ apiTokens(first: 1000) { totalCount } }", 11),
        ("{ apiTokens(first: 20) { nodes { modules { id } } } }", 13),
        ("{ apiTokens(first: 20) { nodes { milestones { rotated { at } } } } }", 23),
        ("{ apiTokens(first: 20) { nodes { a: oldSecrets { id } b: oldSecrets { id } } } }", 43),
        ("{ apiTokens(first: 20) { nodes { ...f } } } fragment f on ApiToken { usage { to } }", 23),
        ("{ apiTokens(first: 20) { nodes { ... { usage { to } } } } }", 23),
        ("{ apiTokens(first: 10) { nodes { usage { points { start } } } } }", 212),
        ("{ apiToken(id: 1) { auditTrail(first: 50) { totalCount } } }", 7),
        ("{ apiTokens(first: 10) { nodes { auditTrail(first: 50) { totalCount } } } }", 62),
        ("{ nodes(ids: [1, 2, 3, 4, 5]) { ... on ApiToken { usage { to } } } }", 7),
        ("{ nodes(ids: 1) { id } }", 2),
        ("mutation { a: createModule(input: {}) { id } b: createModule(input: {}) { id } }", 20),
        ('mutation { enableApiTokens(input: {ids: ["a"]}) { id } }', 11),
        ('mutation { enableApiTokens(input: {ids: "a"}) { id } }', 11),
        ("subscription { auditRecordAdded { id } }", 10),
    ],
)
def test_the_text_tells(text: str, cost: int) -> None:
    assert points(text) == cost


@pytest.mark.parametrize(
    ("variables", "cost"),
    [
        (None, 7),
        ({}, 7),
        ({"n": 0}, 1),
        ({"n": 1}, 7),
        ({"n": 20}, 113),
        ({"n": 20.0}, 113),
        ({"n": 100}, 561),
        ({"n": 101}, 561),
        ({"n": 1e400}, 561),
        ({"n": "20"}, 561),
        ({"n": [20]}, 561),
        ({"n": None}, 141),
    ],
)
def test_variables_have_their_say(variables: dict[str, Any] | None, cost: int) -> None:
    """A token costs a tenth, three look-ups, and the 25 records of its trail."""
    text = f"query ($n: Int = 1) {{ apiTokens(first: $n) {{ nodes {{ {LOOK_UPS} }} }} }}"
    assert points(text, variables) == cost


@pytest.mark.parametrize(
    ("head", "argument", "variables"),
    [
        ("($ids: [ID!]!)", "{ids: $ids}", {"ids": ["a"] * 50}),
        ("($input: DisableApiTokensInput!)", "$input", {"input": {"ids": ["a"] * 50}}),
        ("($ids: [ID!]!, $n: Int)", "{n: $n ids: $ids}", {"ids": ["a"] * 50}),
        ("($a: ID!)", "{ids: [" + "$a " * 50 + "]}", {"a": "a"}),
    ],
)
def test_what_is_done_to_many_costs_by_their_number(
    head: str, argument: str, variables: dict[str, Any]
) -> None:
    body = "{ ... on DisableApiTokensPayload { changed { oldSecrets { id } } } }"
    text = f"mutation {head} {{ disableApiTokens(input: {argument}) {body} }}"
    assert points(text, variables) == 10 + 50 * 0.1 + 50


def test_the_usual_query_of_tools_fits_into_a_minute_of_nobodys() -> None:
    assert points(get_introspection_query(input_value_deprecation=True)) < 500 / 5
    assert points(WIDE_INTROSPECTION) > MOST_POINTS


def test_every_field_that_looks_something_up_costs() -> None:
    objects = {
        definition
        for type_ in build_schema().schema_converter.type_map.values()
        if isinstance(definition := type_.definition, StrawberryObjectDefinition)
        if definition.name not in {"Query", "Mutation", "Subscription"}
    }
    looking = {
        to_camel_case(field.name)
        for each in objects
        for field in each.fields
        if field.base_resolver is not None
    }
    assert looking
    looking -= {"language", "reveal"}  # they ask for permission, and read what is there already
    assert {name for name in looking if name not in WEIGHTS or WEIGHTS[name].own < 0.5} == set()


SHORT: Final = {
    "refusals": "a kind of refusal each",
    "fieldErrors": "as many as the input has fields",
    "edges": "of a window, which costs",
    "nodes": "of a window, which costs",
    "path": "two or three words",
    "changed": "of a change of many, which costs",
    "refused": "of a change of many, which costs",
    "oldSecrets": "a look-up",
    "lastCalls": "a look-up, of ten callers",
    "moduleRequests": "a look-up, of a token's modules",
    "points": "costs as much as its objects do",
}


def test_every_list_costs_by_its_length_or_is_short() -> None:
    schema = build_schema()._schema
    lists = {
        name
        for type_ in schema.type_map.values()
        if isinstance(type_, GraphQLObjectType) and not is_introspection_type(type_)
        for name, field in type_.fields.items()
        if is_list_type(get_nullable_type(field.type))
    }
    by_length = {name for name, weight in WEIGHTS.items() if weight.each}
    assert lists - by_length - set(SHORT) == set()
    assert set(SHORT) <= lists


def test_no_field_is_mistaken_for_one_of_introspection() -> None:
    introspection = {"types", "fields", "inputFields", "enumValues", "args"}
    schema = build_schema()._schema
    ours = {
        name
        for type_ in schema.type_map.values()
        if isinstance(type_, GraphQLObjectType) and not is_introspection_type(type_)
        for name in type_.fields
    }
    assert ours & introspection == set()
    weighed = {name.removeprefix("Query.") for name in WEIGHTS}
    assert introspection <= weighed <= ours | introspection


def three_look_ups(lists: int, window: str) -> str:
    """Three look-ups of each token of some lists."""
    wished = f"({window})" if window else ""
    asked = " ".join(f"a{i}: apiTokens{wished} {{ nodes {{ ...t }} }}" for i in range(lists))
    head = "query ($n: Int = 1) { n: apiTokens(first: $n) { totalCount }"
    return f"{head} {asked} }} fragment t on ApiToken {{ {LOOK_UPS} }}"


@pytest.mark.parametrize(
    ("text", "variables", "cost"),
    [
        (three_look_ups(2, "first: 100"), {}, 1_124),
        (three_look_ups(2, "first: $n"), {"n": 100}, 1_133),
        (three_look_ups(8, ""), {}, 1_130),
        (WIDE_INTROSPECTION, {}, 1_924),
    ],
)
async def test_what_costs_too_much_is_not_begun(
    admin: Client,
    monkeypatch: pytest.MonkeyPatch,
    text: str,
    variables: dict[str, Any],
    cost: int,
) -> None:
    async def begin(*_: object, **__: object) -> None:
        raise AssertionError("it was begun")

    monkeypatch.setattr(TokenList, "cursor_page", begin)
    request = {"query": text, "variables": variables}
    answer = await admin.http.post("/graphql", json=request)
    message = (
        f"The query costs {cost:,} points, more than the 1,000 that one may cost."
        " Ask for fewer objects at once, or for less of each."
    )
    told = {"code": "COST_TOO_HIGH", "cost": cost, "limit": 1_000}
    assert answer.json() == {"errors": [{"message": message, "extensions": told}]}


async def test_a_mutation_that_costs_too_much_changes_nothing(
    admin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def begin(*_: object, **__: object) -> None:
        raise AssertionError("it was begun")

    monkeypatch.setattr(Tokens, "disable_all", begin)
    query = """mutation ($ids: [ID!]!) { disableApiTokens(input: {ids: $ids}) {
        ... on DisableApiTokensPayload { changed { oldSecrets { works } } } } }"""
    request = {"query": query, "variables": {"ids": ["TKN-1234-5678"] * 901}}
    answer = await admin.http.post("/graphql", json=request)
    assert answer.json()["errors"][0]["extensions"]["code"] == "COST_TOO_HIGH"


@pytest.mark.parametrize("window", ["first: 100", "first: $n", "last: 0", ""])
async def test_a_full_window_with_three_look_ups_of_each_is_fine(
    admin: Client, window: str
) -> None:
    assert (await admin.run(three_look_ups(1, window)))["a0"] == {"nodes": []}


async def test_the_cost_is_told_to_whoever_asks(admin: Client, nobody: Client) -> None:
    request = {"query": "{ apiTokens(first: 100) { totalCount } }"}
    answer = (await admin.http.post("/graphql", json=request)).json()
    assert "extensions" not in answer
    headers = {"GraphQL-Cost": "1"}
    answer = (await admin.http.post("/graphql", json=request, headers=headers)).json()
    cost = {"points": 11, "limit": 1_000, "remaining": 5_000 - 22}
    assert answer == {"data": {"apiTokens": {"totalCount": 0}}, "extensions": {"cost": cost}}
    params = {"query": "{ __typename }"}
    answer = (await nobody.http.get("/graphql", params=params, headers=headers)).json()
    assert answer["extensions"] == {"cost": {"points": 1, "limit": 500, "remaining": 499}}


async def test_the_cost_of_a_document_is_read_once(
    admin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = []

    def reading(*arguments: Any) -> Any:
        read.append(arguments)
        return plan(*arguments)

    monkeypatch.setattr("schema.execution.documents.plan", reading)
    query = "query ($n: Int) { apiTokens(first: $n) { totalCount } }"
    headers = {"GraphQL-Cost": "1"}
    costs = []
    for n in (10, 50, 100):
        request = {"query": query, "variables": {"n": n}}
        answer = await admin.http.post("/graphql", json=request, headers=headers)
        costs.append(answer.json()["extensions"]["cost"]["points"])
    assert costs == [2, 6, 11]
    assert len(read) == 1
