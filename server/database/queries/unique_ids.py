"""Inserts rows under ids that were never used."""

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
    """Draw random ids until `make` inserts one that is free; the database's constraint decides.

    Raise `Taken` after `MOST_DRAWS` ids in use.
    """
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
