"""Cache of valid documents by their text, so that each is parsed and validated once."""

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
"""Characters; a document's tokens are limited, but not the whitespace and strings in it."""


class Documents:
    """LRU cache of one schema's valid documents.

    Invalid documents are not cached, so a flood of them evicts no valid one.
    """

    def __init__(self, most: int = MOST_DOCUMENTS) -> None:
        self._most = most
        self._kept: OrderedDict[str, CompiledDocument] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    def find(self, text: str) -> CompiledDocument | None:
        """Return the cached document of a text, the same object each time; None if not cached."""
        found = self._kept.get(text)
        if found is not None:
            self._kept.move_to_end(text)
        return found

    def keep(self, text: str, document: DocumentNode) -> None:
        """Cache a valid document, unless it is longer than `LONGEST_KEPT`."""
        if len(text) > LONGEST_KEPT:
            return
        self._kept[text] = CompiledDocument(document)
        if len(self._kept) > self._most:
            self._kept.popitem(last=False)

    def of(self, running: ExecutionContext) -> CompiledDocument:
        """Return the document of a validated operation; compile it if it is not cached."""
        known = self.find(running.query or "")
        if known is None:
            assert running.graphql_document is not None, "it was found right"
            known = CompiledDocument(running.graphql_document)
        return known


class DocumentCache(SchemaExtension):
    """Extension that uses the cache; it must follow extensions that add validation rules.

    It leaves errors to Strawberry, so that every transport reports them in its own form; for
    streams, Strawberry parses an invalid text again. Other transports get a syntax error directly
    from here, which saves the second parse.
    """

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def on_operation(self) -> Iterator[None]:
        """Take the document from the cache, or parse and validate it now."""
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
