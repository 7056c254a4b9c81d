"""Creating rows under ids that nobody has, or ever had."""

from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from tortoise.exceptions import IntegrityError
from tortoise.models import Model

from server.domain.errors import Taken
from server.domain.i18n.messages import Message
from server.domain.ids import IdKind

MOST_DRAWS: Final = 20

Made = TypeVar("Made")


async def insert_with_unique_id(
    kind: IdKind, model: type[Model], make: Callable[[str], Awaitable[Made]]
) -> Made:
    """Draw ids until `make` finds its one free. The database's constraint decides, not a look."""
    for _ in range(MOST_DRAWS):
        drawn = kind.new()
        try:
            return await make(drawn)
        except IntegrityError:
            if not await model.exists(id=drawn):
                raise
    raise Taken(
        Message("Nearly all %(prefix)s ids are in use; no free one was found.", prefix=kind.prefix)
    )
