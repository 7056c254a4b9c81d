"""The schema put together."""

from collections.abc import Iterable
from typing import Any

import strawberry
from graphql import GraphQLError
from strawberry.extensions import DisableIntrospection, SchemaExtension
from strawberry.schema.config import StrawberryConfig
from strawberry.schema.exceptions import InvalidOperationTypeError
from strawberry.types import ExecutionContext, ExecutionResult
from strawberry.types.graphql import OperationType

from schema.base.errors import HANDLERS
from schema.base.scalars import SCALARS
from schema.execution.document_cache import DocumentCache, Documents
from schema.execution.error_masking import mask
from schema.execution.fast_executor import FastFieldExecutor
from schema.execution.fast_path import execute_compiled
from schema.execution.guard import Guard
from schema.execution.hooks import Hooks
from schema.execution.limits import limits
from schema.root.mutation import Mutation
from schema.root.query import Query
from schema.root.subscription import Subscription


class DeskSchema(strawberry.Schema):
    """Strawberry's schema, whose errors never tell of the inside, and which knows documents."""

    def __init__(self, *, introspection: bool) -> None:
        documents = Documents()
        super().__init__(
            Query,
            Mutation,
            Subscription,
            config=StrawberryConfig(scalar_map=SCALARS),
            extensions=[
                *limits(),
                *([] if introspection else [DisableIntrospection]),
                lambda: DocumentCache(documents),
                lambda: Guard(documents),
            ],
            execution_context_class=FastFieldExecutor,
            exception_handlers=HANDLERS,
        )
        self._documents = documents
        self._own_extensions = self.extensions
        self._hides_suggestions = not introspection

    async def execute(
        self,
        query: str | None,
        variable_values: dict[str, Any] | None = None,
        context_value: Any = None,
        root_value: Any = None,
        operation_name: str | None = None,
        allowed_operation_types: Iterable[OperationType] | None = None,
        operation_extensions: dict[str, Any] | None = None,
    ) -> ExecutionResult:
        """Run one operation; a document that was found right before takes the shorter way."""
        known = self._documents.find(query) if query else None
        operation = known.operation(operation_name) if known else None
        if (
            operation is None
            or root_value is not None
            or self.extensions is not self._own_extensions
        ):
            return await super().execute(
                query,
                variable_values,
                context_value,
                root_value,
                operation_name,
                allowed_operation_types,
                operation_extensions,
            )
        if allowed_operation_types and operation.kind not in allowed_operation_types:
            raise InvalidOperationTypeError(operation.kind)
        result = await execute_compiled(
            self._schema, operation, context_value, variable_values, operation_extensions
        )
        if result.errors:
            self.process_errors(result.errors)
        return result

    def process_errors(
        self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None
    ) -> None:
        """Code and mask what is wrong, before any transport tells it."""
        mask(errors, hide_suggestions=self._hides_suggestions)

    def create_extensions_runner(
        self, execution_context: ExecutionContext, extensions: list[SchemaExtension]
    ) -> Hooks:
        """What runs the extensions."""
        return Hooks(execution_context, extensions)


def build_schema(*, introspection: bool = True) -> DeskSchema:
    """The schema; without introspection it gives no hints about its names either."""
    return DeskSchema(introspection=introspection)
