"""An operation that is executed over and over answers each time what the stock executor answers.

Nothing of one request reaches the next: no caller, no variable, no error.
"""

import asyncio
import gc
import inspect
import re
from itertools import islice
from typing import Any, Final

import orjson
import pytest
import strawberry
from graphql import GraphQLSchema, execute, get_operation_ast, parse
from strawberry.schema.config import StrawberryConfig
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext as StockExecutor

from schema.base.context import Context
from schema.base.errors import HANDLERS
from schema.base.scalars import SCALARS
from schema.execution.plan import ExecutionPlan
from schema.root.query import Query
from server.desk import Desk
from server.domain.actor import NOBODY
from tests.schema.execution.agreement import agree
from tests.schema.execution.test_execution import ODD, PARTS, Given, Root, ids, outer
from tests.schema.random_queries import RandomQueries
from tests.support.world import World

__all__ = ["ids"]

QUERIES: Final = 60
_DIRECTIVE: Final = re.compile(r"@\w+(\([^)]*\))?")

WHOLE: Final = """fragment Whole on Inner { __typename text number colour moment maybe }
query { outer { __typename inner { ...Whole } maybe { ...Whole } many { other: text ...Whole }
  holes { ...Whole } texts grid waited { ...Whole } } }"""


def repeated(schema: GraphQLSchema, query: str) -> ExecutionPlan:
    document = parse(query)
    operation = get_operation_ast(document)
    assert operation is not None
    return ExecutionPlan(schema, document, operation)


async def answered(result: Any) -> tuple[bytes, bytes]:
    """Data and errors as JSON, waited for if need be."""
    if inspect.isawaitable(result):
        result = await result
    errors = [each.formatted for each in result.errors or ()]
    return orjson.dumps(result.data), orjson.dumps(errors)


async def by_stock(
    schema: GraphQLSchema, query: str, context: object, variables: dict[str, Any] | None = None
) -> tuple[bytes, bytes]:
    return await answered(
        execute(
            schema,
            parse(query),
            context_value=context,
            variable_values=variables,
            executor_class=StockExecutor,
        )
    )


def _read(answer: tuple[bytes, bytes]) -> tuple[Any, list[Any]]:
    data, errors = answer
    return orjson.loads(data), orjson.loads(errors)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
# Of fields that fail together graphql-core's stock executor gives some up before they begin.
@pytest.mark.filterwarnings("ignore:coroutine .* was never awaited")
async def test_each_caller_gets_their_own_answer(desk: Desk, world: World, ids: list[str]) -> None:
    whole = strawberry.Schema(
        Query, config=StrawberryConfig(scalar_map=SCALARS), exception_handlers=HANDLERS
    )
    schema = whole._schema
    callers = (world.admin, world.operations_admin, NOBODY, world.admin)
    told_apart = with_errors = 0
    for query in islice(RandomQueries(schema, ids), QUERIES):
        text = _DIRECTIVE.sub("", query)
        operation = repeated(schema, text)
        told = []
        for actor in callers:
            ours = await answered(operation.execute(Context(desk, actor), None, None))
            stock = await by_stock(schema, text, Context(desk, actor))
            assert agree(_read(ours), _read(stock)), text
            told.append(ours)
        told_apart += len(set(told)) > 1
        with_errors += any(errors != b"[]" for _, errors in told)
    gc.collect()  # what was given up is to be warned of here, and in no later test
    assert told_apart >= QUERIES / 2
    assert with_errors >= QUERIES / 20


@pytest.mark.parametrize("query", [WHOLE, PARTS])
@pytest.mark.parametrize("odd", ODD)
@pytest.mark.filterwarnings("ignore:coroutine '_later' was never awaited")
async def test_odd_values_leave_nothing_behind(odd: str, query: str) -> None:
    schema = strawberry.Schema(Root, config=StrawberryConfig(scalar_map=SCALARS))._schema
    operation = repeated(schema, query)
    for make in (outer, ODD[odd], outer, ODD[odd]):
        ours = await answered(operation.execute(Given(make()), None, None))
        assert ours == await by_stock(schema, query, Given(make()))


@strawberry.type
class Sums:
    @strawberry.field
    def double(self, of: int) -> int:
        return 2 * of


TWICE: Final = "query ($of: Int!) { double(of: $of) }"


async def test_variables_are_those_of_the_request() -> None:
    schema = strawberry.Schema(Sums)._schema
    operation = repeated(schema, TWICE)
    for variables in ({"of": 1}, {"of": 2}, {"of": "x"}, {}, None, {"of": 1, "other": [1]}):
        ours = await answered(operation.execute(None, variables, None))
        assert ours == await by_stock(schema, TWICE, None, variables)
    assert await answered(operation.execute(None, {"of": 4}, None)) == (b'{"double":8}', b"[]")


async def test_what_is_found_out_is_remembered_once() -> None:
    schema = strawberry.Schema(Root, config=StrawberryConfig(scalar_map=SCALARS))._schema
    operation = repeated(schema, WHOLE)
    await answered(operation.execute(Given(outer()), None, None))
    executor = operation._executor
    kept = executor._fields, executor._objects, executor._relevant_sub_fields
    sizes = [len(each) for each in kept]
    assert min(sizes) > 0
    for _ in range(3):
        await answered(operation.execute(Given(outer()), None, None))
    assert [len(each) for each in kept] == sizes


async def test_requests_at_the_same_time_are_told_apart() -> None:
    @strawberry.type
    class Waiting:
        @strawberry.field
        async def mine(self, info: strawberry.Info[Any, None]) -> str:
            barrier, name = info.context
            await barrier.wait()
            if name == "c":  # whom nobody keeps waiting: it fails while the others go on
                raise ValueError(name)
            return str(name)

    operation = repeated(strawberry.Schema(Waiting)._schema, "{ mine }")
    barrier = asyncio.Barrier(3)
    results = [answered(operation.execute((barrier, each), None, None)) for each in "abc"]
    a, b, c = await asyncio.gather(*results)
    assert (a, b) == ((b'{"mine":"a"}', b"[]"), (b'{"mine":"b"}', b"[]"))
    assert c[0] == b"null"
    assert [each["message"] for each in orjson.loads(c[1])] == ["c"]
