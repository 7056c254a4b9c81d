"""Settings: read from the environment, checked once, and never shown with their secrets."""

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pydantic import ValidationError

from server.desk import Desk
from server.settings import Settings
from tests.support.world import build_world


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """No setting of the machine that runs the tests."""
    for name in list(os.environ):
        if name.startswith("TOKENDESK_"):
            monkeypatch.delenv(name)
    return monkeypatch


def test_defaults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    settings = Settings()
    assert settings.database_location == f"sqlite://{tmp_path}/data/tokendesk.sqlite3"
    assert (settings.origin, settings.uses_https) == ("http://127.0.0.1:8000", False)
    assert (settings.workers, settings.demo, settings.trusted_proxies) == (1, False, ())
    assert settings.logo_dir == Path("data/logos")
    assert settings.document_dir == Path("data/trusted-documents")
    assert settings.trusted_documents == "off"
    assert not (tmp_path / "data").exists()


def test_the_environment_sets_all(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "DATA_DIR": "/srv/desk",
        "DATABASE_URL": "postgresql://desk:hush@db/desk",
        "SECRET_KEYS": "k" * 40,
        "BASE_URL": "https://desk.example.com/",
        "PORT": "9000",
        "WORKERS": "4",
        "TRUSTED_PROXIES": "10.0.0.1, 10.0.0.2,",
        "RATE_LIMIT": "600",
        "REDIS_URL": "rediss://:whisper@redis:6380/2",
        "DEMO": "1",
        "GRAPHIQL": "0",
        "SOMETHING_ELSE": "x",
    }.items():
        monkeypatch.setenv(f"TOKENDESK_{name}", value)
    settings = Settings()
    assert settings.database_location == "postgres://desk:hush@db/desk"
    assert (settings.origin, settings.uses_https) == ("https://desk.example.com", True)
    assert settings.trusted_proxies == ("10.0.0.1", "10.0.0.2")
    assert (settings.workers, settings.demo, settings.graphiql) == (4, True, False)
    assert settings.key_ring_text() == "k" * 40
    assert settings.rate_limit == 600
    assert settings.redis_url is not None
    assert settings.redis_url.get_secret_value() == "rediss://:whisper@redis:6380/2"
    assert "hush" not in f"{settings!r} {settings}"
    assert "whisper" not in f"{settings!r} {settings}"
    assert "k" * 40 not in f"{settings!r} {settings}"


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("WORKERS", "2", "more than one worker needs PostgreSQL: set TOKENDESK_DATABASE_URL"),
        ("WORKERS", "0", "greater than or equal to 1"),
        ("PORT", "70000", "less than or equal to 65535"),
        ("DATABASE_URL", "mysql://root:hush@db/desk", "write sqlite://FILE or postgres://"),
        ("DATABASE_URL", "", "write sqlite://FILE or postgres://"),
        ("RATE_LIMIT", "-1", "greater than or equal to 0"),
        ("REDIS_URL", "localhost:6379", "write redis://[:password@]host[:port][/db]"),
        ("REDIS_URL", "http://hush@redis", "write redis://"),
        ("REDIS_URL", "redis://:hush@", "write redis://"),
        ("REDIS_URL", "redis://:hush@redis:70000", "write redis://"),
        ("REDIS_URL", "redis://:hush@redis/first", "write redis://"),
        ("BASE_URL", "desk.example.com", "write an origin such as https://desk.example.com"),
        ("BASE_URL", "https://desk.example.com/path", "without a path"),
        ("BASE_URL", "ftp://desk.example.com", "write an origin"),
        ("BASE_URL", "https://", "write an origin"),
        ("TRUSTED_DOCUMENTS", "on", "Input should be 'off' or 'only'"),
    ],
)
def test_what_is_wrong_is_said(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, message: str
) -> None:
    monkeypatch.setenv(f"TOKENDESK_{name}", value)
    with pytest.raises(ValidationError) as refusal:
        Settings()
    assert message in str(refusal.value)
    assert "hush" not in str(refusal.value)


def test_a_key_is_made_once_for_the_owner_alone(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "deep" / "data")
    first = settings.key_ring_text()
    assert len(first) == 64
    assert settings.key_ring_text() == first
    assert Settings(data_dir=tmp_path / "other").key_ring_text() != first
    assert stat.S_IMODE(settings.data_dir.stat().st_mode) == 0o700
    assert stat.S_IMODE((settings.data_dir / "secret-keys").stat().st_mode) == 0o600
    assert [file.name for file in settings.data_dir.iterdir()] == ["secret-keys"]


def test_processes_that_start_together_agree_on_one_key(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    with ThreadPoolExecutor(16) as pool:
        keys = {*pool.map(lambda _: settings.key_ring_text(), range(64))}
    assert len(keys) == 1
    assert [file.name for file in tmp_path.iterdir()] == ["secret-keys"]


@pytest.mark.parametrize("name", ["plain", "with space", "ümläut", "50%25", "a#b", "a?b=c", "a+b"])
async def test_the_desk_opens_in_any_folder(tmp_path: Path, name: str) -> None:
    desk = Desk.build(Settings(data_dir=tmp_path / name))
    try:
        await desk.open()
        world = await build_world(desk)
        assert await desk.accounts.get(world.admin, world.client.id) == world.client
    finally:
        await desk.close()
    assert (tmp_path / name / "tokendesk.sqlite3").stat().st_size > 0
    assert [each.name for each in tmp_path.iterdir()] == [name]
