"""The cost of an operation in points; one point is roughly the work of one lookup.

It is computed before execution: a connection costs by its requested page size, from variables too.
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
"""Most points of one operation."""

Variables = dict[str, Any]
Arguments = Mapping[str, ValueNode]
Count = Callable[[Arguments, Variables], int]


def _window(arguments: Arguments, variables: Variables) -> int:
    """Return the page size that `first` or `last` requests, capped at the largest page."""
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
    """Return the number of ids in the arguments or their `input`; 1 if there is no list of ids."""
    request = {name: value_from_ast_untyped(value, variables) for name, value in arguments.items()}
    request = request.get("input", request)
    ids = request.get("ids") if isinstance(request, dict) else None
    return min(len(ids), MOST_AT_ONCE) if isinstance(ids, list) else 1


@dataclass(frozen=True)
class FieldCost:
    """The cost of a field: `own` once, plus `each` for every object that it returns.

    `objects` is the number of these objects: a typical number, or computed from the arguments. Each
    object also costs what is selected of it.
    """

    own: float = 0
    each: float = 0
    objects: int | Count = 1


ROOTS: Final = {
    OperationType.QUERY: 1,
    OperationType.MUTATION: 10,
    OperationType.SUBSCRIPTION: 10,
}
"""Added to the cost of each field at an operation's root."""

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
"""Every field that costs points; all others are included in their parent's cost.

The prefix `Query.` limits an entry to the root, as connections also have `nodes`, which cost
nothing extra. `usage` can return thousands of `points`. The last five fields belong to
introspection.
"""


@dataclass(frozen=True)
class _CostNode:
    """A selected field that costs points itself or contains fields that do."""

    own: float
    each: float
    objects: int | Count
    arguments: Arguments
    below: tuple["_CostNode", ...]

    def points(self, variables: Variables) -> float:
        """Return the cost with these variables."""
        objects = self.objects
        count = objects if isinstance(objects, int) else objects(self.arguments, variables)
        return self.own + count * (self.each + sum(step.points(variables) for step in self.below))

    @property
    def varies(self) -> bool:
        """Whether the cost depends on variables."""
        return not isinstance(self.objects, int) or any(step.varies for step in self.below)


@dataclass(frozen=True)
class Plan:
    """The cost of one operation, with as much computed in advance as possible."""

    steps: tuple[_CostNode, ...]
    defaults: Variables
    settled: int | None = None
    """The total if it does not depend on variables; else None."""

    @classmethod
    def of(cls, steps: tuple[_CostNode, ...], defaults: Variables) -> "Plan":
        """Build the plan, and compute the total now if it does not depend on variables."""
        settled = None if any(step.varies for step in steps) else _whole(steps, defaults)
        return cls(steps, defaults, settled)

    def points(self, variables: Variables | None) -> int:
        """Return the cost with these variables in whole points, at least 1.

        A variable of the wrong type counts as the maximum; validation refuses it later.
        """
        if self.settled is not None:
            return self.settled
        return _whole(self.steps, {**self.defaults, **(variables or {})})


def _whole(steps: tuple[_CostNode, ...], variables: Variables) -> int:
    total = sum(step.points(variables) for step in steps)
    return max(1, math.ceil(round(total, 6)))


def plan(document: DocumentNode, operation: OperationDefinitionNode) -> Plan:
    """Compute the cost of an operation of a valid document."""
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
        """Return the fields of a selection that cost points; `own` is added to each."""
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
    """Return the number of objects as an int if it does not depend on variables."""
    if isinstance(objects, int) or any(_varies(value) for value in arguments.values()):
        return objects
    return objects(arguments, {})


def _varies(value: ValueNode) -> bool:
    if isinstance(value, ListValueNode):
        return any(_varies(each) for each in value.values)
    if isinstance(value, ObjectValueNode):
        return any(_varies(each.value) for each in value.fields)
    return isinstance(value, VariableNode)
