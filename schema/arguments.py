"""Arguments that many fields share, described once."""

from collections.abc import AsyncIterator
from typing import Annotated, TypeVar

import strawberry
from starlette.datastructures import UploadFile

from server.domain.errors import Invalid

Wish = TypeVar("Wish")

Input = Annotated[Wish, strawberry.argument(description="What is wished.")]
"""The one argument of a mutation."""

Id = Annotated[strawberry.ID, strawberry.argument(description="The id.")]


async def chunks(upload: object) -> AsyncIterator[bytes]:
    """The file's content; a multipart request can put a plain string where a file belongs."""
    if not isinstance(upload, UploadFile):
        raise Invalid.one("logo", "Send the logo as a file, in a multipart request.")
    while chunk := await upload.read(64 * 1024):
        yield chunk
