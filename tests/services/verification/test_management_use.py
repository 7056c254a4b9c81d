"""Managing tokens by a program is a use of the module that allows it, and of no other."""

from datetime import datetime

from server.desk import Desk
from server.domain.actor import ACCESS_MANAGEMENT
from server.models.usage import ModuleRequest
from server.services.tokens.views import MintedToken
from tests.support.factories import made, text_of
from tests.support.world import ORIGIN, World


async def asked_at(desk: Desk, world: World, minted: MintedToken) -> dict[str, datetime | None]:
    """When each module granted was last asked for, as the token's page tells it."""
    await desk.usage.write()
    uses = (await desk.usage.for_token(world.viewer, minted.token.id)).modules
    return {use.module.id: use.asked_at for use in uses}


async def test_a_program_that_may_manage_tokens_asks_for_that_module(
    desk: Desk, world: World
) -> None:
    minted = await made(desk, world.admin, module_ids=["MOD-2001", ACCESS_MANAGEMENT])
    assert await desk.verifier.actor(text_of(minted), ORIGIN) is not None
    assert await asked_at(desk, world, minted) == {
        ACCESS_MANAGEMENT: desk.clock(),
        "MOD-2001": None,
    }


async def test_a_program_that_may_not_asks_for_none(desk: Desk, world: World) -> None:
    minted = await made(desk, world.admin, module_ids=["MOD-2001"])
    assert await desk.verifier.actor(text_of(minted), ORIGIN) is not None
    assert await asked_at(desk, world, minted) == {"MOD-2001": None}
    assert await ModuleRequest.all() == []


async def test_a_program_that_is_refused_asks_for_none(desk: Desk, world: World) -> None:
    minted = await made(desk, world.admin)
    await desk.tokens.disable(world.admin, minted.token.id)
    assert await desk.verifier.actor(text_of(minted), ORIGIN) is None
    assert await asked_at(desk, world, minted) == {ACCESS_MANAGEMENT: None}


async def test_passing_elsewhere_is_no_use_of_it(desk: Desk, world: World) -> None:
    minted = await made(desk, world.admin)
    assert (await desk.verifier.verify(text_of(minted), used_from=ORIGIN)).valid
    assert await asked_at(desk, world, minted) == {ACCESS_MANAGEMENT: None}
