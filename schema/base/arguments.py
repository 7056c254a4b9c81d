"""Arguments that many fields share, described once."""

from collections.abc import AsyncIterator
from typing import Annotated, TypeVar

import strawberry
from starlette.datastructures import UploadFile

Argument = TypeVar("Argument")

Input = Annotated[Argument, strawberry.argument(description="What is wished.")]
"""The one argument of a mutation."""

Id = Annotated[strawberry.ID, strawberry.argument(description="The id.")]


async def chunks(upload: object) -> AsyncIterator[bytes]:
    """The content of a file, which is what the scalar Upload lets through."""
    assert isinstance(upload, UploadFile)
    while chunk := await upload.read(64 * 1024):
        yield chunk
