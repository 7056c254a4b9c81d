"""What a PostgreSQL URL says, and what is refused in one line."""

import re
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from pydantic import SecretStr

from server.database import PostgresUrl
from server.desk import Desk
from server.services.crypto.passwords import Passwords
from server.settings import Settings
from tests.cli.conftest import Command, command_server, make_command
from tests.database.certificates import Authority
from tests.support.clock import TurnableClock
from tests.support.factories import made, text_of
from tests.support.postgres import temporary_database
from tests.support.world import build_world

__all__ = ["command_server", "make_command"]


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("postgres://u:p%40ss@db/x", {"user": "u", "password": "p@ss", "host": ["db"]}),
        ("postgres://u:p@ss@db/x", {"password": "p@ss", "host": ["db"], "port": [5432]}),
        ("postgres://a:1,b:2/x", {"host": ["a", "b"], "port": [1, 2], "database": "x"}),
        ("postgres://a,b:2/x?port=7", {"host": ["a", "b"], "port": [7, 2]}),
        ("postgres://[::1]:6000/x", {"host": ["::1"], "port": [6000]}),
        ("postgres://u@/x?host=/run/postgresql", {"host": ["/run/postgresql"], "port": [5432]}),
        ("postgres://%2Frun%2Fpostgresql/x", {"host": ["/run/postgresql"]}),
        ("postgres://db/x?connect_timeout=3", {"timeout": 3}),
        ("postgres://db/x?statement_cache_size=0", {"statement_cache_size": 0}),
        ("postgres://db/x?sslmode=require", {"dsn": "postgres://?sslmode=require"}),
        ("postgres://db/x?ssl=disable", {"dsn": "postgres://?sslmode=disable"}),
        ("postgres://db/x?ssl=off", {"dsn": "postgres://?sslmode=disable"}),
        ("postgres://db/x?sslmode=require&channel_binding=prefer", {"user": None}),
        (
            'postgres://db/x?schema=A"b&options=-c%20work_mem=8MB&application_name=d',
            {
                "server_settings": {
                    "search_path": '"A""b"',
                    "options": "-c work_mem=8MB",
                    "application_name": "d",
                }
            },
        ),
    ],
)
def test_it_is_read_as_libpq_reads_it(url: str, told: dict[str, Any]) -> None:
    arguments = PostgresUrl.parse(url).connect_arguments
    assert {name: arguments[name] for name in told} == told


@pytest.mark.parametrize("words", ["ssl=true", "sslrootcert=system"])
def test_the_authorities_of_the_machine_are_trusted_for_the_whole_check(words: str) -> None:
    context = PostgresUrl.parse(f"postgres://db/x?{words}").connect_arguments["ssl"]
    assert (context.check_hostname, context.verify_mode) == (True, ssl.CERT_REQUIRED)


def test_an_older_url_means_no_less_with_an_authority_of_its_own(tmp_path: Path) -> None:
    root = Authority(tmp_path, "own").root
    arguments = PostgresUrl.parse(f"postgres://db/x?ssl=true&sslrootcert={root}").connect_arguments
    assert "sslmode=verify-full" in arguments["dsn"]
    assert root.name in arguments["dsn"]
    assert "ssl" not in arguments


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("sslmode=on", "sslmode must be one of disable, allow, prefer, require, verify-ca"),
        ("ssl=maybe", "write sslmode=disable|allow|prefer|require|verify-ca|verify-full"),
        ("ssl=true&sslmode=require", "give sslmode, without ssl"),
        ("sslrootcert=/nowhere.crt", "sslrootcert: /nowhere.crt cannot be read: No such file"),
        ("sslrootcert=/etc/hostname", "sslrootcert: /etc/hostname is no certificate"),
        ("sslrootcert=system&sslmode=require", "sslrootcert=system needs sslmode=verify-full"),
        ("sslcert=/nowhere.crt", "sslcert: /nowhere.crt cannot be read"),
        ("channel_binding=require", "channel_binding must be one of disable, prefer"),
        ("connect_timeout=soon", "connect_timeout must be a number"),
        ("maxsize=0", "minsize must not be greater than maxsize"),
        ("sslmod=require", "its parameter 'sslmod' is unknown"),
        ("sslmode", "write its parameters as name=value"),
    ],
)
def test_what_is_wrong_is_one_line(
    make_command: Callable[..., Command], words: str, reason: str
) -> None:
    url = f"postgres://me:hidden-word@127.0.0.1:1/x?{words}"
    with pytest.raises(ValueError, match=re.escape(reason)):
        PostgresUrl.parse(url)
    if words.startswith("ssl"):
        said = make_command(TOKENDESK_DATABASE_URL=url).refused("account", "list")
        assert said.startswith("TOKENDESK_DATABASE_URL: ")
        assert reason in said
        assert "hidden-word" not in said
        assert "\n" not in said


@pytest.mark.parametrize("rest", ["pa#ss@h/x", "pa/ss@h/x", "pa?ss@h/x", "pass@h:0/x", "p@h:p/x"])
def test_what_must_be_percent_encoded_is_never_taken_for_something_else(rest: str) -> None:
    with pytest.raises(ValueError, match="percent-encode the password"):
        PostgresUrl.parse(f"postgres://u:{rest}")


async def test_a_schema_holds_for_every_connection(
    postgres: str, tmp_path: Path, clock: TurnableClock, quick_passwords: Passwords
) -> None:
    async with temporary_database(postgres) as url:
        plain = await asyncpg.connect(url)
        await plain.execute('CREATE SCHEMA "Desk 1"')
        settings = Settings(
            data_dir=tmp_path,
            database_url=SecretStr(f"{url}?schema=Desk%201"),
            secret_keys=SecretStr("k" * 40),
        )
        desk = Desk.build(settings, clock, quick_passwords)
        await desk.open()
        try:
            world = await build_world(desk)
            minted = await made(desk, world.admin)
            [row] = await desk.token_lookup.rows(minted.token.id)
            assert row["name"] == "Export"
            assert (await desk.verifier.verify(text_of(minted))).valid
            alone = await desk.database.connect_alone()
            assert await alone.fetchval("SELECT current_schema()") == "Desk 1"
            await alone.close()
            assert await desk.database.pending_migrations() == []
        finally:
            await desk.close()
        rows = await plain.fetch(
            "SELECT DISTINCT schemaname FROM pg_tables WHERE tablename IN ('tokens', 'accounts')"
        )
        assert [row["schemaname"] for row in rows] == ["Desk 1"]
        await plain.close()
