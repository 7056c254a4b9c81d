"""Seals on the audit trail: what somebody who may write the database cannot forge."""

import pytest
from tortoise.migrations.executor import MigrationExecutor, MigrationTarget

from server.database import APP
from server.desk import Desk
from server.domain.actor import OPERATOR
from server.models.audit import AuditRecord, ChainHead
from server.services.audit.seals import AuditSeals
from server.services.audit.trail import AuditTrail
from server.services.audit.writer import record_hash
from server.services.crypto.key_ring import KeyRing
from tests.support.databases import KEYS
from tests.support.evidence import run_sql, tamper, tampering
from tests.support.factories import chain_of_tokens, made
from tests.support.world import World

NEWER = "newer-key-0123456789-0123456789-0123456789"


async def rehash(chain: str, start: int) -> None:
    """Link a chain again from a position on, and set its head: all that needs no key."""
    previous = ""
    for record in await AuditRecord.filter(chain=chain).order_by("position"):
        if record.position >= start:
            record.previous_hash = previous
            record.hash = record_hash(record)
            await record.save(update_fields=["previous_hash", "hash", "object_name", "seal"])
        previous = record.hash
    await ChainHead.filter(chain=chain).update(hash=previous)


async def cut(desk: Desk, chain: list[AuditRecord], count: int) -> None:
    """Remove the last records, and set the head back."""
    last = chain[-count - 1]
    removed = ", ".join(f"'{each.id}'" for each in chain[-count:])
    await tamper(desk, f"DELETE FROM audit_records WHERE id IN ({removed})")
    await ChainHead.filter(chain=last.chain).update(position=last.position, hash=last.hash)


async def test_a_tail_that_was_cut_with_its_head_set_back_is_found(
    desk: Desk, world: World
) -> None:
    chain = await chain_of_tokens(desk, world, 3)
    await cut(desk, chain, 2)
    gap = f"{world.client.id} after position {len(chain) - 2}"
    assert await desk.audit_trail.verify(OPERATOR) == [gap]


@pytest.mark.parametrize("stripped", [False, True])
async def test_a_trail_that_was_rewritten_and_rehashed_is_found(
    desk: Desk, world: World, *, stripped: bool
) -> None:
    chain = await chain_of_tokens(desk, world, 3)
    async with tampering(desk):
        changed = {"object_name": "Altered"} | ({"seal": ""} if stripped else {})
        await AuditRecord.filter(id=chain[-2].id).update(**changed)
        await rehash(world.client.id, chain[-2].position)
    assert await desk.audit_trail.verify(OPERATOR) == [chain[-2].id]


async def test_a_sealed_trail_cannot_be_made_a_plain_one(desk: Desk, world: World) -> None:
    """All seals are removed, and where they begin is moved: then nothing is proved."""
    chain = await chain_of_tokens(desk, world, 3)
    async with tampering(desk):
        await AuditRecord.filter(chain=world.client.id).update(seal="")
        await ChainHead.filter(chain=world.client.id).update(
            seal="", sealed_from=chain[-1].position + 1
        )
    assert await desk.audit_trail.verify(OPERATOR) == [f"{world.client.id} after position 0"]


async def test_where_seals_begin_cannot_be_moved(desk: Desk, world: World) -> None:
    chain = await chain_of_tokens(desk, world, 3)
    for sealed_from in (chain[-1].position + 1, 0):
        await ChainHead.filter(chain=world.client.id).update(sealed_from=sealed_from)
        gap = f"{world.client.id} after position {len(chain)}"
        assert await desk.audit_trail.verify(OPERATOR) == [gap]


async def test_a_change_does_not_make_good_what_was_cut_off(desk: Desk, world: World) -> None:
    chain = await chain_of_tokens(desk, world, 3)
    await cut(desk, chain, 1)
    await made(desk, world.admin, "After")
    await made(desk, world.admin, "Later")
    [found] = await desk.audit_trail.verify(OPERATOR, account_id=world.client.id)
    after = await AuditRecord.get(chain=world.client.id, position=len(chain))
    assert (found, after.object_name) == (after.id, "After")


