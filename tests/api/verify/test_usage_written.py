"""The running application writes usage: a first use at once, the rest when it stops."""

import asyncio

import pytest

from server.app import create_app
from server.desk import Desk
from server.models.tokens import Token
from server.models.usage import UsageCount
from server.services.usage import recorder
from tests.support.factories import made, text_of
from tests.support.world import ORIGIN, World


async def test_a_stop_writes_what_was_counted(
    desk: Desk, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recorder, "WRITE_EVERY_SECONDS", 3_600)
    minted = await made(desk, world.admin)
    await desk.close()
    app = create_app(desk)
    async with app.router.lifespan_context(app), asyncio.timeout(60):
        await desk.verifier.verify(text_of(minted), used_from=ORIGIN)
        while (await Token.get(id=minted.token.id)).last_access_at is None:
            await asyncio.sleep(0)
        for _ in range(5):
            await desk.verifier.verify(text_of(minted), used_from=ORIGIN)
    await desk.open()
    assert sum([row.calls for row in await UsageCount.all()]) == 6
