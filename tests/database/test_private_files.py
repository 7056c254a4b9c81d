"""Files and folders of the desk are for its owner alone, whatever the umask."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from schema.persisted.documents import Registry, id_of
from server.desk import Desk
from server.settings import Settings
from tests.support.pictures import picture
from tests.support.world import build_world


@pytest.fixture(params=[0o000, 0o022, 0o027])
def umask(request: pytest.FixtureRequest) -> Iterator[None]:
    old = os.umask(request.param)
    yield
    os.umask(old)


@pytest.mark.usefixtures("umask")
async def test_nothing_is_for_others(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "deep" / "data", database_url=None, secret_keys=None)
    desk = Desk.build(settings)
    await desk.open()
    try:
        await build_world(desk)

        async def chunks() -> object:
            yield picture()

        await desk.logos.store(chunks())  # type: ignore[arg-type]
        text = "{ viewer { id } }"
        Registry(settings.document_dir).register({id_of(text): text})
        found = {
            path.relative_to(tmp_path): (path.is_dir(), oct(stat.S_IMODE(path.stat().st_mode)))
            for path in tmp_path.rglob("*")
        }
    finally:
        await desk.close()
    names = {path.name for path in found}
    assert {"tokendesk.sqlite3", "tokendesk.sqlite3-wal", "secret-keys", "logos"} <= names
    assert len(found) >= 10
    assert {mode for folder, mode in found.values() if folder} == {"0o700"}
    assert {mode for folder, mode in found.values() if not folder} == {"0o600"}


async def test_a_named_database_is_private_too(tmp_path: Path) -> None:
    file = tmp_path / "a b?c#d%.sqlite3"
    settings = Settings(
        data_dir=tmp_path, database_url=SecretStr(f"sqlite://{file}"), secret_keys=None
    )
    old = os.umask(0)
    desk = Desk.build(settings)
    try:
        await desk.open()
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    finally:
        os.umask(old)
        await desk.close()
