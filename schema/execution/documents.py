"""What is known of a document that was found right, whoever asks: read once, and kept with it."""

from graphql import DocumentNode, OperationDefinitionNode, get_operation_ast
from strawberry.schema.exceptions import CannotGetOperationTypeError
from strawberry.types.graphql import OperationType

from schema.execution.cost import plan
from schema.execution.plan import ExecutionPlan


class OperationUnnamed(CannotGetOperationTypeError):
    """The document has several operations, and the request names none of them."""

    def as_http_error_reason(self) -> str:
        """What to tell the client."""
        return str(self)

    def __str__(self) -> str:
        return "Name the operation to run: the document has several."


class CompiledOperation:
    """One operation: its kind, and its cost as far as that is known without variables."""

    def __init__(self, document: DocumentNode, node: OperationDefinitionNode) -> None:
        self.document = document
        self.node = node
        self.name = node.name.value if node.name else None
        self.kind = OperationType(node.operation.value)
        self.plan = plan(document, node)
        text = document.loc.source.body if document.loc else None
        self.may_vary = text is None or "@" in text
        """Whether a directive may make it depend on variables which fields there are."""
        self.repeated: ExecutionPlan | None = None
        """What executes it over and over; None until it does."""


class CompiledDocument:
    """A document and its operations, each of them read when it is asked for the first time."""

    def __init__(self, document: DocumentNode) -> None:
        self.document = document
        self._operations: dict[str | None, CompiledOperation] = {}

    def operation(self, name: str | None) -> CompiledOperation | None:
        """The operation with this name, without a name the only one; None where there is none."""
        known = self._operations.get(name)
        if known is None:
            node = get_operation_ast(self.document, name)
            if node is not None:
                known = self._operations[name] = CompiledOperation(self.document, node)
        return known
