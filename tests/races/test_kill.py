"""Killed at any moment, the desk keeps what it acknowledged, and nothing by halves."""

import asyncio
import random
import sys
from asyncio.subprocess import PIPE, Process

from server.desk import Desk
from server.domain.actor import OPERATOR
from server.models.audit import AuditRecord
from server.models.tokens import Token, TokenDraft, TokenGrant, TokenSecret
from tests.support.live import ROOT
from tests.support.world import World

KILLS = 30


async def test_thirty_kills_lose_no_acknowledged_token_and_leave_no_half_one(
    desk: Desk, world: World
) -> None:
    acknowledged: set[str] = set()
    chance = random.Random(2030)
    child = await _start(desk)
    for _ in range(KILLS):
        # A child that has committed is past its start; the next one starts while it is watched.
        acknowledged.add(await _next_token(child))
        following = await _start(desk)
        for _ in range(chance.randrange(8)):
            acknowledged.add(await _next_token(child))
        for _ in range(chance.randrange(200)):
            await asyncio.sleep(0)
        child.kill()
        output, _ = await child.communicate()
        # A line is whole or, where the kill cut it, no acknowledgement.
        acknowledged.update(line.decode() for line in output.splitlines() if len(line) == 13)
        child = following
        await _must_be_whole(desk, acknowledged)
    child.kill()
    await child.communicate()
    await _must_be_whole(desk, acknowledged)
    assert len(acknowledged) >= KILLS


async def _must_be_whole(desk: Desk, acknowledged: set[str]) -> None:
    rows = await Token.all().values_list("id", flat=True)
    tokens = set(map(str, rows))
    assert acknowledged <= tokens
    # Another child goes on meanwhile: what it makes after the look above is not counted.
    secrets = await TokenSecret.filter(token_id__in=tokens).values_list("token_id", flat=True)
    assert sorted(map(str, secrets)) == sorted(tokens)
    grants = await TokenGrant.filter(token_id__in=tokens).values_list("token_id", flat=True)
    assert sorted(map(str, grants)) == sorted(list(tokens) * 3)
    created = await AuditRecord.filter(event="token.created", object_id__in=tokens)
    assert sorted(record.object_id for record in created) == sorted(tokens)
    drafts = await TokenDraft.filter(token_id__in=tokens).values_list("token_id", flat=True)
    assert sorted(map(str, drafts)) == sorted(tokens)
    assert await desk.audit_trail.verify(OPERATOR) == []


async def _start(desk: Desk) -> Process:
    environment = {
        "TOKENDESK_DATA_DIR": str(desk.settings.data_dir),
        "TOKENDESK_DATABASE_URL": desk.settings.database_location,
        "TOKENDESK_SECRET_KEYS": desk.settings.key_ring_text(),
        "PATH": "/usr/bin:/bin",
    }
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.races.committing", cwd=ROOT, env=environment, stdout=PIPE
    )


async def _next_token(child: Process) -> str:
    assert child.stdout is not None
    line = await asyncio.wait_for(child.stdout.readline(), 60)
    assert line.endswith(b"\n"), "the committing process ended"
    return line.decode().strip()
