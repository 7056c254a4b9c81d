"""Cached execution plans: what does not depend on the request is computed once per operation."""

from collections.abc import Awaitable
from copy import copy
from typing import Any, Final

from graphql import (
    DocumentNode,
    ExecutionResult,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    default_field_resolver,
    default_type_resolver,
)
from graphql.execution.collect_fields import FragmentDetails, collect_fields
from graphql.execution.executor import CollectedErrors
from graphql.execution.values import VariableValues, get_variable_values
from graphql.pyutils import AwaitableOrValue
from strawberry.execution import optimized_is_awaitable

from schema.execution.fast_executor import FastFieldExecutor

_NO_VARIABLES: Final = VariableValues({}, {})
_MOST_ERRORS: Final = 50
"""How many errors about variables are reported, as in graphql-core."""


class ExecutionPlan:
    """The reusable execution of one operation of a valid document.

    Each execution uses a shallow copy of one executor, as graphql-core does for the events of a
    subscription. The copies share the collected fields, so no directive may make these depend on
    variables.
    """

    def __init__(
        self, schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode
    ) -> None:
        definitions = {
            each.name.value: each
            for each in document.definitions
            if isinstance(each, FragmentDefinitionNode)
        }
        fragments = {name: FragmentDetails(each) for name, each in definitions.items()}
        root = schema.get_root_type(operation.operation)
        assert root is not None, "the document was found right"
        self._root = root
        self._fields = collect_fields(
            schema, fragments, _NO_VARIABLES, root, operation
        ).grouped_field_set
        self._variables = operation.variable_definitions or ()
        self._serially = operation.operation is OperationType.MUTATION
        self._executor = FastFieldExecutor(
            schema,
            definitions,
            fragments,
            None,
            None,
            operation,
            _NO_VARIABLES,
            default_field_resolver,
            default_type_resolver,
            default_field_resolver,
            is_awaitable=optimized_is_awaitable,
        )

    def execute(
        self,
        context: object,
        variables: dict[str, Any] | None,
        extensions: dict[str, Any] | None,
    ) -> AwaitableOrValue[ExecutionResult]:
        """Execute the operation for one request; the result may be awaitable."""
        executor = copy(self._executor)
        if self._variables:
            values = get_variable_values(
                executor.schema, self._variables, variables or {}, _MOST_ERRORS
            )
            if isinstance(values, list):
                return ExecutionResult(None, values)
            executor.variable_values = values
        executor.context_value = context
        executor.operation_extensions = extensions
        executor.collected_errors = CollectedErrors()
        try:
            data = executor.execute_root_grouped_field_set(
                self._root, None, self._fields, self._serially, None
            )
        except GraphQLError as error:
            return _failed(executor, error)
        return _done(executor, data) if isinstance(data, dict) else _awaited(executor, data)


async def _awaited(executor: FastFieldExecutor, data: Awaitable[Any]) -> ExecutionResult:
    try:
        return _done(executor, await data)
    except GraphQLError as error:
        return _failed(executor, error)


def _failed(executor: FastFieldExecutor, error: GraphQLError) -> ExecutionResult:
    """Return null data: a null reached the root through non-null fields."""
    executor.collected_errors.add(error, None)
    return _done(executor, None)


def _done(executor: FastFieldExecutor, data: dict[str, Any] | None) -> ExecutionResult:
    return ExecutionResult(data, executor.collected_errors.errors or None)
