"""What an operation costs, in points: one is about the work of one look-up.

It is known before anything is executed: windows cost what their sizes say, variables included.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    ListValueNode,
    ObjectValueNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    Undefined,
    ValueNode,
    VariableNode,
    value_from_ast_untyped,
)

from server.services.pagination.keyset import DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE
from server.services.tokens.lifecycle import MOST_AT_ONCE

MOST_POINTS: Final = 1_000
"""Of one operation."""

Variables = dict[str, Any]
Arguments = Mapping[str, ValueNode]
Count = Callable[[Arguments, Variables], int]


def _window(arguments: Arguments, variables: Variables) -> int:
    """So many as `first` or `last` asks for, at most as many as there can be."""
    asked = [
        value_from_ast_untyped(arguments[name], variables)
        for name in ("first", "last")
        if name in arguments
    ]
    sizes = [size for size in asked if size is not None and size is not Undefined]
    if not sizes:
        return DEFAULT_PAGE_SIZE
    return max(_bounded(size) for size in sizes)


def _bounded(size: object) -> int:
    if isinstance(size, int | float) and not math.isnan(size):
        return int(min(max(size, 0), MAX_PAGE_SIZE))
    return MAX_PAGE_SIZE


def _ids(arguments: Arguments, variables: Variables) -> int:
    """So many as there are ids, in the input or alone."""
    request = {name: value_from_ast_untyped(value, variables) for name, value in arguments.items()}
    request = request.get("input", request)
    ids = request.get("ids") if isinstance(request, dict) else None
    return min(len(ids), MOST_AT_ONCE) if isinstance(ids, list) else 1


@dataclass(frozen=True)
class FieldCost:
    """What a field costs: `own` whenever it is asked for, and `each` for each object it gives.

    `objects` are what it gives, as its arguments say or as it usually has; each of them costs
    what is selected of it as well.
    """

    own: float = 0
    each: float = 0
    objects: int | Count = 1


ROOTS: Final = {
    OperationType.QUERY: 1,
    OperationType.MUTATION: 10,
    OperationType.SUBSCRIPTION: 10,
}
"""What each field at an operation's root costs besides its weight."""

LOOK_UP: Final = FieldCost(own=1)
BULK: Final = FieldCost(each=0.1, objects=_ids)

WEIGHTS: Final[Mapping[str, FieldCost]] = {
    "Query.nodes": FieldCost(each=0.2, objects=_ids),
    "apiTokens": FieldCost(each=0.1, objects=_window),
    "auditTrail": FieldCost(own=1, each=0.1, objects=_window),
    "accounts": FieldCost(each=0.1, objects=100),
    "apiTokenCreators": FieldCost(each=0.05, objects=200),
    "members": FieldCost(each=0.1, objects=100),
    "tokenDrafts": FieldCost(each=0.1, objects=100),
    "modules": FieldCost(each=0.05, objects=10),
    "withdrawnModules": FieldCost(each=0.05, objects=10),
    "enabledModules": FieldCost(own=1, each=0.05, objects=10),
    "committedToken": LOOK_UP,
    "invitations": FieldCost(own=1, each=0.05, objects=10),
    "sessions": FieldCost(own=1, each=0.05, objects=10),
    "lastCalls": LOOK_UP,
    "milestones": LOOK_UP,
    "moduleRequests": LOOK_UP,
    "oldSecrets": LOOK_UP,
    "tokenUsage": LOOK_UP,
    "usage": LOOK_UP,
    "points": FieldCost(own=20),
    "enableApiTokens": BULK,
    "disableApiTokens": BULK,
    "deleteApiTokens": BULK,
    "types": FieldCost(each=0.02, objects=150),
    "fields": FieldCost(each=0.02, objects=8),
    "inputFields": FieldCost(each=0.02, objects=2),
    "enumValues": FieldCost(each=0.02, objects=2),
    "args": FieldCost(each=0.02),
}
"""All fields that cost something; any other is a part of what it stands in.

A name with `Query.` is meant at the root alone: connections have `nodes` that cost nothing more.
`usage` can have thousands of `points`; the last five are those of introspection.
"""


