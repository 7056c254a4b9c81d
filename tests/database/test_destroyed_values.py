"""Values that were destroyed are in no file of the embedded database any more."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest

from server.desk import Desk
from server.domain.tokens.secret_policy import Grace, RevealPolicy
from server.jobs.housekeeping import sweep_drafts
from server.models.tokens import TokenDraft, TokenSecret
from tests.support.clock import TurnableClock
from tests.support.drafting import ready_draft
from tests.support.factories import made
from tests.support.world import World

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

Destroy = Callable[[Desk, World, str], Awaitable[object]]


async def policy(desk: Desk, world: World, _: str) -> object:
    return await desk.accounts.set_reveal(world.admin, world.client.id, RevealPolicy.ONCE)


async def rotation(desk: Desk, world: World, token_id: str) -> object:
    return await desk.secrets.rotate(world.admin, token_id, Grace.NONE)


async def deletion(desk: Desk, world: World, token_id: str) -> object:
    return await desk.tokens.delete(world.admin, token_id)


def places(desk: Desk, value: bytes) -> list[str]:
    """Which files of the database hold the bytes."""
    file = desk.database.file
    assert file is not None
    files = [file, *(file.with_name(f"{file.name}{end}") for end in ("-wal", "-shm"))]
    return [each.name for each in files if each.exists() and value in each.read_bytes()]


async def settled(desk: Desk) -> None:
    working = desk.erasure._working
    if working is not None:
        await asyncio.wait([working])


async def sealed(token_id: str) -> bytes:
    secret = await TokenSecret.get(token_id=token_id)
    assert secret.sealed is not None
    return bytes(secret.sealed)


@pytest.mark.parametrize("destroy", [policy, rotation, deletion])
async def test_a_destroyed_value_is_in_no_file(desk: Desk, world: World, destroy: Destroy) -> None:
    token_id = (await made(desk, world.admin)).token.id
    value = await sealed(token_id)
    assert places(desk, value)
    # The connections that other parts hold must not keep the log.
    await desk.token_lookup.rows(token_id)
    await destroy(desk, world, token_id)
    await settled(desk)
    assert places(desk, value) == []
    assert not desk.erasure.due


async def test_the_answer_of_a_commit_is_in_no_file_after_the_sweep(
    desk: Desk, world: World, clock: TurnableClock
) -> None:
    draft = await ready_draft(desk, world.admin)
    await desk.drafts.commit(world.admin, draft.id, draft.version)
    row = await TokenDraft.get(id=draft.id)
    assert row.sealed_answer is not None
    value = bytes(row.sealed_answer)
    assert places(desk, value)
    clock.advance(timedelta(minutes=11))
    await sweep_drafts(desk).run()
    await settled(desk)
    assert places(desk, value) == []


async def test_what_a_reader_holds_up_is_done_by_a_later_sweep(desk: Desk, world: World) -> None:
    token_id = (await made(desk, world.admin)).token.id
    value = await sealed(token_id)
    file = desk.database.file
    assert file is not None
    reader = sqlite3.connect(file, isolation_level=None)
    try:
        reader.execute("BEGIN")
        reader.execute("SELECT COUNT(*) FROM tokens").fetchall()
        await desk.tokens.delete(world.admin, token_id)
        await settled(desk)
        assert places(desk, value)
    finally:
        reader.close()
    await sweep_drafts(desk).run()
    await settled(desk)
    assert places(desk, value) == []


async def test_every_connection_that_writes_overwrites_what_it_deletes(desk: Desk) -> None:
    async with desk.database.client.acquire_connection() as writer:
        [row] = await writer.execute_fetchall("PRAGMA secure_delete")
    assert row[0] == 1


async def test_closing_leaves_no_log(desk: Desk, world: World) -> None:
    token_id = (await made(desk, world.admin)).token.id
    value = await sealed(token_id)
    await TokenSecret.filter(token_id=token_id).delete()  # by whom nothing was told
    file = desk.database.file
    assert isinstance(file, Path)
    await desk.close()
    assert places(desk, value) == []
