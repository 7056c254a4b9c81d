"""What `/verify` answers from memory is, byte for byte, what it answers after a look-up."""

import httpx

from server.desk import Desk
from tests.support.world import World


async def test_memory_and_look_up_answer_alike(
    gateway: httpx.AsyncClient, desk: Desk, world: World
) -> None:
    minted = await desk.tokens.create(world.admin, name="Röbot", module_ids=["MOD-2001"])
    assert minted.secret is not None
    bearer = {"Authorization": f"Bearer {minted.secret.reveal()}"}
    looked_up = await gateway.get("/verify", headers=bearer)
    desk.events.begin()
    for _ in range(3):
        answer = await gateway.get("/verify", headers=bearer)
        assert (answer.status_code, answer.content) == (200, looked_up.content)
        assert answer.headers.raw == looked_up.headers.raw
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert desk.verifier.verify_cached(minted.secret.reveal().encode(), None, b"") is not None


async def test_a_wrong_form_and_a_wrong_secret_are_refused_alike(
    gateway: httpx.AsyncClient,
) -> None:
    answers = [
        await gateway.get(path, headers={"Authorization": f"Bearer {text}"})
        for path in ("/verify", "/verify?module=MOD-2001")
        for text in ("x", "idt:TKN-1234-5678:" + "0" * 64)
    ]
    assert len({(answer.content, tuple(answer.headers.raw)) for answer in answers}) == 1
    assert {answer.headers["x-content-type-options"] for answer in answers} == {"nosniff"}
