"""A migrated database is what the models say, on both engines."""

import re
import secrets
from pathlib import Path
from typing import Any

import pytest
from tortoise.migrations.executor import MigrationExecutor, MigrationTarget

from server.database import APP, Database
from server.domain.i18n.language import Language
from server.domain.tokens.secret_policy import RevealPolicy
from server.models.accounts import Account
from tests.support import databases
from tests.support.postgres import create_database, drop_database

_SQLITE = "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'"
_COLUMNS = """
    SELECT table_name, column_name, data_type, character_maximum_length, is_nullable
    FROM information_schema.columns WHERE table_schema = 'public'"""
_CONSTRAINTS = """
    SELECT conrelid::regclass::text AS table_name, contype::text AS kind,
           pg_get_constraintdef(oid) AS rule
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace"""
_INDEXES = "SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = 'public'"

Shape = set[tuple[Any, ...]]


@pytest.fixture(params=["sqlite", "postgres"])
async def two_urls(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    """Two empty databases of one engine."""
    databases.forget_statements()
    if request.param == "sqlite":
        yield [f"sqlite://{tmp_path / name}.sqlite3" for name in ("migrated", "generated")]
        return
    server = request.getfixturevalue("postgres")
    names = [f"tokendesk_test_{secrets.token_hex(4)}" for _ in range(2)]
    yield [await create_database(server, name) for name in names]
    for name in names:
        await drop_database(server, name)


async def test_migrations_bring_what_the_models_demand(two_urls: list[str]) -> None:
    migrated, generated = two_urls
    first = await _shape(migrated, by_migration=True)
    second = await _shape(generated, by_migration=False)
    assert first == second
    assert len({table for table, *_ in first}) == 19


async def test_no_change_of_the_models_is_without_its_migration(two_urls: list[str]) -> None:
    database = Database(two_urls[0])
    await database.open()
    try:
        assert await database.unwritten_changes() == []
        assert await database.migrate() == [
            "0001_initial",
            "0002_whole_life",
            "0003_final_records",
            "0004_usage",
            "0005_listings",
            "0006_marketplace",
            "0007_language",
            "0008_identities",
            "0009_sessions",
            "0010_sealed_chains",
        ]
        assert await database.pending_migrations() == []
        assert await database.migrate() == []
    finally:
        await database.close()


async def test_a_filled_database_is_brought_to_the_newest_form(two_urls: list[str]) -> None:
    database = Database(two_urls[0])
    await database.open()
    try:
        executor = MigrationExecutor(database.client, database._config["apps"])
        await executor.migrate([MigrationTarget(APP, "0005_listings")])
        await database.client.execute_script(
            "INSERT INTO accounts (id, name, type, active, reveal, created_at, token_count)"
            " VALUES ('ACC-1234-5678', 'Old', 'client', TRUE, 'once', '2026-01-31 12:00+00:00', 0)"
        )
        assert await database.migrate() == [
            "0006_marketplace",
            "0007_language",
            "0008_identities",
            "0009_sessions",
            "0010_sealed_chains",
        ]
        account = await Account.get(id="ACC-1234-5678")
        assert (account.name, account.reveal, account.logo, account.language) == (
            "Old",
            RevealPolicy.ONCE,
            None,
            Language.AUTOMATIC,
        )
    finally:
        await database.close()


async def _shape(url: str, *, by_migration: bool) -> Shape:
    """Tables, columns, uniques, indexes and keys, whatever their names."""
    database = Database(url)
    await database.open()
    try:
        if by_migration:
            await database.migrate()
        else:
            await database._context.generate_schemas(safe=False)
        read = _sqlite_shape if url.startswith("sqlite:") else _postgres_shape
        return {row for row in await read(database) if "tortoise_migrations" not in row[0]}
    finally:
        await database.close()


async def _sqlite_shape(database: Database) -> Shape:
    shape: Shape = set()
    ask = database.client.execute_query_dict
    for row in await ask(_SQLITE):
        if row["type"] != "table":
            continue
        table = row["name"]
        for column in await ask(f'PRAGMA table_info("{table}")'):
            wanted = ("name", "type", "notnull", "pk")
            shape.add((table, "column", *(column[each] for each in wanted)))
        for key in await ask(f'PRAGMA foreign_key_list("{table}")'):
            assert key["on_delete"] == "RESTRICT"
            shape.add((table, "key", key["from"], key["table"], key["to"]))
        for index in await ask(f'PRAGMA index_list("{table}")'):
            columns = await ask(f'PRAGMA index_info("{index["name"]}")')
            names = tuple(column["name"] for column in columns)
            shape.add((table, "index", index["unique"], names))
    return shape


async def _postgres_shape(database: Database) -> Shape:
    ask = database.client.execute_query_dict
    shape: Shape = {(row.pop("table_name"), "column", *row.values()) for row in await ask(_COLUMNS)}
    for row in await ask(_CONSTRAINTS):
        if row["kind"] == "f":
            assert "ON DELETE RESTRICT" in row["rule"]
        shape.add((row["table_name"], row["kind"], row["rule"]))
    for row in await ask(_INDEXES):
        rule = re.sub(r"INDEX \S+ ON", "INDEX ON", row["indexdef"])
        shape.add((row["tablename"], "index", rule))
    return shape
