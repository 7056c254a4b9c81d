"""Uses of tokens: counted exactly, written behind, never lost by a failure, never backwards."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from server.desk import Desk
from server.domain.actor import OPERATOR, Origin
from server.domain.tokens.secret_policy import Grace
from server.domain.verification.verdict import Grant, Outcome
from server.models.tokens import Token, TokenSecret
from server.services.tokens.views import MintedToken
from server.services.usage import recorder, store
from server.services.usage.counters import hour_of
from tests.support.clock import TurnableClock
from tests.support.evidence import dump, run_sql
from tests.support.factories import made, text_of
from tests.support.world import ORIGIN, World

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


async def use(desk: Desk, minted: MintedToken) -> None:
    assert (await desk.verifier.verify(text_of(minted), used_from=ORIGIN)).valid


async def grant_of(desk: Desk, minted: MintedToken) -> Grant:
    grant = (await desk.verifier.verify(text_of(minted))).grant
    assert grant is not None
    return grant


async def counts(desk: Desk) -> list[tuple[Any, ...]]:
    """Hour, outcome and calls, as they are in the database."""
    rows = await run_sql(desk, "SELECT hour, outcome, calls FROM usage_counts ORDER BY 1, 2")
    return [tuple(row.values()) for row in rows]


async def test_a_use_is_written_behind(desk: Desk, world: World, clock: TurnableClock) -> None:
    minted = await made(desk, world.admin)
    before = await dump(desk)
    await use(desk, minted)
    assert await dump(desk) == before
    used = clock()
    clock.advance(MINUTE)
    await desk.usage.write()
    assert (await desk.tokens.get(world.viewer, minted.token.id)).last_access_at == used
    assert (await TokenSecret.get(token_id=minted.token.id)).last_used_at == used
    after = await dump(desk)
    await desk.usage.write()
    assert await dump(desk) == after
    assert after["audit_records"] == before["audit_records"]


async def test_counts_are_exact_over_hours(desk: Desk, world: World, clock: TurnableClock) -> None:
    """Two counters of one secret, one of them forgotten, and the general way: all add up."""
    minted = await made(desk, world.admin)
    grant = await grant_of(desk, minted)
    kept = desk.usage.counter(grant.token_id, grant.secret_id, used_before=False)
    first = hour_of(clock())
    for hour in range(3):
        forgotten = desk.usage.counter(grant.token_id, grant.secret_id, used_before=True)
        for _ in range(5 + hour):
            kept.accept(clock(), ("203.0.113.9", 4711), b"gateway/1\xff\r\n")
        forgotten.accept(clock(), None, "")
        del forgotten
        await use(desk, minted)
        if hour == 1:
            await desk.usage.write()
        clock.advance(HOUR)
    await desk.usage.write()
    valid = "valid"
    assert await counts(desk) == [(first, valid, 7), (first + 1, valid, 8), (first + 2, valid, 9)]
    [caller] = (await desk.usage.for_token(world.viewer, minted.token.id)).callers
    assert (caller.outcome, caller.at) == (Outcome.VALID, clock() - HOUR)
    kept.accept(clock(), ("203.0.113.9", 4711), b"gateway/1\xff\r\n")
    await desk.usage.write()
    [caller] = (await desk.usage.for_token(world.viewer, minted.token.id)).callers
    assert (caller.at, caller.address, caller.user_agent) == (
        clock(),
        "203.0.113.9",
        "gateway/1\ufffd",
    )


async def test_refusals_are_counted_by_reason_and_are_no_use(
    desk: Desk, world: World, clock: TurnableClock
) -> None:
    minted = await made(desk, world.admin)
    value, hour = text_of(minted), hour_of(clock())
    verify = desk.verifier.verify
    for modules in (["MOD-2001"], ["MOD-1756", "MOD-2001"]):
        assert not (await verify(value, modules, used_from=ORIGIN)).valid
    await desk.tokens.disable(world.admin, minted.token.id)
    for text in (value, "idt:nonsense", value[:-1], value[:-7] + "A" * 7):
        assert not (await verify(text, used_from=ORIGIN)).valid
    assert not (await verify(value)).valid
    await desk.usage.write()
    assert await counts(desk) == [(hour, "disabled", 1), (hour, "insufficient_scope", 2)]
    assert (await Token.get(id=minted.token.id)).last_access_at is None
    assert (await TokenSecret.get(token_id=minted.token.id)).last_used_at is None
    [used] = (await desk.usage.for_token(world.viewer, minted.token.id)).modules
    assert (used.module.id, used.asked_at, used.withdrawn) == ("MOD-1756", clock(), False)
    await desk.modules.disable(OPERATOR, "MOD-1756", world.client.id)
    [used] = (await desk.usage.for_token(world.viewer, minted.token.id)).modules
    assert (used.module.id, used.asked_at, used.withdrawn) == ("MOD-1756", clock(), True)


async def test_nothing_goes_back_in_time(desk: Desk, world: World, clock: TurnableClock) -> None:
    """Another process wrote a later use before this one wrote an earlier one."""
    minted = await made(desk, world.admin)
    grant = await grant_of(desk, minted)
    later, elsewhere = clock() + MINUTE, Origin("203.0.113.99", "Later/1")
    desk.usage.note(grant, Outcome.VALID, ["MOD-1756"], elsewhere, later)
    await desk.usage.write()
    before = await dump(desk)
    desk.usage.note(grant, Outcome.VALID, ["MOD-1756"], ORIGIN, clock())
    await desk.usage.write()
    after = await dump(desk)
    changed = {table for table in after if after[table] != before[table]}
    assert changed - {"sqlite_sequence"} == {"usage_counts"}
    clock.advance(2 * MINUTE)
    await use(desk, minted)
    await desk.usage.write()
    assert (await Token.get(id=minted.token.id)).last_access_at == clock()


async def test_the_first_use_is_due_at_once_and_later_ones_are_not(
    desk: Desk, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recorder, "WRITE_EVERY_SECONDS", 3_600)
    minted, other = await made(desk, world.admin), await made(desk, world.admin)
    grant = await grant_of(desk, other)
    counter = desk.usage.counter(grant.token_id, grant.secret_id, used_before=False)

    async def is_due() -> bool:
        waiting = asyncio.create_task(desk.usage.due())
        for _ in range(20):
            await asyncio.sleep(0)
        due = waiting.done()
        waiting.cancel()
        return due

    assert not await is_due()
    for _ in range(2):
        await use(desk, minted)
        assert await is_due() is (_ == 0)
        await desk.usage.write()
    for _ in range(2):
        counter.accept(desk.clock(), "", "")
        assert await is_due() is (_ == 0)
        await desk.usage.write()
    monkeypatch.setattr(recorder, "WRITE_EVERY_SECONDS", 0)
    await desk.usage.due()


async def test_of_very_many_tokens_numbers_are_written_at_once_and_last_calls_in_their_turn(
    desk: Desk, world: World, clock: TurnableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that no number of tokens in use makes the database the bottleneck."""
    monkeypatch.setattr(recorder, "MOST_LATEST", 2)
    monkeypatch.setattr(recorder, "WRITTEN_AT_ONCE", 1)
    grants = [await grant_of(desk, await made(desk, world.admin)) for _ in range(5)]
    grants.sort(key=lambda grant: grant.token_id)
    ids = [grant.token_id for grant in grants]
    counters = [
        desk.usage.counter(grant.token_id, grant.secret_id, used_before=True) for grant in grants
    ]

    async def written(*, all_latest: bool = False) -> tuple[int, list[str]]:
        """How many calls, and the tokens whose last access is the latest there was."""
        await desk.usage.write(all_latest=all_latest)
        found = await desk.token_list.all(world.admin)
        latest = sorted(each.id for each in found if each.last_access_at == clock())
        return sum(calls for _, _, calls in await counts(desk)), latest

    for counter in counters:
        counter.accept(clock(), "203.0.113.7", "Tests/1.0")
    assert await written() == (5, ids[:2])
    counters[0].accept(clock(), "203.0.113.7", "Tests/1.0")
    assert await written() == (6, ids[:4])
    assert await written() == (6, ids)
    clock.advance(MINUTE)
    for counter in counters:
        counter.accept(clock(), "203.0.113.7", "Tests/1.0")
    assert await written(all_latest=True) == (11, ids)


