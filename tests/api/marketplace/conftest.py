"""A live desk with tokens of each sort of account, for the Marketplace's clients."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import pytest

from server.desk import Desk
from server.domain.actor import OPERATOR, Actor
from tests.api.marketplace.wire import Wire
from tests.support.clock import TurnableClock
from tests.support.serving import serving
from tests.support.world import World

TOKENS = "/public/v1/accounts/api-tokens"
MODULES = "/public/v1/accounts/modules"
ACCOUNTS = "/public/v1/accounts/accounts"
RECORDS = "/public/v1/audit/records"
EVENT_TYPES = "/public/v1/audit/event-types"


@dataclass(frozen=True)
class Caller:
    """A token, and the wire on which it is sent."""

    id: str
    wire: Wire

    @property
    def value(self) -> str:
        """The token's value."""
        assert self.wire.token is not None
        return self.wire.token


@dataclass(frozen=True)
class Market:
    """The desk, its world, and who asks: three tokens that may manage, and one that may not."""

    desk: Desk
    world: World
    url: str
    client: Caller
    vendor: Caller
    operations: Caller
    reader: Caller

    @property
    def nobody(self) -> Wire:
        """A wire without a token."""
        return Wire(self.url, None)

    async def made(self, actor: Actor, name: str = "Robot", module: str = "MOD-1756") -> str:
        """The id of a new token."""
        minted = await self.desk.tokens.create(actor, name=name, module_ids=[module])
        return minted.token.id


@pytest.fixture
async def market(desk: Desk, world: World, clock: TurnableClock) -> AsyncIterator[Market]:
    """A market on each database; a second lies between its tokens."""
    await desk.modules.enable(OPERATOR, "MOD-1756", world.operations.id)
    async with serving(desk) as url:

        async def caller(actor: Actor, name: str, module: str = "MOD-1756") -> Caller:
            minted = await desk.tokens.create(actor, name=name, module_ids=[module])
            assert minted.secret is not None
            clock.advance(timedelta(seconds=1))
            return Caller(minted.token.id, Wire(url, minted.secret.reveal()))

        yield Market(
            desk,
            world,
            url,
            client=await caller(world.admin, "Client manager"),
            vendor=await caller(world.other_admin, "Vendor manager"),
            operations=await caller(world.operations_admin, "Operations manager"),
            reader=await caller(world.admin, "Reader", "MOD-2001"),
        )
