"""Errors are told without the inside: crashes under an id, and no hints where none may be had."""

import logging
import re
from collections.abc import AsyncIterator
from typing import Any, Final

import pytest
from graphql import GraphQLError
from strawberry.extensions import SchemaExtension

from schema.base.context import Context
from schema.execution.error_masking import UNAVAILABLE
from schema.root.schema import DeskSchema, build_schema
from server.desk import Desk
from server.domain.actor import NOBODY
from tests.support.world import World

INSIDE: Final = "the inside: hunter2"
ACCOUNT: Final = "{ account { name } }"

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def executed(schema: DeskSchema, query: str, context: Context) -> Any:
    return await schema.execute(query, context_value=context)


async def streamed(schema: DeskSchema, query: str, context: Context) -> Any:
    """As WebSockets and server-sent events run it."""
    results = [each async for each in await schema.stream(query, context_value=context)]
    assert len(results) == 1
    return results[0]


TRANSPORTS: Final = [executed, streamed]


@pytest.mark.parametrize("run", TRANSPORTS)
async def test_a_crash_is_told_by_an_id_that_is_in_the_log(
    run: Any,
    desk: Desk,
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def crash(*_: object) -> None:
        raise RuntimeError(INSIDE)

    monkeypatch.setattr(desk.accounts, "get", crash)
    with caplog.at_level(logging.ERROR, "tokendesk.graphql"):
        result = await run(build_schema(), ACCOUNT, Context(desk, world.admin))
    [error] = result.errors
    found = re.fullmatch(r"Internal error ([0-9a-f]{12})\.", error.message)
    assert found, error.message
    assert error.formatted["extensions"] == {"code": "INTERNAL"}
    assert INSIDE not in str(error.formatted)
    [record] = caplog.records
    assert found[1] in record.getMessage()
    assert record.exc_info
    assert INSIDE in str(record.exc_info[1])


@pytest.mark.parametrize("run", TRANSPORTS)
async def test_a_crash_of_an_extension_is_masked_as_well(
    run: Any, desk: Desk, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    class Crashing(SchemaExtension):
        async def on_execute(self) -> AsyncIterator[None]:
            if self.execution_context.graphql_document:
                raise RuntimeError(INSIDE)
            yield

    schema = build_schema()
    schema.extensions = (*schema.extensions, Crashing)
    result = await run(schema, ACCOUNT, Context(desk, world.admin))
    assert result.data is None
    [error] = result.errors
    assert error.message.startswith("Internal error ")
    assert error.extensions == {"code": "INTERNAL"}
    assert INSIDE in caplog.text


@pytest.mark.parametrize("run", TRANSPORTS)
async def test_a_storage_failure_is_no_crash(
    run: Any, desk: Desk, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object) -> None:
        raise OSError(INSIDE)

    monkeypatch.setattr(desk.accounts, "get", fail)
    result = await run(build_schema(), ACCOUNT, Context(desk, world.admin))
    [error] = result.errors
    assert error.message == UNAVAILABLE
    assert error.extensions == {"code": "UNAVAILABLE"}


@pytest.mark.parametrize("run", TRANSPORTS)
@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{ account { name } ", "BAD_REQUEST"),
        ("{ nothing }", "BAD_REQUEST"),
        ('{ apiTokens(filter: {createdSince: "today"}) { totalCount } }', "BAD_REQUEST"),
        ("{ apiTokens(first: 101) { totalCount } }", "INVALID"),
        ('{ apiTokens(after: "forged") { totalCount } }', "INVALID"),
    ],
)
async def test_what_the_caller_did_wrong_is_told_as_it_is(
    run: Any, query: str, code: str, desk: Desk, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    result = await run(build_schema(), query, Context(desk, world.admin))
    [error] = result.errors
    assert error.extensions["code"] == code
    assert "Internal error" not in error.message
    assert caplog.records == []


async def test_a_stream_without_an_operation_is_the_callers_fault(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    context = Context(desk, NOBODY)
    schema = build_schema()
    for query, name in (
        ("", None),
        ("query A { __typename }", "B"),
        ("fragment A on Query { __typename }", None),
    ):
        stream: Any = await schema.stream(query, context_value=context, operation_name=name)
        [result] = [each async for each in stream]
        [error] = result.errors or []
        assert error.extensions == {"code": "BAD_REQUEST"}, query
        assert "Internal error" not in error.message
    assert caplog.records == []


async def test_a_code_that_was_given_stays(desk: Desk) -> None:
    error = GraphQLError("Too dear.", extensions={"code": "COST_TOO_HIGH", "cost": 7})
    build_schema().process_errors([error])
    assert error.formatted == {
        "message": "Too dear.",
        "extensions": {"code": "COST_TOO_HIGH", "cost": 7},
    }


HINTS: Final = {
    "field": ("{ acount { name } }", {}),
    "field of an interface": ("{ node(id: 1) { name } }", {}),
    "selection": ("{ account }", {}),
    "argument": ("{ apiTokens(fist: 1) { totalCount } }", {}),
    "directive's argument": ("{ account @skip(iff: true) { name } }", {}),
    "type": ("{ node(id: 1) { ... on ApiTokn { id } } }", {}),
    "variable's type": ("query ($a: ApiTokenFiltr) { apiTokens(filter: $a) { totalCount } }", {}),
    "input field": ('{ apiTokens(filter: {serch: "a"}) { totalCount } }', {}),
    "enum": ("{ apiTokens(filter: {status: ACTIV}) { totalCount } }", {}),
    "enum as text": ('{ apiTokens(filter: {status: "ACTIVE"}) { totalCount } }', {}),
    "input field by variable": (
        "query ($a: ApiTokenFilter) { apiTokens(filter: $a) { totalCount } }",
        {"a": {"serch": "a"}},
    ),
    "enum by variable": (
        "query ($a: ApiTokenFilter) { apiTokens(filter: $a) { totalCount } }",
        {"a": {"status": "ACTIV"}},
    ),
    "enum by variable, over lines": (
        "query ($a: ApiTokenFilter) { apiTokens(filter: $a) { totalCount } }",
        {"a": {"status": "ACTIVE\n"}},
    ),
}


@pytest.mark.parametrize("hint", HINTS)
async def test_no_names_are_hinted_at_without_introspection(
    hint: str, desk: Desk, world: World
) -> None:
    query, variables = HINTS[hint]
    told = {}
    for introspection in (True, False):
        result = await build_schema(introspection=introspection).execute(
            query, variable_values=variables, context_value=Context(desk, world.admin)
        )
        assert result.errors
        told[introspection] = " ".join(error.message for error in result.errors)
    assert "Did you mean" in told[True]
    assert "Did you mean" not in told[False]
    assert told[False]
