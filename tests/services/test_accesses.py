"""Uses of tokens: written behind, never lost by a failure, never backwards in time."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from server.desk import Desk
from server.domain.actor import OPERATOR
from server.domain.token_rules import Grace
from server.models.tokens import Token, TokenSecret
from server.services import accesses
from server.services.answers import MintedToken
from tests.clock import TurnableClock
from tests.services.evidence import dump
from tests.services.making import made, text_of
from tests.world import ORIGIN, World

MINUTE = timedelta(minutes=1)


async def use(desk: Desk, minted: MintedToken) -> None:
    assert (await desk.verifier.verify(text_of(minted), used_from=ORIGIN)).valid


async def test_a_use_is_written_behind(desk: Desk, world: World, clock: TurnableClock) -> None:
    minted = await made(desk, world.admin)
    before = await dump(desk)
    await use(desk, minted)
    assert await dump(desk) == before
    used = clock()
    clock.advance(MINUTE)
    await desk.accesses.write()
    assert (await desk.tokens.get(world.viewer, minted.token.id)).last_access_at == used
    secret = await TokenSecret.get(token_id=minted.token.id)
    assert secret.last_used_at == used
    after = await dump(desk)
    await desk.accesses.write()
    assert await dump(desk) == after
    assert after["audit_records"] == before["audit_records"]


async def test_what_is_not_accepted_is_no_use(desk: Desk, world: World) -> None:
    minted = await made(desk, world.admin)
    assert not (await desk.verifier.verify(text_of(minted), ["MOD-2001"], used_from=ORIGIN)).valid
    await desk.tokens.disable(world.admin, minted.token.id)
    before = await dump(desk)
    assert not (await desk.verifier.verify(text_of(minted), used_from=ORIGIN)).valid
    assert not (await desk.verifier.verify("idt:nonsense", used_from=ORIGIN)).valid
    await desk.accesses.write()
    assert await dump(desk) == before


async def test_the_last_use_never_goes_back(desk: Desk, world: World, clock: TurnableClock) -> None:
    """Another process wrote a later use before this one wrote an earlier one."""
    minted = await made(desk, world.admin)
    await use(desk, minted)
    later = clock() + MINUTE
    await Token.filter(id=minted.token.id).update(last_access_at=later)
    await TokenSecret.filter(token_id=minted.token.id).update(last_used_at=later)
    before = await dump(desk)
    await desk.accesses.write()
    assert await dump(desk) == before
    clock.advance(2 * MINUTE)
    await use(desk, minted)
    await desk.accesses.write()
    assert (await Token.get(id=minted.token.id)).last_access_at == clock()


async def test_the_first_use_is_due_at_once_and_later_ones_are_not(
    desk: Desk, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accesses, "WRITE_EVERY_SECONDS", 3_600)
    minted = await made(desk, world.admin)
    waiting = asyncio.create_task(desk.accesses.due())
    await asyncio.sleep(0)
    assert not waiting.done()
    await use(desk, minted)
    await asyncio.wait_for(waiting, 60)
    await desk.accesses.write()
    await use(desk, minted)
    again = asyncio.create_task(desk.accesses.due())
    for _ in range(20):
        await asyncio.sleep(0)
    assert not again.done()
    again.cancel()
    monkeypatch.setattr(accesses, "WRITE_EVERY_SECONDS", 0)
    await desk.accesses.due()


async def test_a_failing_write_keeps_what_was_noted(
    desk: Desk, world: World, clock: TurnableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two, old = [await made(desk, world.admin, name) for name in ("1", "2", "3")]
    await desk.secrets.rotate(world.admin, old.token.id, Grace.NONE)
    await use(desk, one)
    await use(desk, two)
    first = clock()
    await desk.verifier.verify(text_of(old), used_from=ORIGIN)
    before = await dump(desk)

    async def fail(*_: Any) -> None:
        raise OSError("the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(accesses, "_write", fail)
        with pytest.raises(OSError, match="disk is full"):
            await desk.accesses.write()
    assert await dump(desk) == before
    clock.advance(MINUTE)
    await use(desk, two)
    with monkeypatch.context() as broken:
        broken.setattr(desk.secrets, "note_refused", fail)
        with pytest.raises(OSError, match="disk is full"):
            await desk.accesses.write()
    await desk.accesses.write()
    found = {token.name: token.last_access_at for token in await desk.token_grid.all(world.admin)}
    assert found == {"1": first, "2": clock(), "3": None}
    [shown] = await desk.secrets.old(world.admin, old.token.id)
    assert shown.refused_at == clock()
    assert await desk.audit_trail.verify(OPERATOR) == []