async def test_the_seal_of_another_chain_or_of_a_key_that_is_not_ours_proves_nothing(
    desk: Desk, world: World
) -> None:
    chain = await chain_of_tokens(desk, world, 1)
    theirs = await ChainHead.get(chain=world.vendor.id)
    foreign = AuditSeals(KeyRing(NEWER))
    head = await ChainHead.get(chain=world.client.id)
    for seal in (theirs.seal, foreign.of_head(head), chain[-1].seal):
        await ChainHead.filter(chain=head.chain).update(seal=seal)
        gap = f"{head.chain} after position {len(chain)}"
        assert await desk.audit_trail.verify(OPERATOR) == [gap]


async def test_a_whole_trail_that_was_removed_is_missed(desk: Desk, world: World) -> None:
    await tamper(desk, f"DELETE FROM audit_records WHERE chain = '{world.client.id}'")
    await run_sql(desk, f"DELETE FROM chain_heads WHERE chain = '{world.client.id}'")
    assert await desk.audit_trail.verify(OPERATOR) == [f"{world.client.id} after position 0"]


async def test_keys_are_rotated(desk: Desk, world: World) -> None:
    await chain_of_tokens(desk, world, 2)
    both = KeyRing(f"{NEWER},{KEYS}")
    assert await AuditTrail(both).verify(OPERATOR) == []
    assert await AuditTrail(KeyRing(NEWER)).verify(OPERATOR) != []
    await AuditSeals(both).renew()
    assert await AuditTrail(both).verify(OPERATOR) == []
    # The heads are sealed anew, and prove what an older key has sealed.
    assert await AuditTrail(KeyRing(NEWER)).verify(OPERATOR) == []


async def test_a_forged_head_is_not_sealed_anew(desk: Desk, world: World) -> None:
    chain = await chain_of_tokens(desk, world, 3)
    await cut(desk, chain, 1)
    both = KeyRing(f"{NEWER},{KEYS}")
    await AuditSeals(both).renew()
    gap = f"{world.client.id} after position {len(chain) - 1}"
    assert await AuditTrail(both).verify(OPERATOR) == [gap]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_trail_older_than_seals_is_sealed_by_its_migration(
    desk: Desk, world: World
) -> None:
    chain = await chain_of_tokens(desk, world, 2)
    # As a release without seals left it.
    client, apps = desk.database.client, desk.database._config["apps"]
    async with tampering(desk):
        await client.execute_script(
            "ALTER TABLE audit_records DROP COLUMN seal;"
            "ALTER TABLE chain_heads DROP COLUMN seal;"
            "ALTER TABLE chain_heads DROP COLUMN sealed_from;"
            "DELETE FROM tortoise_migrations WHERE name = '0010_sealed_chains'"
        )
    with pytest.raises(RuntimeError, match="tokendesk migrate"):
        await MigrationExecutor(client, apps).migrate([MigrationTarget(APP, "__latest__")])
    assert await desk.database.migrate(desk.audit_seals.seal_all) == ["0010_sealed_chains"]
    assert await desk.audit_trail.verify(OPERATOR) == []
    first = await made(desk, world.admin, "First with a seal")
    assert await desk.audit_trail.verify(OPERATOR) == []
    assert (await ChainHead.get(chain=world.client.id)).sealed_from == len(chain) + 1
    # What was there before is frozen by the seal of the head, and by the first sealed record.
    async with tampering(desk):
        await AuditRecord.filter(id=chain[0].id).update(object_name="Altered")
        await rehash(world.client.id, 1)
    sealed = await AuditRecord.get(object_id=first.token.id)
    assert await desk.audit_trail.verify(OPERATOR) == [sealed.id]
