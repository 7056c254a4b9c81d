"""Documents that were found right, kept by their text: parsed and validated once."""

from collections import OrderedDict
from collections.abc import Iterator
from typing import Final

from graphql import DocumentNode, GraphQLError, parse
from strawberry.extensions import SchemaExtension
from strawberry.schema.schema import validate_document
from strawberry.types import ExecutionContext
from strawberry.types.graphql import OperationType

from schema.execution.documents import CompiledDocument
from schema.execution.limits import check_size

MOST_DOCUMENTS: Final = 500
LONGEST_KEPT: Final = 10_000
"""Characters. The tokens of a document are bounded, but not the blanks and strings between them."""


class Documents:
    """The documents of one schema that were right, the latest used of them.

    Wrong ones are not kept, so that a flood of them pushes no right one out.
    """

    def __init__(self, most: int = MOST_DOCUMENTS) -> None:
        self._most = most
        self._kept: OrderedDict[str, CompiledDocument] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    def find(self, text: str) -> CompiledDocument | None:
        """The document of this text, always the same object while it is kept."""
        found = self._kept.get(text)
        if found is not None:
            self._kept.move_to_end(text)
        return found

    def keep(self, text: str, document: DocumentNode) -> None:
        """Remember a document that was found right; a very long one is not kept."""
        if len(text) > LONGEST_KEPT:
            return
        self._kept[text] = CompiledDocument(document)
        if len(self._kept) > self._most:
            self._kept.popitem(last=False)

    def of(self, running: ExecutionContext) -> CompiledDocument:
        """The document of an operation that was found right; one that is not kept is read anew."""
        known = self.find(running.query or "")
        if known is None:
            assert running.graphql_document is not None, "it was found right"
            known = CompiledDocument(running.graphql_document)
        return known


class DocumentCache(SchemaExtension):
    """Fills in what is known of a document; the last of the extensions that add rules.

    What is not right is left to Strawberry, so that every transport tells it in its own form: on
    streams a text that cannot be parsed is parsed again there. Where there are no streams it ends
    the operation here, as that would cost as much once more.
    """

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def on_operation(self) -> Iterator[None]:
        """Find the document, or parse and validate it now."""
        context = self.execution_context
        if context.query and context.graphql_document is None:
            known = self._documents.find(context.query)
            if known is None:
                self._check(context, context.query)
            else:
                context.graphql_document = known.document
                context.validation_rules = ()
        yield

    def _check(self, context: ExecutionContext, text: str) -> None:
        try:
            document = parse(text, **context.parse_options)
        except GraphQLError:
            if OperationType.SUBSCRIPTION in context.allowed_operations:
                return
            raise
        context.graphql_document = document
        errors = check_size(document) or validate_document(
            context.schema._schema, document, context.validation_rules
        )
        if errors:
            context.pre_execution_errors = errors
        else:
            context.validation_rules = ()
            self._documents.keep(text, document)
