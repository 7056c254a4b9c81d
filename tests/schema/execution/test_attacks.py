"""Known attacks on GraphQL servers, over the real application: refused, cheaply and quietly."""

import logging
from typing import Any

import httpx
import pytest
from graphql import get_introspection_query

from schema.http.negotiation import GRAPHQL_JSON
from tests.schema import hostile
from tests.schema.conftest import Client

BAD, COSTLY = "BAD_REQUEST", "COST_TOO_HIGH"

DOCUMENTS: dict[str, tuple[str, str]] = {
    "fragment bomb of 100": (hostile.fragment_bomb(100), BAD),
    "fragment bomb of 90": (hostile.fragment_bomb(90), BAD),
    "fragment bomb of 30": (hostile.fragment_bomb(30), BAD),
    "1,000 aliases": (hostile.aliases(1_000), BAD),
    "200 aliases": (hostile.aliases(200), BAD),
    "depth of 60": (hostile.nested(60), BAD),
    "depth of 300": (hostile.nested(300), BAD),
    "selections within selections": (hostile.inline(150), BAD),
    "fragments that are deep together": (hostile.chained(5, 60), BAD),
    "cycle": (hostile.CYCLE, BAD),
    "long cycle": (hostile.LONG_CYCLE, BAD),
    "cyclic nest": (hostile.CYCLIC_NEST, BAD),
    "nest of introspection": (hostile.introspection_nest(4), BAD),
    "deep nest of introspection": (hostile.introspection_nest(100), BAD),
    "wide introspection": (hostile.WIDE_INTROSPECTION, COSTLY),
    "20 introspections": (
        "{" + " ".join(f"a{i}: __schema {{ ...s }}" for i in range(20)) + "}"
        " fragment s on __Schema { types { fields { name args { name type { name } } } } }",
        COSTLY,
    ),
    "one field 900 times": ("{" + "__typename " * 900 + "}", BAD),
    "fields to compare": (hostile.repeated(20, 18), BAD),
    "fragments to compare": (hostile.crossed(25, 14), BAD),
    "450 directives": (hostile.DIRECTIVES, BAD),
    "150 operations": (hostile.OPERATIONS, BAD),
    "220 variables": (hostile.VARIABLES, BAD),
    "900 typos": (hostile.TYPOS, BAD),
    "long comment": (hostile.COMMENT, BAD),
    "blanks": (hostile.BLANKS, BAD),
    "long name": (hostile.LONG_NAME, BAD),
    "long string": (hostile.LONG_STRING, BAD),
    "mutation by fragment": (
        "{ ...f } fragment f on Mutation { discardTokenDraft(input: {id: 1}) { __typename } }",
        BAD,
    ),
    "several windows": (
        "{"
        + " ".join(
            f"a{i}: apiTokens(first: 100) {{ nodes {{ auditTrail {{ totalCount }} }} }}"
            for i in range(19)
        )
        + "}",
        COSTLY,
    ),
}


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> Any:
    """Nothing of it is an error of ours, nor a traceback."""
    yield
    assert not [each for each in caplog.records if each.exc_info or each.levelno >= logging.ERROR]


@pytest.mark.parametrize("name", DOCUMENTS)
async def test_a_hostile_document_is_refused(http: httpx.AsyncClient, name: str) -> None:
    text, code = DOCUMENTS[name]
    answer = await http.post("/graphql", json={"query": text}, headers={"Accept": GRAPHQL_JSON})
    assert answer.status_code == 400
    assert answer.json().keys() == {"errors"}
    assert {each["extensions"]["code"] for each in answer.json()["errors"]} == {code}
    assert len(answer.content) < 100_000


async def test_a_long_list_of_literals_is_refused_by_who_knows_its_worth(admin: Client) -> None:
    [error] = (await admin.send(hostile.LITERALS))["errors"]
    assert error["message"] == "Name at most 100 modules in moduleIds."


async def test_no_error_repeats_more_than_a_thousand_characters(nobody: Client) -> None:
    for query in ("{" + "a" * 40_000 + "}", '{ apiToken(id: ["' + "x" * 40_000 + '"]) { id } }'):
        for error in (await nobody.send(query))["errors"]:
            assert len(error["message"]) == 1_001


@pytest.mark.parametrize(
    "variables",
    [
        {"ids": ["a"] * 200_000},
        {"ids": [[[["a"] * 10] * 10] * 10] * 10},
        {"ids": "a", "other": {str(n): n for n in range(50_000)}},
    ],
    ids=["list", "lists", "unknown"],
)
async def test_many_variables_are_refused(admin: Client, variables: dict[str, Any]) -> None:
    query = "query ($ids: [ID!]) { apiTokens(filter: {moduleIds: $ids}) { totalCount } }"
    request = {"query": query, "variables": variables}
    answer = await admin.http.post("/graphql", json=request, headers={"Accept": GRAPHQL_JSON})
    assert (answer.status_code, answer.json()["errors"][0]["message"]) == (
        400,
        "The variables hold more than 5,000 values.",
    )


async def test_a_batch_is_not_run(http: httpx.AsyncClient) -> None:
    answer = await http.post("/graphql", json=[{"query": "{ __typename }"}] * 1_000)
    assert (answer.status_code, answer.json().keys()) == (400, {"errors"})


async def test_guesses_of_one_request_are_bounded(admin: Client) -> None:
    """Twenty fields at its root: the throttle of sign-ins ends them before that."""
    guess = 'revealApiTokenSecret(input: {id: "TKN-1234-5678", password: "guess"}) { __typename }'
    query = "mutation {" + " ".join(f"a{i}: {guess}" for i in range(21)) + "}"
    answer = await admin.http.post("/graphql", json={"query": query})
    assert answer.json()["errors"][0]["message"] == (
        "The query selects more than 20 fields at its root."
    )


async def test_tools_may_still_ask_for_the_whole_schema(http: httpx.AsyncClient) -> None:
    query = get_introspection_query(
        specified_by_url=True, directive_is_repeatable=True, schema_description=True
    )
    answer = await http.post("/graphql", json={"query": query})
    assert "errors" not in answer.json()


async def test_a_tampered_cursor_is_a_bad_request(admin: Client) -> None:
    query = "query ($after: String) { apiTokens(after: $after) { totalCount } }"
    for cursor in ("x", "QUJD", "é", "x" * 500_000, "\u0000"):
        request = {"query": query, "variables": {"after": cursor}}
        answer = await admin.http.post("/graphql", json=request, headers={"Accept": GRAPHQL_JSON})
        [error] = answer.json()["errors"]
        assert answer.status_code == 400
        assert error["message"] == "This cursor is not one of this list in this order."
        assert error["extensions"] == {"code": "INVALID"}


async def test_a_text_where_a_file_stands_is_a_bad_request(admin: Client) -> None:
    query = """mutation ($input: SetApiTokenLogoInput!) {
        setApiTokenLogo(input: $input) { __typename } }"""
    wish = {"id": "TKN-1234-5678", "version": 1, "logo": "not a file"}
    request = {"query": query, "variables": {"input": wish}}
    answer = await admin.http.post("/graphql", json=request, headers={"Accept": GRAPHQL_JSON})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["extensions"] == {"code": BAD}
