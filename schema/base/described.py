"""Declares types and fields of the schema whose docstring is their GraphQL description."""

import inspect
from collections.abc import Callable
from typing import Any, TypeVar, dataclass_transform

import strawberry
from strawberry.types.field import StrawberryField

Type = TypeVar("Type", bound=type)


def description_of(declared: object) -> str:
    """Return the docstring as GraphQL shows it: each paragraph on one line."""
    paragraphs = (inspect.getdoc(declared) or "").split("\n\n")
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)


@dataclass_transform(
    order_default=True, kw_only_default=True, field_specifiers=(strawberry.field, StrawberryField)
)
def object_type(cls: Type) -> Type:
    """Declare an object type."""
    return strawberry.type(cls, description=description_of(cls))


@dataclass_transform(
    order_default=True, kw_only_default=True, field_specifiers=(strawberry.field, StrawberryField)
)
def interface_type(cls: Type) -> Type:
    """Declare an interface."""
    return strawberry.interface(cls, description=description_of(cls))


@dataclass_transform(
    order_default=True, kw_only_default=True, field_specifiers=(strawberry.field, StrawberryField)
)
def input_type(cls: Type) -> Type:
    """Declare an input object type."""
    return strawberry.input(cls, description=description_of(cls))


def resolved_field(resolver: Callable[..., Any]) -> Any:
    """Declare a field that a function computes, described by the function's docstring."""
    return strawberry.field(resolver, description=description_of(resolver))


def subscription(resolver: Callable[..., Any]) -> Any:
    """Declare a subscription, described by its docstring."""
    return strawberry.subscription(resolver, description=description_of(resolver))
