"""The shorter way of a document that was found right before: straight to its execution."""

from contextlib import nullcontext
from typing import Any, Final

from graphql import ExecutionResult as Executed
from graphql import GraphQLError, execute
from strawberry.execution import optimized_is_awaitable
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.types import ExecutionContext, ExecutionResult
from strawberry.types.execution import PreExecutionError
from strawberry.types.graphql import OperationType

from schema.charges import Plans, charge
from schema.execution import PlainFieldsExecutor
from schema.time_limit import time_limit, too_slow

_IS_AWAITABLE: Final[Any] = optimized_is_awaitable

NOT_TO_RUN: Final = (CannotGetOperationTypeError, InvalidOperationTypeError)
"""What a view answers in its own words, as of Strawberry's `execute`."""


async def run_known(running: ExecutionContext, plans: Plans) -> ExecutionResult:
    """Execute what is known to be right, as Strawberry does with the extension Guard.

    There is nothing to parse and to validate, and so no hook to enter. Errors are not masked yet.
    """
    try:
        kind = await _charged(running, plans)
        executed = await _executed(running, kind)
    except NOT_TO_RUN:
        raise
    except Exception as error:
        told = error if isinstance(error, GraphQLError) else _crash(error)
        return PreExecutionError(None, [told], running.extensions_results)
    return ExecutionResult(executed.data, executed.errors, running.extensions_results)


async def _charged(running: ExecutionContext, plans: Plans) -> OperationType:
    try:
        kind = running.operation_type
    except RuntimeError:
        raise CannotGetOperationTypeError(running.operation_name) from None
    if kind not in running.allowed_operations:
        raise InvalidOperationTypeError(kind)
    return await charge(running, plans)


async def _executed(running: ExecutionContext, kind: OperationType) -> Executed:
    assert running.graphql_document is not None, "it is known"
    result: Any = execute(
        running.schema._schema,
        running.graphql_document,
        root_value=running.root_value,
        context_value=running.context,
        variable_values=running.variables,
        operation_name=running.operation_name,
        executor_class=PlainFieldsExecutor,
        is_awaitable=_IS_AWAITABLE,
        operation_extensions=running.operation_extensions,
    )
    if not isinstance(result, Executed):
        limit = time_limit(kind)
        try:
            async with limit or nullcontext():
                result = await result
        except TimeoutError:
            if limit is None or not limit.expired():
                raise
            raise too_slow(running) from None
    executed: Executed = result
    return executed


def _crash(error: Exception) -> GraphQLError:
    return GraphQLError(str(error), original_error=error)
