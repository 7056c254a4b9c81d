"""While the database is away: 503, or for as long as the operator allows what memory says."""

from datetime import timedelta

import httpx
import pytest
from tortoise.exceptions import DBConnectionError

from server.app import create_app
from server.desk import Desk
from server.domain.tokens.secret import Secret
from server.services.crypto.passwords import Passwords
from server.settings import Settings
from tests.support.clock import TurnableClock
from tests.support.world import build_world


@pytest.mark.parametrize("grace_seconds", [0, 30])
async def test_memory_is_used_only_for_the_time_allowed(
    settings: Settings,
    clock: TurnableClock,
    quick_passwords: Passwords,
    monkeypatch: pytest.MonkeyPatch,
    grace_seconds: int,
) -> None:
    allowed = settings.model_copy(update={"outage_grace": grace_seconds})
    desk = Desk.build(allowed, clock, quick_passwords)
    await desk.open()
    try:
        world = await build_world(desk)
        desk.events.begin()
        minted = await desk.tokens.create(world.admin, name="Robot", module_ids=["MOD-2001"])
        assert minted.secret is not None
        bearer = {"Authorization": f"Bearer {minted.secret.reveal()}"}
        transport = httpx.ASGITransport(create_app(desk))
        async with httpx.AsyncClient(transport=transport, base_url="http://desk.test") as client:
            assert (await client.get("/verify", headers=bearer)).status_code == 200

            async def fail(_: str) -> None:
                raise DBConnectionError("gone")

            monkeypatch.setattr(desk.verifier, "_rows", fail)
            desk.events.lose(clock())
            seen = []
            for _ in range(3):
                answer = await client.get("/verify", headers=bearer)
                marked = "x-tokendesk-outage" in answer.headers
                seen.append((answer.status_code, marked, answer.headers.get("retry-after")))
                clock.advance(timedelta(seconds=15))
            away = (503, False, "1")
            remembered = (200, True, None)
            assert seen == ([remembered, remembered, away] if grace_seconds else [away] * 3)
            for token_id in (minted.token.id, "TKN-0000-0000"):  # nobody learns which there is
                other = {"Authorization": f"Bearer {Secret.generate(token_id).reveal()}"}
                assert (await client.get("/verify", headers=other)).status_code == 503
            wrong = {"Authorization": bearer["Authorization"][:-1] + "!"}
            assert (await client.get("/verify", headers=wrong)).status_code == 401
    finally:
        await desk.close()
