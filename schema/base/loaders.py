"""What is asked of many objects of an answer, collected, and looked up for all of them at once."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final, TypeVar

from strawberry.dataloader import DataLoader

from server.domain.actor import Actor
from server.domain.errors import NotFound

Found = TypeVar("Found")

LookUp = Callable[..., Awaitable[Mapping[str, Found]]]
"""A service's look-up for many ids: the actor, the ids, and what else is asked."""

MOST_AT_ONCE: Final = 100


class Loaders:
    """The look-ups of one operation.

    They remember nothing: what a mutation has changed is read anew by the fields after it, for
    whoever `actor` says is asking then.
    """

    def __init__(self, actor: Callable[[], Actor]) -> None:
        self._actor = actor
        self._loaders: dict[tuple[Any, ...], DataLoader[str, Any]] = {}

    async def find(self, look_up: LookUp[Found], object_id: str, *asked: Any) -> Found:
        """What a look-up finds for one object, asked together with all others at this moment.

        `NotFound` where it finds nothing. What else is asked has to be hashable.
        """
        key = (look_up, *asked)
        loader = self._loaders.get(key)
        if loader is None:
            loader = self._loaders[key] = DataLoader(
                self._all_of(look_up, asked), max_batch_size=MOST_AT_ONCE, cache=False
            )
        # Where all of a batch are cancelled, Strawberry cancels the batch, and whoever joins it at
        # that moment would wait for ever. So what waits here may be cancelled, and the batch not.
        found: Found = await asyncio.shield(loader.load(object_id))
        return found

    def _all_of(
        self, look_up: LookUp[Found], asked: tuple[Any, ...]
    ) -> Callable[[list[str]], Awaitable[Sequence[Found | BaseException]]]:
        async def load(object_ids: list[str]) -> Sequence[Found | BaseException]:
            found = await look_up(self._actor(), object_ids, *asked)
            return [
                found[each] if each in found else NotFound(f"There is no {each[:40]} any more.")
                for each in object_ids
            ]

        return load
