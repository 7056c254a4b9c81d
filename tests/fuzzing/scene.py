"""A live desk that is fuzzed, and a second one on its database that makes objects and callers."""

import asyncio
import secrets
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import httpx
import orjson
import pytest
from pydantic import SecretStr

from server.desk import Desk
from server.domain.actor import OPERATOR, AccountType, Role
from server.domain.tokens.secret_policy import Grace
from server.services.crypto.passwords import Passwords
from server.services.tokens.patch import TokenPatch
from server.settings import Settings
from tests.fuzzing.documents import Ids, Sent
from tests.support import databases
from tests.support.live import LiveServer, live_server
from tests.support.postgres import create_database, drop_database
from tests.support.world import ORIGIN, PASSWORD, World, build_world

CALLERS: Final = ("admin", "operations", "manager", "nobody")
"""Two people, a program that may manage tokens, and nobody."""


@dataclass
class Scene:
    """What a test needs of both."""

    server: LiveServer
    log: Path
    http: httpx.Client
    desk: Desk
    world: World
    runner: asyncio.Runner
    manager: str
    cookies: dict[str, str] = field(default_factory=dict)
    counted: Counter[str] = field(default_factory=Counter)
    """How many documents of each operation were sent."""

    def prepare(self) -> Ids:
        """Undo what hinders the callers, and make fresh objects; their ids."""
        return self.runner.run(self._prepare())

    def send(self, caller: str, sent: Sent) -> httpx.Response:
        """The answer to a document, as multipart where there are files."""
        headers = {"GraphQL-Require-Preflight": "1"}
        if caller == "manager":
            headers["Authorization"] = f"Bearer {self.manager}"
        elif caller != "nobody":
            headers["Cookie"] = f"tokendesk={self.cookies[caller]}"
        names = [f"file{number}" for number in range(len(sent.files))]
        operation: dict[str, Any] = {"query": sent.document, "variables": dict.fromkeys(names)}
        if not names:
            return self.http.post("/graphql", json=operation, headers=headers)
        parts: dict[str, Any] = {
            "operations": (None, orjson.dumps(operation)),
            "map": (None, orjson.dumps({name: [f"variables.{name}"] for name in names})),
            **dict(zip(names, (("logo", file) for file in sent.files), strict=True)),
        }
        return self.http.post("/graphql", files=parts, headers=headers)

    def unread_log(self) -> str:
        """What the server wrote since it was last asked."""
        content = self.log.read_text()
        self.log.write_text("")
        return content

    async def _prepare(self) -> Ids:
        desk, world = self.desk, self.world
        for account in (world.client, world.vendor):
            if not (await desk.accounts.get(OPERATOR, account.id)).active:
                await desk.accounts.enable(OPERATOR, account.id)
        for module in world.modules.of_client:
            await desk.modules.enable(OPERATOR, module.id, world.client.id)
        for name, email in {
            "admin": world.admin_email,
            "operations": world.operations_email,
        }.items():
            if await desk.sessions.resume(self.cookies.get(name, ""), ORIGIN) is None:
                self.cookies[name] = await desk.sessions.sign_in(email, PASSWORD, ORIGIN)
        return {
            "token": [await self._token() for _ in range(3)] + [await self._rotated()],
            "draft": [await self._draft() for _ in range(2)],
            "account": [world.client.id, world.vendor.id, await self._account()],
            "module": [module.id for module in world.modules.of_client] + ["MOD-2003", "MOD-2004"],
            "user": [world.viewer.id, world.other_admin.id, await self._user()],
        }

    async def _token(self) -> str:
        minted = await self.desk.tokens.create(
            self.world.admin, name="Robot", module_ids=["MOD-2001"]
        )
        return minted.token.id

    async def _rotated(self) -> str:
        token_id = await self._token()
        await self.desk.secrets.rotate(OPERATOR, token_id, Grace.ONE_DAY)
        await self.desk.tokens.disable(OPERATOR, token_id)
        return token_id

    async def _draft(self) -> str:
        patch = TokenPatch(name="Robot", module_ids=["MOD-2001"])
        return (await self.desk.drafts.create(self.world.admin, patch)).id

    async def _account(self) -> str:
        return (await self.desk.accounts.create(OPERATOR, "Passing", AccountType.CLIENT)).id

    async def _user(self) -> str:
        email = f"{secrets.token_hex(6)}@client.example"
        account_id = self.world.client.id
        invited = await self.desk.members.invite(OPERATOR, email, "New", Role.VIEWER, account_id)
        return invited.member.user.id


@contextmanager
def fuzzed_desk(folder: Path, database_url: str, passwords: Passwords) -> Iterator[Scene]:
    """A live server on this migrated database, and the scene around it."""
    settings = Settings(
        data_dir=folder,
        database_url=SecretStr(database_url),
        secret_keys=SecretStr(databases.KEYS),
    )
    environment = {
        "TOKENDESK_DATABASE_URL": database_url,
        "TOKENDESK_SECRET_KEYS": databases.KEYS,
        "TOKENDESK_RATE_LIMIT": "0",
    }
    databases.forget_statements()
    desk = Desk.build(settings, passwords=passwords)
    with asyncio.Runner() as runner:
        runner.run(desk.open())
        try:
            world = runner.run(build_world(desk))
            minted = runner.run(
                desk.tokens.create(world.admin, name="Manager", module_ids=["MOD-1756"])
            )
            assert minted.secret is not None
            with (
                live_server(folder, environment) as server,
                httpx.Client(base_url=server.url, timeout=60) as http,
            ):
                log = folder / "server.log"
                yield Scene(server, log, http, desk, world, runner, minted.secret.reveal())
        finally:
            runner.run(desk.close())


@contextmanager
def scene_of(request: pytest.FixtureRequest, passwords: Passwords) -> Iterator[Scene]:
    """A live desk on a new database of the engine that a fixture's parameter names."""
    folder = request.getfixturevalue("tmp_path_factory").mktemp("fuzzed")
    with (
        _new_database(request, folder) as url,
        fuzzed_desk(folder / "data", url, passwords) as scene,
    ):
        yield scene


@contextmanager
def _new_database(request: pytest.FixtureRequest, folder: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield databases.copy_template(request.getfixturevalue("sqlite_template"), folder)
        return
    server: str = request.getfixturevalue("postgres")
    name = f"tokendesk_fuzz_{secrets.token_hex(4)}"
    url = asyncio.run(create_database(server, name))
    asyncio.run(databases.migrate(url))
    yield url
    asyncio.run(drop_database(server, name))
