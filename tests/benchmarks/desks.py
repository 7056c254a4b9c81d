"""Desks inside the bench's own process, on either engine."""

import asyncio
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from unittest import mock

import httpx
from pydantic import SecretStr

from server.app import create_app
from server.demo import world
from server.desk import Desk
from server.domain.actor import OPERATOR, Actor
from server.settings import Settings
from tests.benchmarks.machine import on_server_cores
from tests.support import databases, postgres
from tests.support.postgres import postgres_server, temporary_database

Work = Callable[[Desk, str], Awaitable[None]]


def on_sqlite(work: Work) -> None:
    """Run a measurement on an empty desk on SQLite."""
    asyncio.run(_on_desk(work, "SQLite", None))


def on_each_engine(work: Work, *, durable: bool = False) -> None:
    """Run a measurement on an empty desk on SQLite, then on PostgreSQL.

    With `durable` PostgreSQL commits to disk, which the server of the tests does not.
    """
    on_sqlite(work)
    # A server that the environment names has its own settings.
    settings = () if durable else postgres._SETTINGS
    with mock.patch.object(postgres, "_SETTINGS", settings), postgres_server() as server_url:
        asyncio.run(_on_postgres(work, server_url))


async def administrator(desk: Desk) -> tuple[httpx.AsyncClient, Actor]:
    """An administrator of the demo world, signed in to a browser of her own."""
    await world.build(desk)
    transport = httpx.ASGITransport(create_app(desk))
    browser = httpx.AsyncClient(transport=transport, base_url=desk.settings.origin)
    await browser.post("/sign-in", data={"email": world.SARAH.email, "password": world.PASSWORD})
    signed_in = await desk.sessions.resume(browser.cookies["tokendesk"], OPERATOR.origin)
    assert signed_in is not None, "the demo's administrator can sign in"
    return browser, signed_in.actor


async def _on_postgres(work: Work, server_url: str) -> None:
    async with temporary_database(server_url) as url:
        await _on_desk(work, "PostgreSQL", SecretStr(url))


async def _on_desk(work: Work, engine: str, url: SecretStr | None) -> None:
    databases.forget_statements()
    with tempfile.TemporaryDirectory() as folder:
        desk = Desk.build(Settings(data_dir=Path(folder), database_url=url, rate_limit=0))
        await desk.open()
        try:
            with on_server_cores():
                await work(desk, engine)
        finally:
            await desk.close()
