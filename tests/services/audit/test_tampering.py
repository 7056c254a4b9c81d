"""The chain of hashes: whatever an intruder does to the records, the right place is named."""

from typing import Any

import pytest

from server.desk import Desk
from server.domain.actor import OPERATOR
from server.models.audit import AuditRecord, ChainHead
from server.services.audit.writer import record_hash
from tests.support.evidence import run_sql, tamper, tampering
from tests.support.factories import chain_of_tokens, made
from tests.support.world import World

FORGED = "AUD-0000-0000-0000-0000"


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("at", "'2030-03-14 09:26:53.589794+00:00'"),
        ("event", "'token.secret_revealed'"),
        ("actor_kind", "'operator'"),
        ("actor_id", "'USR-0000-0000'"),
        ("actor_name", "'Somebody'"),
        ("object_id", "'TKN-0000-0000'"),
        ("object_name", "'Other'"),
        ("before", "'{}'"),
        ("after", "NULL"),
        ("address", "''"),
        ("user_agent", "'curl'"),
        ("previous_hash", "''"),
        ("hash", "''"),
        ("seal", "''"),
        ("seal", "SUBSTR(seal, 1, 8) || hash"),
        ("id", f"'{FORGED}'"),
        ("position", "position + 100"),
        ("chain", "'platform2'"),
    ],
)
async def test_a_changed_record_is_found(desk: Desk, world: World, column: str, value: str) -> None:
    chain = await chain_of_tokens(desk, world, 3)
    changed, following = chain[-2], chain[-1]
    await tamper(desk, f"UPDATE audit_records SET {column} = {value} WHERE id = '{changed.id}'")
    moved = {"id": FORGED, "position": following.id, "chain": following.id}
    found = await desk.audit_trail.verify(OPERATOR, account_id=world.client.id)
    assert found == [moved.get(column, changed.id)]
    assert set(found) <= set(await desk.audit_trail.verify(OPERATOR))


async def test_a_changed_record_with_a_fresh_hash_is_found(desk: Desk, world: World) -> None:
    chain = await chain_of_tokens(desk, world, 3)
    for record, found in ((chain[-2], chain[-2].id), (chain[-1], chain[-1].id)):
        honest_name, honest_hash = record.object_name, record.hash
        record.object_name = "Altered"
        record.hash = record_hash(record)
        async with tampering(desk):
            await record.save()
        assert await desk.audit_trail.verify(OPERATOR) == [found]
        record.object_name, record.hash = honest_name, honest_hash
        async with tampering(desk):
            await record.save()
        assert await desk.audit_trail.verify(OPERATOR) == []


async def test_a_deleted_record_is_found(desk: Desk, world: World) -> None:
    chain = await chain_of_tokens(desk, world, 3)
    await tamper(desk, f"DELETE FROM audit_records WHERE id = '{chain[-3].id}'")
    assert await desk.audit_trail.verify(OPERATOR) == [chain[-2].id]


async def test_deleted_last_records_are_found(desk: Desk, world: World) -> None:
    chain = await chain_of_tokens(desk, world, 3)
    await tamper(desk, f"DELETE FROM audit_records WHERE id = '{chain[-1].id}'")
    gap = f"{world.client.id} after position {len(chain) - 1}"
    assert await desk.audit_trail.verify(OPERATOR) == [gap]
    await tamper(desk, f"DELETE FROM audit_records WHERE chain = '{world.client.id}'")
    assert await desk.audit_trail.verify(OPERATOR) == [f"{world.client.id} after position 0"]


async def test_a_deleted_or_forged_head_hides_nothing(desk: Desk, world: World) -> None:
    chain = await chain_of_tokens(desk, world, 3)
    await tamper(desk, f"DELETE FROM audit_records WHERE id = '{chain[-1].id}'")
    await run_sql(desk, f"DELETE FROM chain_heads WHERE chain = '{world.client.id}'")
    assert await desk.audit_trail.verify(OPERATOR) == [f"{world.client.id} after position 0"]
    await ChainHead.create(chain=world.client.id, position=len(chain) - 1, hash="0" * 64)
    assert await desk.audit_trail.verify(OPERATOR) == [chain[-2].id]


async def test_inserted_records_are_found(desk: Desk, world: World) -> None:
    chain = await chain_of_tokens(desk, world, 3)
    forged = AuditRecord(**{name: getattr(chain[-1], name) for name in AuditRecord._meta.db_fields})
    forged.id, forged.position = FORGED, len(chain) + 1
    forged.previous_hash = chain[-1].hash
    forged.hash = record_hash(forged)
    # To add is allowed: no trigger hinders it, but the head of the chain does not know it.
    await forged.save(force_create=True)
    assert await desk.audit_trail.verify(OPERATOR) == [forged.id]
    async with tampering(desk):
        await forged.delete()
        await AuditRecord.filter(id=chain[-1].id).update(position=len(chain) + 1)
    forged.position, forged.previous_hash = len(chain), chain[-2].hash
    forged.hash = record_hash(forged)
    await forged.save(force_create=True)
    assert await desk.audit_trail.verify(OPERATOR) == [forged.id]


async def test_reordered_records_are_found(desk: Desk, world: World) -> None:
    chain = await chain_of_tokens(desk, world, 3)
    one, two = chain[-2], chain[-1]
    async with tampering(desk):
        for record, position in ((one, 1_000), (two, one.position), (one, two.position)):
            await AuditRecord.filter(id=record.id).update(position=position)
    assert await desk.audit_trail.verify(OPERATOR) == [two.id]


async def test_each_broken_chain_is_named(desk: Desk, world: World) -> None:
    [*_, ours] = await chain_of_tokens(desk, world, 1)
    theirs = await AuditRecord.filter(chain=world.vendor.id).order_by("position").first()
    assert theirs is not None
    await tamper(desk, "UPDATE audit_records SET user_agent = 'x' WHERE position > 1")
    await tamper(desk, f"DELETE FROM audit_records WHERE id = '{theirs.id}'")
    found = await desk.audit_trail.verify(OPERATOR)
    seconds = await AuditRecord.filter(position=2).order_by("chain")
    assert found == [record.id for record in seconds]
    assert ours.id not in found


async def test_a_chain_that_grows_while_it_is_verified_is_whole(
    desk: Desk, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await chain_of_tokens(desk, world, 2)
    read, grown = ChainHead.get_or_none, 0

    async def read_and_grow(**filters: Any) -> ChainHead | None:
        nonlocal grown
        head = await read(**filters)
        if grown < 2:
            grown += 1
            await made(desk, world.admin, "Meanwhile")
        return head

    monkeypatch.setattr(ChainHead, "get_or_none", read_and_grow)
    assert await desk.audit_trail.verify_chain(world.client.id) is None
    assert grown == 2
