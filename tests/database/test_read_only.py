"""Commands that only read work where nothing can be written."""

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import asyncpg
import pytest

from server.desk import Desk
from tests.cli.conftest import Command, command_server, make_command
from tests.support.factories import made
from tests.support.world import World

__all__ = ["command_server", "make_command"]


@pytest.fixture
def frozen(tmp_path: Path) -> Iterator[Callable[[Path], Path]]:
    """Mounts a folder again, for reading alone: its owner cannot write there, nor can root."""
    mounted: list[Path] = []

    def freeze(folder: Path) -> Path:
        place = tmp_path / "frozen"
        place.mkdir()
        for words in (["--bind", str(folder), str(place)], ["-o", "remount,bind,ro", str(place)]):
            done = subprocess.run(["mount", *words], capture_output=True, text=True, check=False)
            if done.returncode:
                pytest.skip(f"nothing can be mounted here: {done.stderr.strip()}")
            mounted[:] = [place]
        return place

    yield freeze
    for place in mounted:
        subprocess.run(["umount", str(place)], check=True)


def reads(command: Command, account_id: str, token_id: str) -> None:
    assert command.json("audit", "verify") == {"intact": True, "broken": []}
    [token] = command.json("token", "list", "--account", account_id)
    assert token["id"] == token_id
    assert command.json("token", "show", token_id)["id"] == token_id
    assert len(command.json("audit", "list", "--account", account_id)) > 3
    assert len(command.json("account", "list")) == 3


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("closed", [True, False])
async def test_a_file_on_a_disk_that_is_read_only(
    desk: Desk,
    world: World,
    tmp_path: Path,
    frozen: Callable[[Path], Path],
    make_command: Callable[..., Command],
    closed: bool,
) -> None:
    token_id = (await made(desk, world.admin)).token.id
    file = desk.database.file
    assert file is not None
    if closed:
        await desk.close()
    # Otherwise a log is left, which is a part of the database.
    folder = tmp_path / "kept"
    folder.mkdir()
    for each in file.parent.glob(f"{file.name}*"):
        (folder / each.name).write_bytes(each.read_bytes())
    place = frozen(folder)
    command = make_command(
        TOKENDESK_DATA_DIR=str(place), TOKENDESK_DATABASE_URL=f"sqlite://{place / file.name}"
    )
    reads(command, world.client.id, token_id)
    refused = command.refused("token", "disable", token_id)
    assert "attempt to write a readonly database" in refused


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_a_role_that_may_only_select(
    desk: Desk, world: World, database_url: str, make_command: Callable[..., Command]
) -> None:
    token_id = (await made(desk, world.admin)).token.id
    owner = await asyncpg.connect(database_url)
    await owner.execute("DROP ROLE IF EXISTS tokendesk_reader")
    await owner.execute("CREATE ROLE tokendesk_reader LOGIN")
    try:
        await owner.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO tokendesk_reader")
        url = database_url.replace("//postgres@", "//tokendesk_reader@")
        assert url != database_url
        command = make_command(TOKENDESK_DATABASE_URL=url)
        reads(command, world.client.id, token_id)
        assert "permission denied" in command.refused("token", "disable", token_id)
    finally:
        await owner.execute("DROP OWNED BY tokendesk_reader")
        await owner.execute("DROP ROLE tokendesk_reader")
        await owner.close()
