"""The fast path for cached documents, which executes them directly."""

from contextlib import nullcontext
from typing import Any

from graphql import ExecutionResult as Executed
from graphql import GraphQLError, GraphQLSchema, execute
from graphql.pyutils import AwaitableOrValue
from strawberry.execution import optimized_is_awaitable
from strawberry.types import ExecutionResult
from strawberry.types.execution import PreExecutionError

from schema.execution.documents import CompiledOperation
from schema.execution.fast_executor import FastFieldExecutor
from schema.execution.plan import ExecutionPlan
from schema.execution.quota import consume
from schema.execution.time_limit import time_limit, too_slow


async def execute_compiled(
    schema: GraphQLSchema,
    operation: CompiledOperation,
    context: object,
    variables: dict[str, Any] | None,
    extensions: dict[str, Any] | None,
) -> ExecutionResult:
    """Execute a compiled operation as Strawberry does with the extension `Guard`.

    Parsing and validation are skipped with their hooks. Errors are not masked yet.
    """
    reported: dict[str, Any] = {}
    try:
        reported = await consume(context, operation, variables)
        executed = _begin(schema, operation, context, variables, extensions)
        if not isinstance(executed, Executed):
            limit = time_limit(operation.kind)
            try:
                async with limit or nullcontext():
                    executed = await executed
            except TimeoutError:
                if limit is None or not limit.expired():
                    raise
                raise too_slow(operation.name) from None
    except Exception as error:
        wrong = error if isinstance(error, GraphQLError) else _crash(error)
        return PreExecutionError(None, [wrong], reported)
    return ExecutionResult(executed.data, executed.errors, reported)


def _begin(
    schema: GraphQLSchema,
    operation: CompiledOperation,
    context: object,
    variables: dict[str, Any] | None,
    extensions: dict[str, Any] | None,
) -> AwaitableOrValue[Executed]:
    if operation.may_vary:
        return execute(
            schema,
            operation.document,
            context_value=context,
            variable_values=variables,
            operation_name=operation.name,
            executor_class=FastFieldExecutor,
            is_awaitable=optimized_is_awaitable,  # type: ignore[arg-type]
            operation_extensions=extensions,
        )
    if operation.repeated is None:
        operation.repeated = ExecutionPlan(schema, operation.document, operation.node)
    return operation.repeated.execute(context, variables, extensions)


def _crash(error: Exception) -> GraphQLError:
    return GraphQLError(str(error), original_error=error)
