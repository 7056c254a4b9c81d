"""Limits on the size of documents and variables, checked in linear time before validation.

Some of GraphQL's validation rules compare fields pairwise, and take a hundred times as long on a
hostile document as on a real one.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    NameNode,
    Node,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
)
from strawberry.extensions import MaxTokensLimiter, SchemaExtension

LONGEST_TEXT: Final = 50_000
"""Characters: whitespace and comments are not tokens, but skipping them takes time."""
MOST_TOKENS: Final = 1_000
DEEPEST: Final = 15
"""Nested fields; introspection has a limit of its own in graphql-core."""
MOST_NESTED: Final = 45
"""Nested selection sets, including those of fragments and introspection."""
MOST_FIELDS: Final = 500
MOST_ROOTS: Final = 20
MOST_ALIASES: Final = 50
MOST_IN_PLACE: Final = 20
MOST_OPERATIONS: Final = 20
MOST_FRAGMENTS: Final = 50
MOST_SPREADS: Final = 200
MOST_DIRECTIVES: Final = 100
MOST_VALUES: Final = 5_000
"""Values in the variables, including those in nested lists and objects."""


@dataclass(slots=True)
class Size:
    """The size of a selection set with all fragments expanded; `add` changes it in place."""

    depth: int = 0
    nesting: int = 0
    fields: int = 0
    roots: int = 0
    aliases: int = 0
    spreads: int = 0
    directives: int = 0

    def add(self, other: "Size") -> None:
        """Add the size of a sibling: counts are summed, depths take the maximum."""
        self.depth = max(self.depth, other.depth)
        self.nesting = max(self.nesting, other.nesting)
        self.fields += other.fields
        self.roots += other.roots
        self.aliases += other.aliases
        self.spreads += other.spreads
        self.directives += other.directives


_TOO_DEEP: Final = f"The query nests deeper than {DEEPEST} levels."
_LIMITS: Final = {
    "depth": (DEEPEST, _TOO_DEEP),
    "nesting": (MOST_NESTED, _TOO_DEEP),
    "fields": (MOST_FIELDS, f"The query selects more than {MOST_FIELDS} fields."),
    "roots": (MOST_ROOTS, f"The query selects more than {MOST_ROOTS} fields at its root."),
    "aliases": (MOST_ALIASES, f"The query has more than {MOST_ALIASES} aliases."),
    "spreads": (MOST_SPREADS, f"The query spreads fragments more than {MOST_SPREADS} times."),
    "directives": (MOST_DIRECTIVES, f"The query has more than {MOST_DIRECTIVES} directives."),
}


def check_size(document: DocumentNode) -> list[GraphQLError]:
    """Return the first limit that a document exceeds; an empty list if it may be validated.

    Each fragment is measured once, however often it is spread, so the time is linear in the
    document's length. Fields of all operations of the document count together.
    """
    return _DocumentMeasurer(document).errors


class _DocumentMeasurer:
    def __init__(self, document: DocumentNode) -> None:
        definitions = document.definitions
        operations = [each for each in definitions if isinstance(each, OperationDefinitionNode)]
        fragments = [each for each in definitions if isinstance(each, FragmentDefinitionNode)]
        self.errors: list[GraphQLError] = []
        self._fragments = {each.name.value: each for each in fragments}
        self._measured: dict[str, Size] = {}
        self._open: set[str] = set()
        if len(operations) > MOST_OPERATIONS:
            self._refuse(f"There are more than {MOST_OPERATIONS} operations.", operations[-1])
        elif len(fragments) > MOST_FRAGMENTS:
            self._refuse(f"There are more than {MOST_FRAGMENTS} fragments.", fragments[-1])
        else:
            self._judge_sizes(operations)
            self._judge_use(fragments)
            self._judge_places(operations)

    def _judge_sizes(self, operations: list[OperationDefinitionNode]) -> None:
        total, roots = Size(), 0
        for operation in operations:
            size = self._measure(operation.selection_set)
            roots = max(roots, size.roots)
            total.add(size)
            total.directives += len(operation.directives or ())
            for variable in operation.variable_definitions or ():
                total.directives += len(variable.directives or ())
        total.roots = roots
        for name, (most, message) in _LIMITS.items():
            if getattr(total, name) > most:
                self._refuse(message, operations[0])

    def _judge_use(self, fragments: list[FragmentDefinitionNode]) -> None:
        """Refuse unused fragments: they were not measured, so validation must not traverse them."""
        for fragment in fragments:
            if fragment.name.value not in self._measured:
                self._refuse(f"Fragment '{fragment.name.value}' is never used.", fragment)
                return

    def _judge_places(self, operations: list[OperationDefinitionNode]) -> None:
        """Limit fields with the same response path: validation compares them pairwise."""
        if self.errors:
            return
        for operation in operations:
            places: Counter[tuple[str, ...]] = Counter()
            self._count(operation.selection_set, (), places)
            for place, times in places.most_common(1):
                if times > MOST_IN_PLACE:
                    name = ".".join(place)[:100]
                    message = f"The query selects {name} more than {MOST_IN_PLACE} times."
                    self._refuse(message, operation)

    def _measure(self, selections: SelectionSetNode | None, level: int = 1) -> Size:
        if selections is None or level > MOST_NESTED:
            if selections is not None:
                self._refuse(_TOO_DEEP, selections)
            return Size()
        size = Size(nesting=1)
        for each in selections.selections:
            size.directives += len(each.directives or ())
            if isinstance(each, FieldNode):
                self._add_field(size, each, level + 1)
            elif isinstance(each, FragmentSpreadNode):
                size.spreads += 1
                size.add(self._measure_fragment(each.name.value, level + 1))
            elif isinstance(each, InlineFragmentNode):
                below = self._measure(each.selection_set, level + 1)
                below.nesting += 1
                size.add(below)
        return size

    def _add_field(self, size: Size, node: FieldNode, level: int) -> None:
        name = node.name.value
        introspection = name.startswith("__") and name != "__typename"
        size.fields += 1
        size.aliases += node.alias is not None
        size.roots += 1
        if node.selection_set is None:
            size.depth = max(size.depth, 0 if introspection else 1)
            return
        below = self._measure(node.selection_set, level)
        below.depth = 0 if introspection else below.depth + 1
        below.nesting += 1
        below.roots = 0
        size.add(below)

    def _measure_fragment(self, name: str, level: int) -> Size:
        if name in self._open:
            # Refuse cycles here, since counting its fields would never end.
            self._refuse(f"Cannot spread fragment '{name}' within itself.", self._fragments[name])
            return Size()
        if name not in self._measured:
            fragment = self._fragments.get(name)
            selections = fragment.selection_set if fragment else None
            self._open.add(name)
            self._measured[name] = self._measure(selections, level)
            self._open.discard(name)
        return self._measured[name]

    def _count(
        self,
        selections: SelectionSetNode | None,
        place: tuple[str, ...],
        places: Counter[tuple[str, ...]],
    ) -> None:
        for each in selections.selections if selections else ():
            if isinstance(each, FieldNode):
                key = (*place, (each.alias or each.name).value)
                places[key] += 1
                self._count(each.selection_set, key, places)
            elif isinstance(each, FragmentSpreadNode):
                fragment = self._fragments.get(each.name.value)
                self._count(fragment.selection_set if fragment else None, place, places)
            elif isinstance(each, InlineFragmentNode):
                self._count(each.selection_set, place, places)

    def _refuse(self, message: str, node: Node) -> None:
        if not self.errors:
            self.errors.append(GraphQLError(message, node))


def too_many_values(variables: Mapping[str, Any] | None) -> bool:
    """Return whether variables hold more than `MOST_VALUES` values."""
    left = MOST_VALUES
    open_: list[Any] = [variables or {}]
    while open_ and left >= 0:
        each = open_.pop()
        if isinstance(each, dict | list):
            left -= len(each)
            if left >= 0:
                open_.extend(each.values() if isinstance(each, dict) else each)
    return left < 0


class TextLimit(SchemaExtension):
    """Refuses a query text that is too long before it is parsed, on every transport."""

    def on_operation(self) -> Iterator[None]:
        """Replace a document that is too long by an empty operation and an error."""
        context = self.execution_context
        if len(context.query or "") > LONGEST_TEXT and context.graphql_document is None:
            message = f"The query is longer than {LONGEST_TEXT:,} characters."
            context.graphql_document = _unread(context.operation_name)
            context.pre_execution_errors = [GraphQLError(message)]
        yield


def _unread(name: str | None) -> DocumentNode:
    operation = OperationDefinitionNode(
        operation=OperationType.QUERY,
        name=None if name is None else NameNode(value=name),
        variable_definitions=(),
        directives=(),
        selection_set=SelectionSetNode(selections=()),
    )
    return DocumentNode(definitions=(operation,))


def limits() -> list[Any]:
    """Return the extensions that limit a query text before it is parsed."""
    return [lambda: MaxTokensLimiter(MOST_TOKENS), TextLimit]