@dataclass(frozen=True)
class _CostNode:
    """A field with a cost of its own, or with such fields in it."""

    own: float
    each: float
    objects: int | Count
    arguments: Arguments
    below: tuple["_CostNode", ...]

    def points(self, variables: Variables) -> float:
        """The cost with these variables."""
        objects = self.objects
        count = objects if isinstance(objects, int) else objects(self.arguments, variables)
        return self.own + count * (self.each + sum(step.points(variables) for step in self.below))

    @property
    def varies(self) -> bool:
        """Whether the cost depends on variables."""
        return not isinstance(self.objects, int) or any(step.varies for step in self.below)


@dataclass(frozen=True)
class Plan:
    """The cost of one operation of a document as far as its text tells."""

    steps: tuple[_CostNode, ...]
    defaults: Variables
    settled: int | None = None
    """The cost where no variable has a say; else None."""

    @classmethod
    def of(cls, steps: tuple[_CostNode, ...], defaults: Variables) -> "Plan":
        """The plan of these steps, reckoned up if that can be done now."""
        settled = None if any(step.varies for step in steps) else _whole(steps, defaults)
        return cls(steps, defaults, settled)

    def points(self, variables: Variables | None) -> int:
        """Whole points with these variables, at least 1.

        A variable of a wrong type counts as the most it could be: it is refused later.
        """
        if self.settled is not None:
            return self.settled
        return _whole(self.steps, {**self.defaults, **(variables or {})})


def _whole(steps: tuple[_CostNode, ...], variables: Variables) -> int:
    total = sum(step.points(variables) for step in steps)
    return max(1, math.ceil(round(total, 6)))


def plan(document: DocumentNode, operation: OperationDefinitionNode) -> Plan:
    """Read the cost of an operation of a document that was found right."""
    fragments = {
        each.name.value: each
        for each in document.definitions
        if isinstance(each, FragmentDefinitionNode)
    }
    steps = _Reading(fragments).steps(operation.selection_set, ROOTS[operation.operation])
    defaults = {
        each.variable.name.value: value_from_ast_untyped(each.default_value)
        for each in operation.variable_definitions or ()
        if each.default_value is not None
    }
    return Plan.of(steps, defaults)


class _Reading:
    def __init__(self, fragments: Mapping[str, FragmentDefinitionNode]) -> None:
        self._fragments = fragments

    def steps(self, selections: SelectionSetNode | None, own: float = 0) -> tuple[_CostNode, ...]:
        """What of a selection costs something; `own` is what each of its fields costs."""
        found: list[_CostNode] = []
        for each in selections.selections if selections else ():
            if isinstance(each, FieldNode):
                step = self._step(each, own)
                if step is not None:
                    found.append(step)
            elif isinstance(each, FragmentSpreadNode):
                found += self.steps(self._fragments[each.name.value].selection_set, own)
            elif isinstance(each, InlineFragmentNode):
                found += self.steps(each.selection_set, own)
        return tuple(found)

    def _step(self, node: FieldNode, own: float) -> _CostNode | None:
        name, below = node.name.value, self.steps(node.selection_set)
        weight = WEIGHTS.get(name) or (WEIGHTS.get(f"Query.{name}") if own else None)
        if weight is None:
            return _CostNode(own, 0, 1, {}, below) if own or below else None
        arguments = {each.name.value: each.value for each in node.arguments or ()}
        return _CostNode(
            own + weight.own, weight.each, _settled(weight.objects, arguments), arguments, below
        )


def _settled(objects: int | Count, arguments: Arguments) -> int | Count:
    """How many it is, where no variable has a say."""
    if isinstance(objects, int) or any(_varies(value) for value in arguments.values()):
        return objects
    return objects(arguments, {})


def _varies(value: ValueNode) -> bool:
    if isinstance(value, ListValueNode):
        return any(_varies(each) for each in value.values)
    if isinstance(value, ObjectValueNode):
        return any(_varies(each.value) for each in value.fields)
    return isinstance(value, VariableNode)
