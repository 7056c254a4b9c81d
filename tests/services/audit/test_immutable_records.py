"""Audit records are final: the database itself refuses to change or remove one."""

from collections.abc import Awaitable, Callable

import pytest

from server.desk import Desk
from server.domain.actor import OPERATOR
from server.models.audit import AuditRecord
from tests.support.evidence import dump, run_sql, tampering
from tests.support.factories import chain_of_tokens
from tests.support.world import World

STATEMENTS = [
    "UPDATE audit_records SET object_name = 'Other'",
    "UPDATE audit_records SET object_name = object_name WHERE position = 1",
    "UPDATE audit_records SET hash = '' WHERE chain = 'platform'",
    "DELETE FROM audit_records",
    "DELETE FROM audit_records WHERE position = 1",
    "TRUNCATE audit_records",
    "TRUNCATE audit_records CASCADE",
]


@pytest.mark.parametrize("statement", STATEMENTS)
async def test_sql_cannot_change_or_remove_a_record(
    desk: Desk, world: World, statement: str
) -> None:
    if desk.database.client.capabilities.dialect == "sqlite" and "TRUNCATE" in statement:
        pytest.skip("SQLite has no TRUNCATE")
    before = await dump(desk)
    with pytest.raises(Exception, match="audit records are final"):
        await run_sql(desk, statement)
    assert await dump(desk) == before
    assert await desk.audit_trail.verify(OPERATOR) == []


async def test_the_models_cannot_either(desk: Desk, world: World) -> None:
    [*_, last] = await chain_of_tokens(desk, world, 1)
    last.object_name = "Other"
    before = await dump(desk)
    attempts: list[Callable[[], Awaitable[object]]] = [
        last.save,
        last.delete,
        lambda: AuditRecord.filter(id=last.id).update(event="user.created"),
        lambda: AuditRecord.filter(chain=world.client.id).delete(),
        lambda: AuditRecord.all().delete(),
    ]
    for attempt in attempts:
        with pytest.raises(Exception, match="audit records are final"):
            await attempt()
    assert await dump(desk) == before


async def test_without_the_triggers_it_would_be_possible(desk: Desk, world: World) -> None:
    """What the other tests here rest on: the statements are good ones."""
    async with tampering(desk):
        for statement in (each for each in STATEMENTS if "TRUNCATE" not in each):
            await run_sql(desk, statement)
    assert await AuditRecord.all().count() == 0


async def test_postgres_has_its_triggers_back_after_tampering(desk: Desk, world: World) -> None:
    if desk.database.client.capabilities.dialect == "sqlite":
        pytest.skip("a SQLite file is the test's own")
    with pytest.raises(ZeroDivisionError):
        async with tampering(desk):
            raise ZeroDivisionError
    with pytest.raises(Exception, match="audit records are final"):
        await AuditRecord.all().delete()
