"""The trail as a stream: all of it, in order, each record once, a few in memory at a time."""

from datetime import timedelta

import pytest

from server.desk import Desk
from server.domain.actor import NOBODY, OPERATOR, Actor
from server.domain.errors import SignInNeeded
from server.models.audit import AuditRecord
from server.services.audit import trail
from server.services.audit.trail import EVERYTHING, AuditFilter
from tests.support.clock import TurnableClock
from tests.support.evidence import records
from tests.support.factories import chain_of_tokens, made
from tests.support.world import World


async def exported(desk: Desk, actor: Actor, wanted: AuditFilter = EVERYTHING) -> list[str]:
    return [record.id async for record in desk.audit_trail.export(actor, wanted)]


@pytest.mark.parametrize("batch", [1, 2, 3, 7, 500])
async def test_every_batch_size_gives_each_record_once_in_order(
    desk: Desk, world: World, monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    await chain_of_tokens(desk, world, 3)
    monkeypatch.setattr(trail, "BATCH", batch)
    everything = await records(desk)
    assert len({record.chain for record in everything}) == 4
    assert await exported(desk, world.operations_admin) == [record.id for record in everything]
    ours = [record.id for record in everything if record.chain == world.client.id]
    assert await exported(desk, world.viewer) == ours
    of_client = AuditFilter(account_id=world.client.id)
    assert await exported(desk, OPERATOR, of_client) == ours
    assert await desk.audit_trail.verify(OPERATOR) == []


async def test_what_is_exported_is_what_is_shown(desk: Desk, world: World) -> None:
    await chain_of_tokens(desk, world, 2)
    streamed = [record async for record in desk.audit_trail.export(world.viewer)]
    shown = await desk.audit_trail.page(world.viewer, number=1, size=100)
    assert sorted(streamed, key=repr) == sorted(shown.items, key=repr)


async def test_the_filters_of_the_page_filter_the_export(
    desk: Desk, world: World, clock: TurnableClock
) -> None:
    clock.advance(timedelta(hours=1))
    minted = await made(desk, world.admin)
    since = clock()
    clock.advance(timedelta(hours=1))
    await desk.tokens.disable(world.operations_admin, minted.token.id)
    until = clock()
    clock.advance(timedelta(hours=1))
    await desk.tokens.enable(world.admin, minted.token.id)
    created, disabled, enabled = [
        record.id for record in await AuditRecord.filter(object_id=minted.token.id).order_by("at")
    ]
    token, ada = minted.token.id, world.admin.id
    cases: list[tuple[AuditFilter, list[str]]] = [
        (AuditFilter(object_id=token), [created, disabled, enabled]),
        (AuditFilter(object_id=token, actor_id=ada), [created, enabled]),
        (AuditFilter(object_id=token, event="token.disabled"), [disabled]),
        (AuditFilter(since=since), [created, disabled, enabled]),
        (AuditFilter(since=since, until=until), [created]),
        (AuditFilter(since=until), [disabled, enabled]),
        (AuditFilter(since=since, until=since), []),
        (AuditFilter(object_id=token, actor_id=ada, event="token.enabled", since=until), [enabled]),
    ]
    for wanted, expected in cases:
        assert await exported(desk, world.viewer, wanted) == expected
        page = await desk.audit_trail.page(world.viewer, number=1, size=100, wanted=wanted)
        assert [record.id for record in page.items] == expected[::-1]
        window = await desk.audit_trail.cursor_page(world.viewer, first=100, wanted=wanted)
        assert [record.id for record in window.items] == expected[::-1]


async def test_nobody_exports_nothing(desk: Desk, world: World) -> None:
    with pytest.raises(SignInNeeded):
        await exported(desk, NOBODY)
    assert await exported(desk, world.other_admin, AuditFilter(account_id=world.client.id)) == []


async def test_records_that_come_meanwhile_are_met_once(
    desk: Desk, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    chain = await chain_of_tokens(desk, world, 3)
    monkeypatch.setattr(trail, "BATCH", 2)
    met = []
    async for record in desk.audit_trail.export(world.viewer):
        met.append(record.id)
        if len(met) == 3:
            await made(desk, world.admin, "Meanwhile")
    assert met[:-1] == [record.id for record in chain]
    assert len(met) == len(set(met)) == len(chain) + 1
