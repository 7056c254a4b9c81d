"""People of before identities were told apart: whose address counts as proved, and who is local."""

import secrets
from pathlib import Path
from typing import Any, Final

import pytest
from tortoise.migrations.executor import MigrationExecutor, MigrationTarget

from server.database import APP, Database
from server.models.accounts import Membership, Session, SignInLink, User
from server.services.people.identities import acting_memberships, local_key
from tests.support import databases
from tests.support.postgres import create_database, drop_database

AT: Final = "2026-01-31 12:00:00+00:00"
LATER: Final = "2036-01-31 12:00:00+00:00"
OPS, ONE, TWO = "ACC-0000-0001", "ACC-0000-0002", "ACC-0000-0003"
OLGA, BY_OLGA, LOCAL, NEW, BOTH, RISEN = (f"USR-0000-000{number}" for number in range(1, 7))


@pytest.fixture(params=["sqlite", "postgres"])
async def url(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    """An empty database."""
    databases.forget_statements()
    if request.param == "sqlite":
        yield f"sqlite://{tmp_path / 'old'}.sqlite3"
        return
    server = request.getfixturevalue("postgres")
    name = f"tokendesk_test_{secrets.token_hex(4)}"
    yield await create_database(server, name)
    await drop_database(server, name)


def _old_rows() -> str:
    """A desk of the release before: two tenants, Operations, and six people."""
    statements = [
        "INSERT INTO accounts (id, name, type, active, reveal, created_at, token_count, language)"
        f" VALUES ('{id_}', '{id_}', '{type_}', TRUE, 'always', '{AT}', 0, 'automatic')"
        for id_, type_ in ((OPS, "operations"), (ONE, "client"), (TWO, "client"))
    ]
    seen = {NEW: ("NULL", "NULL")}
    for user_id in (OLGA, BY_OLGA, LOCAL, NEW, BOTH, RISEN):
        password, last = seen.get(user_id, (f"'hash of {user_id}'", f"'{AT}'"))
        statements.append(
            "INSERT INTO users (id, email, email_key, name, password_hash, active, created_at,"
            f" last_sign_in_at) VALUES ('{user_id}', '{user_id}@x.example',"
            f" '{user_id.lower()}@x.example', '{user_id}', {password}, TRUE, '{AT}', {last})"
        )
    belongs = [
        (OLGA, OPS, "administrator"),
        (BY_OLGA, ONE, "administrator"),
        (BY_OLGA, TWO, "viewer"),
        (LOCAL, ONE, "administrator"),
        (NEW, ONE, "viewer"),
        (BOTH, TWO, "administrator"),
        (BOTH, ONE, "viewer"),
        (RISEN, ONE, "viewer"),
        (RISEN, OPS, "viewer"),
    ]
    for number, (user_id, account_id, role) in enumerate(belongs, 1):
        statements.append(
            "INSERT INTO memberships (id, user_id, account_id, role, active) VALUES"
            f" ({number}, '{user_id}', '{account_id}', '{role}', TRUE)"
        )
        statements.append(
            "INSERT INTO sessions (id, digest, user_id, account_id, signed_in_at, confirmed_at,"
            f" seen_at) VALUES ({number}, 'session {number}', '{user_id}', '{account_id}', '{AT}',"
            f" '{AT}', '{AT}')"
        )
        statements.append(
            "INSERT INTO sign_in_links (id, digest, user_id, expires_at) VALUES"
            f" ({number}, 'link {number}', '{user_id}', '{LATER}')"
        )
    made = [
        (OLGA, OPS, "operator", "operator"),
        (BY_OLGA, ONE, "user", OLGA),
        (LOCAL, ONE, "user", BY_OLGA),
        (NEW, ONE, "user", BY_OLGA),
        (BOTH, ONE, "user", BY_OLGA),
        (RISEN, ONE, "user", BY_OLGA),
    ]
    statements += [
        "INSERT INTO audit_records (id, chain, position, at, event, actor_kind, actor_id,"
        " actor_name, object_id, object_name, address, user_agent, previous_hash, hash) VALUES"
        f" ('AUD-{number}', '{chain}', {number}, '{AT}', 'user.created', '{kind}', '{actor}', '',"
        f" '{user_id}', '', '', '', '', '')"
        for number, (user_id, chain, kind, actor) in enumerate(made, 1)
    ]
    return ";\n".join(statements)


async def _acts_in(user: User) -> list[str]:
    return [each.account.id for each in await acting_memberships(user)]


async def test_old_people_keep_what_was_theirs_and_no_more(url: str) -> None:
    database = Database(url)
    await database.open()
    try:
        executor = MigrationExecutor(database.client, database._config["apps"])
        await executor.migrate([MigrationTarget(APP, "0007_language")])
        for statement in _old_rows().split(";\n"):
            await database.client.execute_query(statement)
        assert "0008_identities" in await database.migrate()
        people = {user.id: user for user in await User.all()}
        await _proved_stay_as_they_are(people)
        await _others_belong_to_one_account(people)
        await _whoever_rose_comes_anew(people[RISEN])
    finally:
        await database.close()


async def _proved_stay_as_they_are(people: dict[str, User]) -> None:
    for user_id, accounts in ((OLGA, [OPS]), (BY_OLGA, [ONE, TWO])):
        user = people[user_id]
        assert (user.proved, user.proved_at, user.home_account_id) == (True, user.created_at, None)
        assert (user.email_key, user.address_key) == (f"{user_id.lower()}@x.example",) * 2
        assert user.password_hash == f"hash of {user_id}"
        assert await _acts_in(user) == accounts
        assert await Session.filter(user_id=user_id).count() == len(accounts)
        assert await SignInLink.filter(user_id=user_id).count() == len(accounts)


async def _others_belong_to_one_account(people: dict[str, User]) -> None:
    for user_id, accounts in ((LOCAL, [ONE]), (NEW, []), (BOTH, [ONE])):
        user, address = people[user_id], f"{user_id.lower()}@x.example"
        assert (user.proved, user.home_account_id) == (False, ONE)
        assert (user.email_key, user.address_key) == (local_key(ONE, address), address)
        assert await _acts_in(user) == accounts
        assert [each.account_id for each in await Session.filter(user_id=user_id)] == [ONE]
        assert [each.account_id for each in await Membership.filter(user_id=user_id)] == [ONE]
    assert people[BOTH].password_hash == f"hash of {BOTH}"
    assert await SignInLink.filter(user_id=NEW).count() == 1
    assert await SignInLink.filter(user_id=BOTH).count() == 0
    # The other account of the person who had two invites the address now, by one of its own.
    [split] = [user for user in people.values() if user.home_account_id == TWO]
    assert split.id not in {OLGA, BY_OLGA, LOCAL, NEW, BOTH, RISEN}
    assert (split.address_key, split.email_key) == (
        people[BOTH].address_key,
        local_key(TWO, split.address_key),
    )
    assert (split.email, split.password_hash, split.last_sign_in_at) == (
        people[BOTH].email,
        None,
        None,
    )
    invited = await Membership.get(user_id=split.id)
    assert (invited.account_id, invited.role.value, invited.active, invited.accepted_at) == (
        TWO,
        "administrator",
        True,
        None,
    )


async def _whoever_rose_comes_anew(user: User) -> None:
    """A tenant made the person, Operations added them later: their old password opens nothing."""
    assert (user.proved, user.password_hash) == (True, None)
    assert await _acts_in(user) == [ONE, OPS]
    assert await Session.filter(user_id=user.id).count() == 0
    assert await SignInLink.filter(user_id=user.id).count() == 0
