"""Without introspection no error tells a name of the schema that the client did not send."""

import re
from typing import Any

import pytest

from schema.root.schema import DeskSchema, build_schema

ORDER = "query ($order: ApiTokenOrder) { apiTokens(orderBy: $order) { totalCount } }"
FILTER = "query ($filter: ApiTokenFilter) { apiTokens(filter: $filter) { totalCount } }"
CREATE = "mutation ($input: CreateApiTokenInput!) { createApiToken(input: $input) { __typename } }"

TYPOS: dict[str, tuple[str, dict[str, Any], str]] = {
    "field": ("{ viewr { id } }", {}, "viewer"),
    "field below": ("{ apiTokens { nodes { descriptio } } }", {}, "description"),
    "field of a member": (
        '{ node(id: "TKN-1234-5678") { withdrawnModules { id } } }',
        {},
        "ApiToken",
    ),
    "argument": ('{ apiToken(idd: "x") { id } }', {}, "id"),
    "argument of a directive": ("{ viewer @skip(iff: true, if: true) { id } }", {}, "if"),
    "type of a fragment": ("{ ...f } fragment f on Querry { viewer { id } }", {}, "Query"),
    "type of an inline fragment": ("{ ... on Querry { viewer { id } } }", {}, "Query"),
    "type of a variable": ("query ($a: ApiTokenOrderr) { viewer { id } }", {}, "ApiTokenOrder"),
    "enum": ("{ apiTokens(orderBy: {field: NAMES}) { totalCount } }", {}, "NAME"),
    "enum as text": ('{ apiTokens(orderBy: {field: "NAME"}) { totalCount } }', {}, "NAME"),
    "enum in a variable": (ORDER, {"order": {"field": "NAMES"}}, "NAME"),
    "enum in lower case": (ORDER, {"order": {"field": "created_at"}}, "CREATED_AT"),
    "input field": ("{ apiTokens(filter: {moduleId: []}) { totalCount } }", {}, "moduleIds"),
    "input field in a variable": (FILTER, {"filter": {"moduleId": []}}, "moduleIds"),
    "input field of a mutation": (CREATE, {"input": {"naem": "x"}}, "name"),
    "mutation": ("mutation { createApiTokn(input: {}) { __typename } }", {}, "createApiToken"),
    "no selection": ("{ viewer }", {}, "viewer { ... }"),
}


async def messages(schema: DeskSchema, query: str, variables: dict[str, Any]) -> list[str]:
    result = await schema.execute(query, variable_values=variables)
    assert result.errors
    return [error.message for error in result.errors]


@pytest.fixture(scope="module")
def open_schema() -> DeskSchema:
    return build_schema()


@pytest.fixture(scope="module")
def closed_schema() -> DeskSchema:
    return build_schema(introspection=False)


@pytest.mark.parametrize("place", TYPOS)
async def test_no_name_is_hinted_at(
    open_schema: DeskSchema, closed_schema: DeskSchema, place: str
) -> None:
    query, variables, name = TYPOS[place]
    hinting = await messages(open_schema, query, variables)
    assert any(name in each.partition(" Did you mean ")[2] for each in hinting), hinting
    told = await messages(closed_schema, query, variables)
    assert told == [re.sub(r" Did you mean .*?\?(?= Found:|$)", "", each) for each in hinting]
    assert "Did you mean" not in str(told)


@pytest.mark.parametrize(
    "query",
    [
        "{ __schema { queryType { name } } }",
        '{ __type(name: "Query") { name } }',
        "{ ...f } fragment f on Query { __schema { types { name } } }",
        "{ ... { a: __schema { __typename } } }",
    ],
)
async def test_the_schema_is_not_told(closed_schema: DeskSchema, query: str) -> None:
    result = await closed_schema.execute(query)
    assert result.data is None
    assert result.errors
    assert await closed_schema.execute("{ __typename }") is not None
