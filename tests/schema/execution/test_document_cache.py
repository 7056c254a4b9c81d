"""A right document is parsed and validated once for its text; nothing else is remembered."""

from typing import Any, Final

import pytest
from graphql import parse
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.types.graphql import OperationType

from schema.base.context import Context
from schema.execution import document_cache
from schema.execution.document_cache import LONGEST_KEPT, Documents
from schema.root.schema import build_schema
from server.desk import Desk
from server.domain.actor import NOBODY

QUERY: Final = "query Who { viewer { id } }"

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """How often a document was parsed and validated."""
    counted = {"parse": 0, "validate_document": 0}
    for name in counted:
        stock = getattr(document_cache, name)

        def counting(*given: Any, _name: str = name, _stock: Any = stock, **options: Any) -> Any:
            counted[_name] += 1
            return _stock(*given, **options)

        monkeypatch.setattr(document_cache, name, counting)
    return counted


@pytest.fixture
def context(desk: Desk) -> Context:
    return Context(desk, NOBODY)


async def test_a_document_is_parsed_and_validated_once(
    context: Context, work: dict[str, int]
) -> None:
    schema = build_schema()
    for _ in range(3):
        result = await schema.execute(QUERY, context_value=context)
        assert result.data == {"viewer": None}
    stream: Any = await schema.stream(QUERY, context_value=context)
    assert [each.data async for each in stream] == [{"viewer": None}]
    assert work == {"parse": 1, "validate_document": 1}


ASKED: Final[list[dict[str, Any]]] = [
    {"query": "{ viewer { id } __typename }"},
    {"query": "{ account { name } }"},
    {"query": "query A { __typename } query B { viewer { id } }", "operation_name": "B"},
    {"query": "query A { __typename } query B { viewer { id } }"},
    {"query": "query A { __typename } query B { viewer { id } }", "operation_name": "C"},
    {
        "query": "query ($id: ID!) { node(id: $id) { id } }",
        "variable_values": {"id": ["TKN-0000-0000", "TKN-0000-0000"]},
    },
    {"query": "query ($id: ID!) { node(id: $id) { id } }", "variable_values": {}},
    {"query": "query ($a: Int) { apiTokens(first: $a) { totalCount } }"},
    {
        "query": "query ($a: Int) { apiTokens(first: $a) { nodes { auditTrail(first: 100) {"
        " nodes { id } } } } }",
        "variable_values": {"a": 100},
    },
    {"query": "mutation { disableApiToken(input: {id: 1}) { __typename } }"},
    {"query": "subscription { apiTokenChanged { id } }", "allowed": [OperationType.QUERY]},
]


@pytest.mark.parametrize("asked", ASKED)
async def test_a_known_document_is_answered_as_an_unknown_one(
    asked: dict[str, Any], desk: Desk
) -> None:
    """Only the first time does Strawberry run it, with the extensions and their hooks."""
    schema = build_schema()
    told: list[Any] = []
    options = {**asked, "allowed_operation_types": asked.get("allowed")}
    query = options.pop("query")
    options.pop("allowed", None)
    for _ in range(2):
        context = Context(desk, NOBODY, reports_cost=True)
        try:
            result = await schema.execute(query, context_value=context, **options)
        except (CannotGetOperationTypeError, InvalidOperationTypeError) as refused:
            told.append((type(refused), vars(refused)))
            continue
        errors = [each.formatted for each in result.errors or ()]
        cost = dict((result.extensions or {}).get("cost", {}))
        cost.pop("remaining", None)
        told.append((result.data, errors, cost, context.kind))
    assert told[0] == told[1]


async def test_a_directive_decides_by_the_variables_of_each_request(context: Context) -> None:
    schema = build_schema()
    query = "query ($no: Boolean!) { __typename viewer @skip(if: $no) { id } }"
    for no in (False, True, False, True):
        result = await schema.execute(query, {"no": no}, context_value=context)
        assert result.errors is None
        assert result.data == {"__typename": "Query"} | ({} if no else {"viewer": None})


async def test_schemas_share_nothing(context: Context, work: dict[str, int]) -> None:
    introspection = "{ __schema { queryType { name } } }"
    allowed = await build_schema().execute(introspection, context_value=context)
    assert allowed.errors is None
    refused = await build_schema(introspection=False).execute(introspection, context_value=context)
    assert refused.errors
    assert work == {"parse": 2, "validate_document": 2}


@pytest.mark.parametrize(
    ("query", "message"),
    [("{ viewer { id }", "Syntax Error: Expected Name, found <EOF>."), ("{ no }", "Cannot query")],
)
async def test_a_wrong_document_is_told_anew_each_time(
    query: str, message: str, context: Context
) -> None:
    schema = build_schema()
    told = []
    for _ in range(2):
        result = await schema.execute(query, context_value=context)
        told.append([each.formatted for each in result.errors or ()])
        stream: Any = await schema.stream(query, context_value=context)
        [streamed] = [each async for each in stream]
        told.append([each.formatted for each in streamed.errors or ()])
    assert told[0][0]["message"].startswith(message)
    assert told == [told[0]] * 4


async def test_what_is_wrong_pushes_nothing_out(context: Context, work: dict[str, int]) -> None:
    schema = build_schema()
    await schema.execute(QUERY, context_value=context)
    for number in range(document_cache.MOST_DOCUMENTS + 1):
        await schema.execute(f"{{ no{number}", context_value=context)
    await schema.execute(QUERY, context_value=context)
    assert work["validate_document"] == 1


async def test_the_longest_unused_is_forgotten(desk: Desk) -> None:
    documents = Documents(most=2)
    parsed = {text: parse(f"{{ {text} }}") for text in "abc"}
    documents.keep("a", parsed["a"])
    documents.keep("b", parsed["b"])
    kept = documents.find("a")
    assert kept is not None
    assert kept.document is parsed["a"]
    documents.keep("c", parsed["c"])
    assert documents.find("a") is kept
    assert documents.find("b") is None
    assert documents.find("c") is not None
    assert len(documents) == 2


async def test_a_very_long_text_is_not_kept(context: Context, work: dict[str, int]) -> None:
    schema = build_schema()
    for _ in range(2):
        result = await schema.execute(QUERY + " " * LONGEST_KEPT, context_value=context)
        assert result.errors is None
    assert work["parse"] == 2
