"""Many at once: one draft is one token, in one process and in two."""

import asyncio
import subprocess
import sys
from collections import Counter
from datetime import timedelta

import pytest

from server.desk import Desk
from server.domain.actor import OPERATOR
from server.domain.errors import Expired, IllegalTransition, NotFound
from server.domain.tokens.secret_policy import RevealPolicy
from server.models.audit import AuditRecord
from server.models.tokens import Token, TokenDraft, TokenGrant, TokenSecret
from server.services.tokens.patch import TokenPatch
from server.services.tokens.views import MintedToken
from tests.support.clock import TurnableClock
from tests.support.drafting import ready_draft
from tests.support.evidence import dump, holds
from tests.support.live import ROOT
from tests.support.world import World


@pytest.mark.parametrize("policy", list(RevealPolicy))
async def test_twenty_commits_of_a_draft_are_one_token_and_twenty_equal_answers(
    desk: Desk, world: World, clock: TurnableClock, policy: RevealPolicy
) -> None:
    await desk.accounts.set_reveal(OPERATOR, world.client.id, policy)
    draft = await ready_draft(desk, world.admin)
    commits = [desk.drafts.commit(world.admin, draft.id, draft.version) for _ in range(20)]
    answers: list[MintedToken] = await asyncio.gather(*commits)
    assert all(answer == answers[0] for answer in answers)
    assert answers[0].secret is not None
    assert await Token.all().count() == await TokenSecret.all().count() == 1
    assert await TokenGrant.all().count() == 2
    assert await AuditRecord.filter(event="token.created").count() == 1
    assert await desk.audit_trail.verify(OPERATOR) == []
    clock.advance(timedelta(minutes=10))
    await desk.drafts.sweep()
    assert (await TokenDraft.get()).sealed_answer is None
    sealed = (await TokenSecret.get()).sealed
    assert (sealed is None) == (policy is RevealPolicy.ONCE)
    assert not holds(await dump(desk), answers[0].secret.reveal()[18:])


async def test_twenty_first_saves_of_a_draft_store_it_once(desk: Desk, world: World) -> None:
    draft_id = desk.drafts.new_id(world.admin)
    saves = [desk.drafts.save(world.admin, draft_id, 0, TokenPatch(name="R")) for _ in range(20)]
    answers = await asyncio.gather(*saves)
    assert {(answer.id, answer.version) for answer in answers} == {(draft_id, 1)}
    assert await TokenDraft.all().count() == 1


async def test_a_commit_against_a_discard_has_one_winner(desk: Desk, world: World) -> None:
    for _ in range(10):
        draft = await ready_draft(desk, world.admin)
        before = await Token.all().count()
        committed, discarded = await asyncio.gather(
            desk.drafts.commit(world.admin, draft.id, draft.version),
            desk.drafts.discard(world.admin, draft.id),
            return_exceptions=True,
        )
        made = isinstance(committed, MintedToken)
        assert await Token.all().count() == before + made
        if made:
            assert isinstance(discarded, IllegalTransition)
        else:
            assert isinstance(committed, Exception)
            assert not isinstance(discarded, Exception)
            with pytest.raises((Expired, NotFound)):
                await desk.drafts.get(world.admin, draft.id)
    assert await desk.audit_trail.verify(OPERATOR) == []


async def test_two_processes_and_two_accounts_lose_nothing(desk: Desk, world: World) -> None:
    """This process and another one create tokens at the same time, on one database."""
    script = [sys.executable, "-m", "tests.races.committing", "25"]
    environment = {
        "TOKENDESK_DATA_DIR": str(desk.settings.data_dir),
        "TOKENDESK_DATABASE_URL": desk.settings.database_location,
        "TOKENDESK_SECRET_KEYS": desk.settings.key_ring_text(),
        "PATH": "/usr/bin:/bin",
    }
    other = await asyncio.create_subprocess_exec(
        *script, cwd=ROOT, env=environment, stdout=subprocess.PIPE
    )
    for _ in range(25):
        await ready_draft(desk, world.admin)
        draft = await ready_draft(desk, world.admin)
        await desk.drafts.commit(world.admin, draft.id, draft.version)
    output, _ = await other.communicate()
    assert other.returncode == 0
    acknowledged = output.decode().split()
    assert len(acknowledged) == 25
    there = Counter([str(token.id) for token in await Token.all()])
    assert len(there) == 50
    assert set(acknowledged) <= set(there)
    assert await AuditRecord.filter(event="token.created").count() == 50
    assert await desk.audit_trail.verify(OPERATOR) == []
