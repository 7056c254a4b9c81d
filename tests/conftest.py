"""A desk for every test, on a fresh SQLite file and on an emptied PostgreSQL database."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
from argon2 import PasswordHasher
from pydantic import SecretStr

from server.desk import Desk
from server.services.crypto.passwords import Passwords
from server.settings import Settings
from tests.order import mark_quick, order
from tests.support import databases
from tests.support.clock import TurnableClock
from tests.support.postgres import create_database, drop_database, postgres_server
from tests.support.world import World
from tests.support.worlds import Worlds

databases.wait_for_no_disk()
# httpx gives up after 5 seconds unless a call says otherwise; a busy machine may need longer.
vars(httpx._config.DEFAULT_TIMEOUT_CONFIG).update(vars(httpx.Timeout(60)))


def pytest_configure(config: pytest.Config) -> None:
    """Name the markers."""
    config.addinivalue_line("markers", "quick: needs no browser, server process or PostgreSQL")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is quick, before `-m` selects, and begin with what takes longest."""
    mark_quick(items)
    order(items)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file that is only ever copied."""
    return databases.make_template(tmp_path_factory.mktemp("template"))


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of a PostgreSQL server, for tests that make databases of their own."""
    with postgres_server() as url:
        yield url


@pytest.fixture(scope="session")
def postgres_database(postgres: str) -> Iterator[databases.PostgresDatabase]:
    """A migrated PostgreSQL database, to be emptied for each test."""
    name = f"tokendesk_test_{secrets.token_hex(4)}"
    url = asyncio.run(create_database(postgres, name))
    asyncio.run(databases.migrate(url))
    database = databases.PostgresDatabase(url)
    yield database
    database.close()
    asyncio.run(drop_database(postgres, name))


@pytest.fixture
def postgres_url(postgres_database: databases.PostgresDatabase) -> str:
    """A migrated PostgreSQL database that the test finds empty."""
    databases.forget_statements()
    return postgres_database.empty()


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A migrated database without rows; the test runs once on each engine."""
    databases.forget_statements()
    if request.param == "sqlite":
        return databases.copy_template(request.getfixturevalue("sqlite_template"), tmp_path)
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture
def clock() -> TurnableClock:
    """The desk's time: stands still until `clock.advance(timedelta(…))`."""
    return TurnableClock()


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Settings with a data folder of the test's own; the environment has no say."""
    return Settings(
        data_dir=tmp_path / "data",
        database_url=SecretStr(database_url),
        secret_keys=SecretStr(databases.KEYS),
        base_url="http://desk.test",
        demo=False,
    )


@pytest.fixture(scope="session")
def quick_passwords() -> Passwords:
    """Argon2id as in production, with the smallest cost it allows."""
    return Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture
async def desk(
    settings: Settings,
    clock: TurnableClock,
    quick_passwords: Passwords,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[Desk]:
    """An open desk on an empty database."""
    desk = Desk.build(settings, clock, quick_passwords)
    try:
        with monkeypatch.context() as patched:
            patched.setattr(desk.database, "migrate", _is_migrated)
            await desk.open()
        yield desk
    finally:
        await desk.close()


async def _is_migrated(**_: object) -> list[str]:
    """What to migrate of a database that was made from a current one."""
    return []


@pytest.fixture(scope="session")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> Worlds:
    """The world as it was first built on each engine."""
    return Worlds(tmp_path_factory.mktemp("worlds"))


@pytest.fixture
async def world(desk: Desk, worlds: Worlds) -> World:
    """The small named world of `tests/support/world.py` on that desk."""
    return await worlds.enter(desk)
