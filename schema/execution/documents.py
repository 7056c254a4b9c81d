"""What is cached of a valid document, independent of the caller."""

from graphql import DocumentNode, OperationDefinitionNode, get_operation_ast
from strawberry.schema.exceptions import CannotGetOperationTypeError
from strawberry.types.graphql import OperationType

from schema.execution.cost import plan
from schema.execution.plan import ExecutionPlan


class OperationUnnamed(CannotGetOperationTypeError):
    """Raised if a document has several operations and the request names none."""

    def as_http_error_reason(self) -> str:
        """Return the message for the client."""
        return str(self)

    def __str__(self) -> str:
        return "Name the operation to run: the document has several."


class CompiledOperation:
    """An operation with its kind and its cost, as far as the cost does not depend on variables."""

    def __init__(self, document: DocumentNode, node: OperationDefinitionNode) -> None:
        self.document = document
        self.node = node
        self.name = node.name.value if node.name else None
        self.kind = OperationType(node.operation.value)
        self.plan = plan(document, node)
        text = document.loc.source.body if document.loc else None
        self.may_vary = text is None or "@" in text
        """Whether a directive may make the set of fields depend on variables."""
        self.repeated: ExecutionPlan | None = None
        """The cached execution plan; None before the first execution."""


class CompiledDocument:
    """A document whose operations are compiled on first use."""

    def __init__(self, document: DocumentNode) -> None:
        self.document = document
        self._operations: dict[str | None, CompiledOperation] = {}

    def operation(self, name: str | None) -> CompiledOperation | None:
        """Return the operation with this name, or the only one if it is None; else None."""
        known = self._operations.get(name)
        if known is None:
            node = get_operation_ast(self.document, name)
            if node is not None:
                known = self._operations[name] = CompiledOperation(self.document, node)
        return known
