"""How large a document may be, decided in one pass over it."""

from typing import Any, Final

from graphql import (
    ASTValidationRule,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    ValidationContext,
)
from strawberry.extensions import AddValidationRules, MaxTokensLimiter

MOST_TOKENS: Final = 1_000
DEEPEST: Final = 15
MOST_FIELDS: Final = 500


class DocumentSize(ASTValidationRule):
    """Refuses documents that would nest deeper or select more than any real one.

    Each fragment is measured once, however often it is spread, so that the check takes time
    in proportion to the document's length.
    """

    def __init__(self, context: ValidationContext) -> None:
        super().__init__(context)
        self._fragments: dict[str, FragmentDefinitionNode] = {}
        self._measured: dict[str, tuple[int, int]] = {}

    def enter_document(self, node: DocumentNode, *_: Any) -> None:
        """Measure every operation."""
        for each in node.definitions:
            if isinstance(each, FragmentDefinitionNode):
                self._fragments[each.name.value] = each
        for each in node.definitions:
            if isinstance(each, OperationDefinitionNode):
                depth, fields = self._measure(each.selection_set)
                if depth > DEEPEST:
                    self._refuse(f"The query nests deeper than {DEEPEST} levels.", each)
                if fields > MOST_FIELDS:
                    self._refuse(f"The query selects more than {MOST_FIELDS} fields.", each)

    def _measure(self, selections: SelectionSetNode | None) -> tuple[int, int]:
        depth, fields = 0, 0
        for each in selections.selections if selections else ():
            if isinstance(each, FieldNode):
                below, within = self._measure(each.selection_set)
                below, within = below + 1, within + 1
                if each.name.value.startswith("__") and each.name.value != "__typename":
                    below = 0  # introspection has a depth of its own, which graphql-core bounds
            elif isinstance(each, FragmentSpreadNode):
                below, within = self._measure_fragment(each.name.value)
            elif isinstance(each, InlineFragmentNode):
                below, within = self._measure(each.selection_set)
            else:
                continue
            depth, fields = max(depth, below), fields + within
        return depth, fields

    def _measure_fragment(self, name: str) -> tuple[int, int]:
        if name not in self._measured:
            self._measured[name] = (0, 0)  # a fragment within itself is another rule's complaint
            fragment = self._fragments.get(name)
            self._measured[name] = self._measure(fragment.selection_set if fragment else None)
        return self._measured[name]

    def _refuse(self, message: str, node: OperationDefinitionNode) -> None:
        self.report_error(GraphQLError(message, node))


def limits() -> list[Any]:
    """The extensions that bound a document, in the order in which they work."""
    return [
        lambda: MaxTokensLimiter(MOST_TOKENS),
        lambda: AddValidationRules([DocumentSize]),
    ]
