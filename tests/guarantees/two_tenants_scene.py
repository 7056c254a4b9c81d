"""A desk with two accounts beside its model, and what must hold of both."""

import asyncio
import tempfile
from collections.abc import Awaitable
from pathlib import Path
from typing import Any, Final, TypeVar

import pytest
from argon2 import PasswordHasher
from pydantic import SecretStr

from server.desk import Desk
from server.domain.actor import OPERATOR, AccountType, Actor, ActorKind, Role
from server.domain.errors import (
    Refusal,
)
from server.models.audit import AuditRecord
from server.services.passwords import Passwords
from server.services.sessions import SignedIn
from server.settings import Settings
from tests import databases
from tests.clock import TurnableClock
from tests.guarantees.two_tenants_model import ACCOUNTS, Model, WayIn
from tests.world import ORIGIN

ADDRESS: Final = "vera@nowhere.example"
QUICK: Final = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))

Answer = TypeVar("Answer")


class Scene:
    """A desk with two accounts, what is known of it independently, and what must hold."""

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

    # What must hold after every step.

    def sessions_act_where_they_were_let_in(self) -> None:
        for session in self.model.sessions:
            signed_in = self.resumed(session)
            opens = self.model.opens(session)
            standing = self.standing.get(session.text)
            if signed_in is None:
                assert session.ended or standing not in opens, session
                continue
            acts = {self.name_of(each.account.id) for each in signed_in.user.memberships}
            assert acts == opens, session
            assert self.name_of(signed_in.actor.account_id) == standing
            assert standing in acts

    def accounts_see_what_they_did_themselves(self) -> None:
        for account, admin in self.admins.items():
            place = self.model.places.get(account)
            listed = self.runner.run(self.desk.members.all(admin))
            seen = [
                (each.user.id, each.user.name, each.status.value, each.last_sign_in_at)
                for each in listed
                if each.user.id != admin.id
            ]
            assert seen == ([place.seen] if place else [])
            told = repr(self.runner.run(self._trail(account)))
            [other] = [each for each in ACCOUNTS if each != account]
            foreign = self.model.places.get(other)
            assert self.ids[other] not in told
            assert f"by {other}" not in told or (place is not None and not place.own)
            if foreign is not None and (place is None or place.own):
                assert foreign.user_id not in told

    async def _trail(self, account: str) -> list[dict[str, Any]]:
        return await AuditRecord.filter(chain=self.ids[account]).values(
            "object_id", "object_name", "actor_id", "actor_name", "before", "after"
        )

    # How it is done.

    def resumed(self, session: WayIn) -> SignedIn | None:
        return self.runner.run(self.desk.sessions.resume(session.text, ORIGIN, seen=True))

    def name_of(self, account_id: str) -> str:
        return next(name for name, id_ in self.ids.items() if id_ == account_id)

    def agree(self, refused: type[Refusal] | None, wish: Awaitable[Answer]) -> Answer | None:
        """Do it; the desk refuses exactly when and how it should."""

        async def asked() -> Answer:
            return await wish

        if refused is None:
            return self.runner.run(asked())
        with pytest.raises(Refusal) as found:
            self.runner.run(asked())
        assert type(found.value) is refused
        return None