@pytest.mark.parametrize("table", range(5))
async def test_a_failing_write_keeps_what_was_counted(
    desk: Desk, world: World, clock: TurnableClock, monkeypatch: pytest.MonkeyPatch, table: int
) -> None:
    """Whichever table fails, and with counters beyond the batch: nothing is lost or doubled."""
    monkeypatch.setattr(recorder, "WRITTEN_AT_ONCE", 1)
    tokens = [await made(desk, world.admin, name) for name in ("1", "2", "3")]
    counters = []
    for minted in tokens:
        grant = await grant_of(desk, minted)
        counters.append(desk.usage.counter(grant.token_id, grant.secret_id, used_before=True))
        desk.usage.ask(grant.token_id, ["MOD-1756"], clock())
    for counter in counters:
        counter.accept(clock(), "203.0.113.7", "Tests/1.0")
    write, done = store._write, 0

    async def fail(change: Any, rows: Any) -> None:
        nonlocal done
        if done == table:
            raise OSError("the disk is full")
        done += 1
        await write(change, rows)

    with monkeypatch.context() as broken:
        broken.setattr(store, "_write", fail)
        for _ in range(2):
            with pytest.raises(OSError, match="disk is full"):
                await desk.usage.write()
    hour = hour_of(clock())
    clock.advance(MINUTE)
    counters[1].accept(clock(), "203.0.113.8", "Tests/1.0")
    await desk.usage.write()
    rows = await run_sql(desk, "SELECT hour, SUM(calls) AS calls FROM usage_counts GROUP BY hour")
    assert [(row["hour"], int(row["calls"])) for row in rows] == [(hour, 4)]
    found = {token.name: token.last_access_at for token in await desk.token_list.all(world.admin)}
    assert found == {"1": clock() - MINUTE, "2": clock(), "3": clock() - MINUTE}
    for minted in tokens:
        [asked] = (await desk.usage.for_token(world.viewer, minted.token.id)).modules
        assert asked.asked_at == clock() - MINUTE


async def test_a_failure_keeps_that_an_old_secret_was_tried(
    desk: Desk, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = await made(desk, world.admin)
    await desk.secrets.rotate(world.admin, old.token.id, Grace.NONE)
    await desk.verifier.verify(text_of(old), used_from=ORIGIN)

    async def fail(*_: Any) -> None:
        raise OSError("the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(desk.secrets, "note_refused", fail)
        with pytest.raises(OSError, match="disk is full"):
            await desk.usage.write()
    await desk.usage.write()
    [shown] = await desk.secrets.old(world.admin, old.token.id)
    assert shown.refused_at == desk.clock()
    assert [(outcome, calls) for _, outcome, calls in await counts(desk)] == [("rotated", 1)]
    assert await desk.audit_trail.verify(OPERATOR) == []
