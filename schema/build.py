"""The schema put together."""

from collections.abc import Iterable
from typing import Any

import strawberry
from graphql import GraphQLError
from strawberry.extensions import DisableIntrospection, SchemaExtension
from strawberry.schema.config import StrawberryConfig
from strawberry.types import ExecutionContext, ExecutionResult
from strawberry.types.graphql import OperationType

from schema.charges import Plans
from schema.document_cache import DocumentCache, Documents
from schema.errors import HANDLERS
from schema.execution import PlainFieldsExecutor
from schema.guard import Guard
from schema.hooks import Hooks
from schema.known import run_known
from schema.limits import limits
from schema.masking import mask
from schema.mutations import Mutation
from schema.queries import Query
from schema.scalars import SCALARS
from schema.subscriptions import Subscription


class DeskSchema(strawberry.Schema):
    """Strawberry's schema, whose errors never tell of the inside, and which knows documents."""

    def __init__(self, *, introspection: bool) -> None:
        documents, self._plans = Documents(), Plans()
        super().__init__(
            Query,
            Mutation,
            Subscription,
            config=StrawberryConfig(scalar_map=SCALARS),
            extensions=[
                *limits(),
                *([] if introspection else [DisableIntrospection]),
                lambda: DocumentCache(documents),
                lambda: Guard(self._plans),
            ],
            execution_context_class=PlainFieldsExecutor,
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
        document = self._documents.find(query) if query else None
        if document is None or self.extensions is not self._own_extensions:
            return await super().execute(
                query,
                variable_values,
                context_value,
                root_value,
                operation_name,
                allowed_operation_types,
                operation_extensions,
            )
        running = self._create_execution_context(
            query,
            allowed_operation_types or tuple(OperationType),
            variable_values,
            context_value,
            root_value,
            operation_name,
            operation_extensions,
        )
        running.graphql_document = document
        result = await run_known(running, self._plans)
        if result.errors:
            self.process_errors(result.errors, running)
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
