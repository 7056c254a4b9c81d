"""Several workers: one address tells the sum of all, which never shrinks, also when one dies."""

import asyncio
import os
import signal
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from server.cli.serving import NUMBERS, shared_numbers
from server.desk import Desk
from server.settings import Settings
from tests.api.programs import Program, make
from tests.api.scrapes import Scrape, scrape
from tests.support import databases
from tests.support.live import LiveServer, live_server
from tests.support.world import World

CALLS = 40
PATIENCE_SECONDS = 60


@pytest.fixture
def database_url(postgres_url: str) -> str:
    """More than one worker needs PostgreSQL."""
    return postgres_url


@pytest.fixture
async def program(desk: Desk, world: World) -> Program:
    return await make(desk, world.admin, "MOD-2001")


def environment(settings: Settings, **more: str) -> dict[str, str]:
    return {
        "TOKENDESK_DATABASE_URL": settings.database_location,
        "TOKENDESK_SECRET_KEYS": databases.KEYS,
        "TOKENDESK_WORKERS": "2",
        **more,
    }


def client_of(server: LiveServer) -> httpx.AsyncClient:
    """A client with a connection for each request, which any of the workers may take."""
    limits = httpx.Limits(max_keepalive_connections=0)
    return httpx.AsyncClient(base_url=server.url, limits=limits)


async def verify(client: httpx.AsyncClient, program: Program, times: int = CALLS) -> int:
    for _ in range(times):
        assert (await client.get("/verify", headers=program.bearer)).status_code == 200
    return times


async def verify_by_both(client: httpx.AsyncClient, program: Program) -> int:
    """Verify until both workers remember the token; how often that was."""
    calls = 0
    async with asyncio.timeout(PATIENCE_SECONDS):
        while (await scrape(client)).value("tokendesk_tokens_remembered") < 2:
            calls += await verify(client, program)
    return calls


def accepted(seen: Scrape) -> int:
    return sum(
        number for (outcome, _), number in seen.verifications().items() if outcome == "valid"
    )


async def until(true: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not await true():
            await asyncio.sleep(0.02)


async def until_accepted(client: httpx.AsyncClient, number: int) -> None:
    """The workers have told each other, so that each tells the sum."""

    async def told() -> bool:
        seen = accepted(await scrape(client))
        assert seen <= number
        return seen == number

    await until(told)


def last_sweep(seen: Scrape) -> float:
    return seen.value("tokendesk_job_last_success_timestamp_seconds", job="sweep_drafts")


async def until_swept(client: httpx.AsyncClient) -> float:
    """One worker leads, sweeps, and the others know of it; when that was."""

    async def told() -> bool:
        return last_sweep(await scrape(client)) > 0

    await until(told)
    return last_sweep(await scrape(client))


async def test_every_worker_tells_the_sum_of_all(
    settings: Settings, tmp_path: Path, program: Program
) -> None:
    own = tmp_path / "tmp"
    own.mkdir()
    began = time.time()
    with live_server(tmp_path / "data", environment(settings, TMPDIR=str(own))) as server:
        [folder] = own.glob("tokendesk-*")
        assert folder.stat().st_mode & 0o777 == 0o700
        async with client_of(server) as client:
            for _ in range(CALLS):
                path = "/.well-known/oauth-authorization-server"
                assert (await client.get(path)).status_code == 200
            calls = await verify_by_both(client, program)
            calls += await verify(client, program)
            # One connection is one worker: it hears of the other without asking it.
            async with httpx.AsyncClient(base_url=server.url) as one_worker:
                await until_accepted(one_worker, calls)
                swept_at = await until_swept(one_worker)
            assert began < swept_at < time.time()
            for _ in range(20):
                seen = await scrape(client)
                assert accepted(seen) == calls
                assert last_sweep(seen) >= swept_at
                requests = seen.value("tokendesk_http_requests_total", face="oauth", status="2xx")
                assert requests == CALLS
                timed = seen.value("tokendesk_http_request_duration_seconds_count", face="oauth")
                assert timed == CALLS
                assert seen.value("tokendesk_changes_heard") == 1
                workers = {dict(labels)["worker"] for labels in seen.all("process_open_fds")}
                assert workers == {"0", "1"}
                assert len(seen.all("tokendesk_build_info")) == 1
    assert list(own.glob("tokendesk-*")) == []


@asynccontextmanager
async def in_folder(
    settings: Settings, tmp_path: Path
) -> AsyncIterator[tuple[LiveServer, httpx.AsyncClient, Path]]:
    """A server of two workers who share a folder that we know."""
    folder = tmp_path / "numbers"
    folder.mkdir()
    with live_server(tmp_path / "data", environment(settings, **{NUMBERS: str(folder)})) as server:
        async with client_of(server) as client:
            yield server, client, folder


def process_at(folder: Path, seat: int) -> int:
    return int((folder / f"{seat}.seat").read_text() or 0)


async def test_a_worker_that_dies_takes_no_numbers_with_it(
    settings: Settings, tmp_path: Path, program: Program
) -> None:
    async with in_folder(settings, tmp_path) as (_, client, folder):
        calls = await verify_by_both(client, program)
        await until_accepted(client, calls)
        swept_at = await until_swept(client)
        files = {file.name for file in folder.iterdir()}
        killed = process_at(folder, 0)
        os.kill(killed, signal.SIGKILL)

        async def replaced() -> bool:
            return process_at(folder, 0) not in {0, killed}

        await until(replaced)
        for _ in range(20):
            seen = await scrape(client)
            assert accepted(seen) == calls
            assert last_sweep(seen) >= swept_at
        calls += await verify(client, program)
        await until_accepted(client, calls)
        assert {file.name for file in folder.iterdir()} == files


async def test_of_a_worker_that_is_gone_only_the_counts_remain(
    settings: Settings, tmp_path: Path, program: Program
) -> None:
    async with in_folder(settings, tmp_path) as (server, client, _):
        calls = await verify_by_both(client, program)
        await until_accepted(client, calls)
        server.process.send_signal(signal.SIGTTOU)

        async def one_is_left() -> bool:
            return len((await scrape(client)).all("process_open_fds")) == 1

        await until(one_is_left)
        seen = await scrape(client)
        assert accepted(seen) == calls
        assert seen.value("tokendesk_tokens_remembered") == 1
        assert seen.value("tokendesk_changes_heard") == 1


async def test_a_folder_that_cannot_be_used_costs_the_sum_and_no_more(tmp_path: Path) -> None:
    nowhere = str(tmp_path / "nowhere")
    with live_server(tmp_path / "data", {NUMBERS: nowhere}) as server:
        async with client_of(server) as client:
            assert (await scrape(client)).value("process_open_fds") > 0
        log = (tmp_path / "data" / "server.log").read_text()
        assert f"numbers are not added up in {NUMBERS}: " in log


def test_without_room_for_a_folder_the_server_starts_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv(NUMBERS, raising=False)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    with shared_numbers(2):
        assert NUMBERS not in os.environ
    assert capsys.readouterr().err == (
        "/metrics will tell of one worker, not of all: No such file or directory.\n"
    )
