"""PostgreSQL goes away and comes back under requests: nothing is answered wrongly meanwhile."""

import asyncio
import os
import secrets
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from server.desk import Desk
from server.domain.tokens.secret import Secret
from server.domain.tokens.secret_policy import Grace
from server.domain.verification.verdict import Outcome
from server.models.usage import UsageCount
from server.settings import Settings
from tests.races.steady import Answer, Steady, asking
from tests.support import databases
from tests.support.clock import TurnableClock
from tests.support.factories import made, text_of
from tests.support.live import ROOT, free_port, live_server
from tests.support.postgres import PostgresServer, create_database, drop_database, stoppable_server
from tests.support.world import World

ROUNDS = 50
"""So many questions reach each worker, whichever the system prefers."""

INVALID = Answer(401, "The token is invalid.")
DISABLED = Answer(401, "The token is disabled.")
RIGHT = {
    "valid": Answer(200),
    "doomed": Answer(200),
    "disabled": DISABLED,
    "rotated": Answer(401, "The token's secret was rotated."),
    "unknown": INVALID,
    "malformed": INVALID,
}
REMEMBERED = {"valid", "doomed", "disabled", "rotated"}
AWAY = Answer(503, "Tokendesk cannot reach its storage right now.", retry_after="1")


@dataclass(frozen=True)
class Cast:
    """Secrets by what is right about them, and the ids of their tokens."""

    secrets: dict[str, str]
    ids: dict[str, str]


@pytest.fixture(scope="module")
def postgresql() -> Iterator[PostgresServer]:
    """A server of this module's own, which it may stop."""
    with stoppable_server() as server:
        yield server


@pytest.fixture
def database_url(postgresql: PostgresServer) -> Iterator[str]:
    databases.forget_statements()
    name = f"tokendesk_test_{secrets.token_hex(4)}"
    url = asyncio.run(create_database(postgresql.url, name))
    asyncio.run(databases.migrate(url))
    yield url
    asyncio.run(drop_database(postgresql.url, name))


@pytest.fixture
def clock() -> TurnableClock:
    """The servers' own time: both ends must agree on when a secret was rotated out."""
    return TurnableClock(datetime.now(UTC))


@pytest.fixture
async def cast(desk: Desk, world: World) -> Cast:
    names = ("valid", "doomed", "disabled", "rotated")
    minted = {name: await made(desk, world.admin, name) for name in names}
    ids = {name: each.token.id for name, each in minted.items()}
    await desk.tokens.disable(world.admin, ids["disabled"])
    await desk.secrets.rotate(world.admin, ids["rotated"], Grace.NONE)
    texts = {name: text_of(each) for name, each in minted.items()}
    unknown = Secret.generate("TKN-4711-0815").reveal()
    return Cast(texts | {"unknown": unknown, "malformed": texts["valid"][:-1]}, ids)


@asynccontextmanager
async def away(postgresql: PostgresServer) -> AsyncIterator[None]:
    await asyncio.to_thread(postgresql.stop)
    try:
        yield
    finally:
        await asyncio.to_thread(postgresql.start)


def disable_unheard(postgresql: PostgresServer, settings: Settings, token_id: str) -> None:
    """Let a token be disabled while no worker can hear of it."""
    port = free_port()
    location = settings.database_location.replace(f":{postgresql.port}/", f":{port}/")
    postgresql.start(hidden_on=port)
    try:
        subprocess.run(
            [sys.executable, "-m", "server", "token", "disable", token_id],
            cwd=ROOT,
            env=os.environ | environment(settings) | {"TOKENDESK_DATABASE_URL": location},
            check=True,
            capture_output=True,
        )
    finally:
        postgresql.stop()


def environment(settings: Settings, *, grace_seconds: int = 0) -> dict[str, str]:
    return {
        "TOKENDESK_DATABASE_URL": settings.database_location,
        "TOKENDESK_SECRET_KEYS": databases.KEYS,
        "TOKENDESK_WORKERS": "2",
        "TOKENDESK_OUTAGE_GRACE": str(grace_seconds),
    }


def marked(answer: Answer) -> Answer:
    return answer._replace(outage="answered from memory")


def while_away(*, grace: bool) -> dict[str, Answer]:
    """What is right about each secret while nobody can be asked."""
    told = {name: marked(RIGHT[name]) if grace else AWAY for name in REMEMBERED}
    return told | {"unknown": AWAY, "malformed": INVALID}


async def calls(cast: Cast) -> dict[str, dict[str, int]]:
    """What is written of the uses of each token, by outcome."""
    rows = await UsageCount.all()
    return {
        name: {row.outcome: row.calls for row in rows if row.token_id == token_id}
        for name, token_id in cast.ids.items()
    }


def uses(steady: Steady) -> dict[str, dict[str, int]]:
    """What is to be written, from the answers that the services got."""
    outcomes = {
        200: Outcome.VALID,
        DISABLED.error: Outcome.DISABLED,
        RIGHT["rotated"].error: Outcome.ROTATED,
    }
    found: dict[str, dict[str, int]] = {name: {} for name in REMEMBERED}
    for name, counts in found.items():
        for answer in steady.answers[name]:
            outcome = outcomes.get(answer.error or answer.status)
            if outcome is not None:
                counts[outcome] = counts.get(outcome, 0) + 1
    return found


@pytest.mark.parametrize("grace_seconds", [0, 300])
async def test_no_answer_is_wrong_while_it_is_away_or_after(
    postgresql: PostgresServer,
    settings: Settings,
    cast: Cast,
    tmp_path: Path,
    grace_seconds: int,
) -> None:
    nobody = while_away(grace=grace_seconds > 0)
    named = environment(settings, grace_seconds=grace_seconds)
    with live_server(tmp_path / "live", named) as live:
        async with asking(live.url, cast.secrets) as steady:
            await steady.until(RIGHT, ROUNDS)
            async with away(postgresql):
                await steady.until(nobody, ROUNDS)
                await asyncio.to_thread(disable_unheard, postgresql, settings, cast.ids["doomed"])
                await steady.until(nobody, ROUNDS)
                unheard = len(steady.answers["doomed"])
            after = RIGHT | {"doomed": DISABLED}
            await steady.until(after, ROUNDS)
            settled = {name: len(answers) for name, answers in steady.answers.items()}
            await steady.until(after, ROUNDS)

    for name, answers in steady.answers.items():
        assert set(answers) <= {RIGHT[name], AWAY, nobody[name], after[name]}
        assert set(answers[settled[name] :]) == {after[name]}
    assert not {DISABLED, marked(DISABLED)} & set(steady.answers["doomed"][:unheard])
    assert RIGHT["doomed"] not in steady.answers["doomed"][unheard:]
    assert AWAY not in steady.answers["malformed"]
    assert await calls(cast) == uses(steady)


async def test_uses_counted_before_are_written_after_while_it_runs(
    postgresql: PostgresServer, settings: Settings, cast: Cast, tmp_path: Path
) -> None:
    with live_server(tmp_path / "live", environment(settings)) as live:
        async with asking(live.url, cast.secrets) as steady:
            await steady.until(RIGHT, ROUNDS)
            async with away(postgresql):
                await steady.until(while_away(grace=False), ROUNDS)
        try:
            async with asyncio.timeout(30):
                while await calls(cast) != uses(steady):
                    await asyncio.sleep(0.05)
        except TimeoutError:
            assert await calls(cast) == uses(steady)
