"""A desk with two accounts beside the model of it, and how a move is made on both."""

import asyncio
import tempfile
from collections.abc import Awaitable
from pathlib import Path
from typing import Final, TypeVar

import pytest
from argon2 import PasswordHasher
from pydantic import SecretStr

from server.desk import Desk
from server.domain.actor import OPERATOR, AccountType, Actor, ActorKind, Role
from server.domain.errors import (
    DomainError,
)
from server.services.crypto.passwords import Passwords
from server.services.sign_in.sessions import SignedIn
from server.settings import Settings
from tests.guarantees.two_tenants_model import ACCOUNTS, Model, WayIn
from tests.support import databases
from tests.support.clock import TurnableClock
from tests.support.world import ORIGIN

ADDRESS: Final = "vera@nowhere.example"
QUICK: Final = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))

Answer = TypeVar("Answer")


class Stage:
    """A desk with two accounts, the model of it, and where each session stands."""

    def __init__(self, url: str) -> None:
        self.runner = asyncio.Runner()
        self.folder = tempfile.TemporaryDirectory()
        self.model = Model()
        self.clock = TurnableClock()
        self.standing: dict[str, str] = {}
        chosen = Settings(
            data_dir=Path(self.folder.name),
            database_url=SecretStr(url),
            secret_keys=SecretStr(databases.KEYS),
            demo=False,
        )
        self.desk = Desk.build(chosen, self.clock, QUICK)
        self.ids: dict[str, str] = {}
        self.admins: dict[str, Actor] = {}
        self.runner.run(self._found())

    def close(self) -> None:
        self.runner.run(self.desk.close())
        self.runner.close()
        self.folder.cleanup()

    async def _found(self) -> None:
        await self.desk.open()
        for name in ACCOUNTS:
            account = await self.desk.accounts.create(OPERATOR, name, AccountType.CLIENT)
            admin = await self.desk.users.create(
                OPERATOR, f"admin@{name}.example", name, account.id, Role.ADMINISTRATOR
            )
            self.ids[name] = account.id
            self.admins[name] = Actor(
                ActorKind.USER,
                admin.id,
                admin.name,
                account_id=account.id,
                account_type=account.type,
                role=Role.ADMINISTRATOR,
                origin=ORIGIN,
            )

    def resumed(self, session: WayIn) -> SignedIn | None:
        return self.runner.run(self.desk.sessions.resume(session.text, ORIGIN, seen=True))

    def name_of(self, account_id: str) -> str:
        return next(name for name, id_ in self.ids.items() if id_ == account_id)

    def agree(self, refused: type[DomainError] | None, wish: Awaitable[Answer]) -> Answer | None:
        """Do it; the desk refuses exactly when and how it should."""

        async def asked() -> Answer:
            return await wish

        if refused is None:
            return self.runner.run(asked())
        with pytest.raises(DomainError) as found:
            self.runner.run(asked())
        assert type(found.value) is refused
        return None
