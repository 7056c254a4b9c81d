"""The made-up world, built once for each engine and put into a test's database as rows.

Building it takes some twenty audited changes. Rows that were read once take milliseconds, and have
the same ids, moments and audit records in each test.
"""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

from server.desk import Desk
from tests.support.clock import START
from tests.support.databases import KEYS
from tests.support.world import World, build_world

_TABLES: Final = "SELECT name FROM sqlite_master WHERE type = 'table'"
_UNKEPT: Final = frozenset({"tortoise_migrations", "sqlite_sequence"})


class Worlds:
    """One world for each engine, kept from the first desk that builds it."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "world.sqlite3"
        self._kept: dict[str, World] = {}

    async def enter(self, desk: Desk) -> World:
        """The world on an open desk: the one that is kept, where the desk is like all others."""
        database = desk.settings.database_location
        engine = database.partition(":")[0]
        if not await _is_usual(desk):
            return await build_world(desk)
        if engine not in self._kept:
            world = await build_world(desk)
            await self._keep(desk)
            self._kept[engine] = world
        else:
            await self._restore(desk)
        return self._kept[engine]

    async def _keep(self, desk: Desk) -> None:
        if desk.database.file is not None:
            with (
                closing(sqlite3.connect(desk.database.file)) as origin,
                closing(sqlite3.connect(self._file)) as copy,
            ):
                origin.backup(copy)
        else:
            await desk.database.client.execute_script(_KEEP)

    async def _restore(self, desk: Desk) -> None:
        if desk.database.file is not None:
            _copy_rows(self._file, desk.database.file)
        else:
            await desk.database.client.execute_script("SELECT kept_world.restore()")


async def _is_usual(desk: Desk) -> bool:
    """Whether a world built on this desk would be the one that is kept, but for what is random."""
    keys = desk.settings.secret_keys
    if keys is None or keys.get_secret_value() != KEYS or desk.clock() != START:
        return False
    rows = await desk.database.client.execute_query_dict(
        "SELECT (SELECT COUNT(*) FROM accounts) + (SELECT COUNT(*) FROM audit_records) AS rows"
    )
    return bool(rows[0]["rows"] == 0)


def _copy_rows(origin: Path, into: Path) -> None:
    with closing(sqlite3.connect(into, isolation_level=None)) as connection:
        # Another process may write it as well; this one leaves no row without its parent.
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("ATTACH ? AS kept", [str(origin)])
        connection.execute("BEGIN IMMEDIATE")
        for (table,) in connection.execute(_TABLES.replace("sqlite_master", "kept.sqlite_master")):
            if table not in _UNKEPT:
                connection.execute(
                    f'INSERT INTO main."{table}" SELECT * FROM kept."{table}" ORDER BY rowid'
                )
        connection.execute("COMMIT")


# Kept inside the database, in a schema of its own, so that one short statement brings it back.
_KEEP: Final = r"""
DROP SCHEMA IF EXISTS kept_world CASCADE;
CREATE SCHEMA kept_world;
DO $do$
DECLARE
    name text;
    lines text := '';
    filled boolean;
    behind bigint;
BEGIN
    FOR name IN
        SELECT tablename FROM pg_tables
        WHERE schemaname = 'public' AND tablename <> 'tortoise_migrations'
    LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM public.%I)', name) INTO filled;
        CONTINUE WHEN NOT filled;
        EXECUTE format('CREATE TABLE kept_world.%I AS SELECT * FROM public.%I', name, name);
        lines := lines || format('INSERT INTO public.%I SELECT * FROM kept_world.%I; ', name, name);
    END LOOP;
    FOR name, behind IN
        SELECT sequencename, last_value FROM pg_sequences
        WHERE schemaname = 'public' AND last_value IS NOT NULL
    LOOP
        name := 'public.' || quote_ident(name);
        lines := lines || format('PERFORM setval(%L, %s); ', name, behind);
    END LOOP;
    EXECUTE format(
        'CREATE FUNCTION kept_world.restore() RETURNS void LANGUAGE plpgsql'
        ' SET session_replication_role = replica AS %L',
        'BEGIN ' || lines || 'END');
END $do$;
"""
