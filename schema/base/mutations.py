"""How mutations are declared: one input of their own, and a payload of their own or an error."""

from collections.abc import AsyncIterator, Callable
from typing import Annotated, Any, TypeVar

import strawberry
from starlette.datastructures import UploadFile
from strawberry.annotation import StrawberryAnnotation
from strawberry.types.union import StrawberryUnion

from schema.base.described import description_of
from schema.base.errors import NotAllowedError, UserError

Argument = TypeVar("Argument")

Input = Annotated[Argument, strawberry.argument(description="All arguments of this mutation.")]
"""The only argument of a mutation."""


def mutation(*errors: type[UserError]) -> Callable[[Callable[..., Any]], Any]:
    """Declare the mutation `doThing(input: DoThingInput!): DoThingResult!`.

    Its resolver returns a DoThingPayload, and raises a DomainError for every refusal. The result
    is the union of the payload, `errors` and NotAllowedError, which every mutation can answer.
    """

    def declare(resolver: Callable[..., Any]) -> Any:
        payload = resolver.__annotations__["return"]
        name = payload.__name__.removesuffix("Payload")
        result = StrawberryUnion(
            name=f"{name}Result",
            type_annotations=tuple(map(StrawberryAnnotation, (payload, *errors, NotAllowedError))),
            description=f"`{name}Payload`, or why it failed.",
        )
        return strawberry.mutation(
            resolver, description=description_of(resolver), graphql_type=result
        )

    return declare


async def chunks(upload: object) -> AsyncIterator[bytes]:
    """Yield the content of an uploaded file in pieces of 64 KiB."""
    assert isinstance(upload, UploadFile), "the scalar Upload accepts nothing else"
    while chunk := await upload.read(64 * 1024):
        yield chunk
