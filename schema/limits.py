"""How large a document may be, and how much work it may ask for, decided in one pass over it."""

from dataclasses import dataclass
from typing import Any, Final

from graphql import (
    ASTValidationRule,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    ValidationContext,
)
from strawberry.extensions import AddValidationRules, MaxTokensLimiter

from server.services.keyset import DEFAULT_WINDOW, LARGEST_WINDOW

MOST_TOKENS: Final = 1_000
DEEPEST: Final = 15
MOST_FIELDS: Final = 500
MOST_LOOK_UPS: Final = 1_000

LOOKED_UP: Final = frozenset(
    {
        "auditTrail",
        "committedToken",
        "enabledModules",
        "lastCalls",
        "milestones",
        "moduleRequests",
        "oldSecrets",
        "tokenUsage",
        "usage",
    }
)
"""Fields that ask a service of their own, for each object that they are asked of."""

MANY_POINTS: Final = {"points": 20}
"""Fields that make so many objects in memory that each weighs as much as so many look-ups."""

WINDOWS: Final = frozenset({"apiTokens", "auditTrail"})
LISTS: Final = frozenset({"accounts", "changed", "tokenDrafts"})
"""Fields with many objects: so many as are asked for, and so many as there are."""


@dataclass(frozen=True)
class Size:
    """What was measured of a selection."""

    depth: int = 0
    fields: int = 0
    look_ups: int = 0

    def beside(self, other: "Size") -> "Size":
        """Both in one selection."""
        return Size(
            max(self.depth, other.depth),
            self.fields + other.fields,
            self.look_ups + other.look_ups,
        )


class DocumentSize(ASTValidationRule):
    """Refuses documents that would nest deeper, select more or work more than any real one.

    Each fragment is measured once, however often it is spread, so that the check takes time
    in proportion to the document's length.
    """

    def __init__(self, context: ValidationContext) -> None:
        super().__init__(context)
        self._fragments: dict[str, FragmentDefinitionNode] = {}
        self._measured: dict[str, Size] = {}

    def enter_document(self, node: DocumentNode, *_: Any) -> None:
        """Measure every operation."""
        for each in node.definitions:
            if isinstance(each, FragmentDefinitionNode):
                self._fragments[each.name.value] = each
        for each in node.definitions:
            if isinstance(each, OperationDefinitionNode):
                self._judge(self._measure(each.selection_set), each)

    def _judge(self, size: Size, node: OperationDefinitionNode) -> None:
        if size.depth > DEEPEST:
            self._refuse(f"The query nests deeper than {DEEPEST} levels.", node)
        if size.fields > MOST_FIELDS:
            self._refuse(f"The query selects more than {MOST_FIELDS} fields.", node)
        if size.look_ups > MOST_LOOK_UPS:
            self._refuse(
                f"The query asks for more than {MOST_LOOK_UPS:,} look-ups."
                " Ask for fewer objects at once, or for less of each.",
                node,
            )

    def _measure(self, selections: SelectionSetNode | None) -> Size:
        size = Size()
        for each in selections.selections if selections else ():
            if isinstance(each, FieldNode):
                size = size.beside(self._measure_field(each))
            elif isinstance(each, FragmentSpreadNode):
                size = size.beside(self._measure_fragment(each.name.value))
            elif isinstance(each, InlineFragmentNode):
                size = size.beside(self._measure(each.selection_set))
        return size

    def _measure_field(self, node: FieldNode) -> Size:
        name, below = node.name.value, self._measure(node.selection_set)
        introspection = name.startswith("__") and name != "__typename"
        return Size(
            # Introspection has a depth of its own, which graphql-core bounds.
            depth=0 if introspection else below.depth + 1,
            fields=below.fields + 1,
            look_ups=below.look_ups * _objects(node)
            + (name in LOOKED_UP)
            + MANY_POINTS.get(name, 0),
        )

    def _measure_fragment(self, name: str) -> Size:
        if name not in self._measured:
            self._measured[name] = Size()  # a fragment within itself is another rule's complaint
            fragment = self._fragments.get(name)
            self._measured[name] = self._measure(fragment.selection_set if fragment else None)
        return self._measured[name]

    def _refuse(self, message: str, node: OperationDefinitionNode) -> None:
        self.report_error(GraphQLError(message, node))


def _objects(node: FieldNode) -> int:
    """Of how many objects a field's selection is asked, as far as the document tells."""
    if node.name.value in LISTS:
        return LARGEST_WINDOW
    if node.name.value not in WINDOWS:
        return 1
    sizes = [each.value for each in node.arguments or () if each.name.value in {"first", "last"}]
    if not sizes:
        return DEFAULT_WINDOW
    return max(_number(size) for size in sizes)


def _number(size: Any) -> int:
    """A written number; the largest there can be for a variable."""
    if isinstance(size, IntValueNode):
        return min(max(int(size.value[:10]), 0), LARGEST_WINDOW)
    return LARGEST_WINDOW


def limits() -> list[Any]:
    """The extensions that bound a document, in the order in which they work."""
    return [
        lambda: MaxTokensLimiter(MOST_TOKENS),
        lambda: AddValidationRules([DocumentSize]),
    ]
