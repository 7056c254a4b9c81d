"""Any life a token can have: whatever is done in whatever order, the desk and its model agree."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeVar

from hypothesis import given, settings, strategies
from pydantic import SecretStr

from server.desk import Desk
from server.domain.actor import OPERATOR, AccountType, Actor, ActorKind, Role
from server.domain.errors import DomainError
from server.domain.tokens.fields import UNSET
from server.domain.tokens.secret_policy import Grace
from server.domain.verification.verdict import Outcome
from server.models.audit import AuditRecord
from server.services.tokens.patch import TokenPatch
from server.services.tokens.views import MintedToken
from server.settings import Settings
from tests.services.tokens.life_model import Model, ModelSecret, ModelToken, Refused
from tests.support import databases
from tests.support.clock import TurnableClock
from tests.support.world import ORIGIN

MODULES: Final = ("MOD-1756", "MOD-2001", "MOD-2002")
MOST_TOKENS: Final = 2
"""Few tokens, so that each has a long life."""

Answer = TypeVar("Answer")


class Life:
    """What people, programs and Operations can do, on the desk and in its model alike."""

    def __init__(self, desk: Desk, clock: TurnableClock, account_id: str) -> None:
        self.desk = desk
        self.clock = clock
        self.model = Model(account_id, clock(), set(MODULES))
        self.admin = Actor(
            ActorKind.USER,
            "USR-1234-5678",
            "Ada Admin",
            account_id=account_id,
            account_type=AccountType.CLIENT,
            role=Role.ADMINISTRATOR,
            origin=ORIGIN,
        )

    async def agree(self, expected: Refused, wish: Awaitable[Answer]) -> Answer | None:
        """Do it; the desk refuses exactly when and how the model does."""
        refused: Refused = None
        answer = None
        try:
            answer = await wish
        except DomainError as refusal:
            refused = type(refusal)
        assert refused is expected
        return answer

    def end(self, ahead: timedelta | None) -> datetime | None:
        return None if ahead is None else self.clock() + ahead

    async def create(self, modules: set[str], ahead: timedelta | None) -> None:
        if len(self.model.alive()) == MOST_TOKENS:
            return
        expires_at = self.end(ahead)
        made = await self.agree(
            self.model.create(modules, expires_at),
            self.desk.tokens.create(
                self.admin, name="First", module_ids=modules, expires_at=expires_at
            ),
        )
        if made is not None:
            self.model.created(ModelToken(made.token.id, "First", modules, expires_at))
            self.keep(self.model.tokens[-1], made)

    def keep(self, token: ModelToken, made: MintedToken) -> None:
        assert made.secret is not None
        token.secrets.append(ModelSecret(made.secret.reveal()))

    async def edit(
        self, token: ModelToken, name: str, modules: set[str] | None, behind: int | None
    ) -> None:
        version = None if behind is None else token.version - behind
        patch = TokenPatch(name=name, module_ids=UNSET if modules is None else modules)
        await self.agree(
            self.model.edit(token, version, name, modules),
            self.desk.tokens.update(self.admin, token.id, patch, version=version),
        )

    async def set_expiry(self, token: ModelToken, ahead: timedelta | None) -> None:
        expires_at = self.end(ahead)
        await self.agree(
            self.model.set_expiry(token, expires_at),
            self.desk.tokens.update(self.admin, token.id, TokenPatch(expires_at=expires_at)),
        )

    async def send_expiry_back(self, token: ModelToken) -> None:
        current = token.expires_at
        shown = current.replace(second=0, microsecond=0) if current else None
        await self.agree(
            self.model.set_expiry(token, shown),
            self.desk.tokens.update(self.admin, token.id, TokenPatch(expires_at=shown)),
        )

    async def enable(self, token: ModelToken) -> None:
        await self.agree(self.model.enable(token), self.desk.tokens.enable(self.admin, token.id))

    async def disable(self, token: ModelToken) -> None:
        await self.agree(self.model.disable(token), self.desk.tokens.disable(self.admin, token.id))

    async def delete(self, token: ModelToken) -> None:
        await self.agree(self.model.delete(token), self.desk.tokens.delete(self.admin, token.id))

    async def switch_all(self, disable: bool) -> None:
        chosen = [token.id for token in self.model.tokens]
        move = self.model.disable if disable else self.model.enable
        act = self.desk.tokens.disable_all if disable else self.desk.tokens.enable_all
        expected = [(token.id, move(token)) for token in self.model.tokens]
        done = await act(self.admin, chosen)
        assert [token.id for token in done.changed] == [id_ for id_, no in expected if no is None]
        refused = [(each.token_id, type(each.refusal)) for each in done.refused]
        assert refused == [(id_, no) for id_, no in expected if no is not None]

    async def rotate(self, token: ModelToken, graces: list[Grace]) -> None:
        for grace in graces:
            wish = self.desk.secrets.rotate(self.admin, token.id, grace)
            made = await self.agree(self.model.rotate(token, grace), wish)
            if made is None:
                return
            self.keep(token, made)

    async def end_grace(self, token: ModelToken) -> None:
        expected = self.model.end_grace(token)
        await self.agree(expected, self.desk.secrets.end_grace(self.admin, token.id))

    async def use_all(self, token: ModelToken) -> None:
        for secret in token.secrets:
            self.model.use(token, secret)
            await self.desk.verifier.verify(secret.text, used_from=ORIGIN)
        await self.desk.usage.write()

    async def wait(self, span: timedelta) -> None:
        self.model.now = self.clock.advance(span)

    async def set_module(self, module: str, enabled: bool) -> None:
        act = self.desk.modules.enable if enabled else self.desk.modules.disable
        expected = self.model.set_module(module, enabled=enabled)
        await self.agree(expected, act(OPERATOR, module, self.model.account_id))

    async def set_account(self, active: bool) -> None:
        act = self.desk.accounts.enable if active else self.desk.accounts.disable
        expected = self.model.set_account(active=active)
        await self.agree(expected, act(OPERATOR, self.model.account_id))

    async def all_agree(self) -> None:
        """Every secret ever handed out, every record, every token."""
        for token in self.model.tokens:
            for secret in token.secrets:
                verdict = await self.desk.verifier.verify(secret.text)
                assert verdict.outcome is self.model.outcome(token, secret, None)
                if verdict.valid:
                    await self._agree_on_modules(token, secret)
        records = AuditRecord.filter(chain=self.model.account_id).order_by("position")
        left = [(record.event, record.object_id) for record in await records]
        assert left[2:] == self.model.records
        page = await self.desk.token_list.page(self.admin, number=1, size=100)
        assert page.total == len(page.items)
        assert {
            token.id: (
                token.status.value,
                token.version,
                {module.id for module in token.modules},
                {module.id for module in token.withdrawn_modules},
                token.last_access_at,
                token.expires_at,
            )
            for token in page.items
        } == {
            token.id: (
                self.model.status(token),
                token.version,
                token.modules & self.model.enabled,
                token.modules - self.model.enabled,
                token.last_access_at,
                token.expires_at,
            )
            for token in self.model.alive()
        }

    async def _agree_on_modules(self, token: ModelToken, secret: ModelSecret) -> None:
        missing = tuple(
            module
            for module in MODULES
            if self.model.outcome(token, secret, module) is Outcome.INSUFFICIENT_SCOPE
        )
        verdict = await self.desk.verifier.verify(secret.text, MODULES)
        assert verdict.missing_modules == missing
        assert verdict.valid == (not missing)


Step = tuple[str, dict[str, Any]]


def steps() -> strategies.SearchStrategy[Step]:
    """One thing to do; a token is a number. What ends much is seldom."""
    picked = strategies.sampled_from
    graces = strategies.lists(picked(Grace), min_size=1, max_size=4)
    token = strategies.integers(0, 5)
    ahead = picked([None, timedelta(0), timedelta(hours=1), timedelta(days=30)])
    modules = picked([MODULES, MODULES[:1], MODULES[1:], MODULES[1:2], MODULES[::2], ()]).map(set)
    seldom, mostly = picked([True, False, False, False]), picked([True, True, True, False])

    span = picked([timedelta(minutes=59), timedelta(hours=1), timedelta(days=7)])
    possible: dict[str, tuple[int, dict[str, strategies.SearchStrategy[Any]]]] = {
        "create": (2, {"modules": modules, "ahead": ahead}),
        "edit": (
            6,
            {
                "token": token,
                "name": picked(["First", "Second"]),
                "modules": strategies.none() | modules,
                "behind": picked([None, None, 0, 1]),
            },
        ),
        "set_expiry": (4, {"token": token, "ahead": ahead}),
        "send_expiry_back": (1, {"token": token}),
        "enable": (3, {"token": token}),
        "disable": (1, {"token": token}),
        "delete": (1, {"token": token}),
        "switch_all": (2, {"disable": seldom}),
        "rotate": (8, {"token": token, "graces": graces}),
        "end_grace": (1, {"token": token}),
        "use_all": (4, {"token": token}),
        "wait": (4, {"span": span}),
        "set_module": (5, {"module": picked(MODULES), "enabled": strategies.booleans()}),
        "set_account": (3, {"active": mostly}),
    }
    weighted = [name for name, (often, _) in possible.items() for _ in range(often)]
    return picked(weighted).flatmap(
        lambda name: strategies.tuples(
            strategies.just(name), strategies.fixed_dictionaries(possible[name][1])
        )
    )


async def live(url: str, folder: Path, script: list[Step]) -> None:
    """One life from its beginning, on a desk of its own."""
    clock = TurnableClock()
    keys = SecretStr(databases.KEYS)
    desk = Desk.build(
        Settings(data_dir=folder, database_url=SecretStr(url), secret_keys=keys), clock
    )
    try:
        await desk.open()
        account = await desk.accounts.create(OPERATOR, "Blue Client", AccountType.CLIENT)
        for module in MODULES:
            await desk.modules.create(OPERATOR, module, module)
        await desk.modules.set_enabled(OPERATOR, account.id, MODULES)
        life = Life(desk, clock, account.id)
        await life.create(set(MODULES[:1]), None)
        for name, arguments in script:
            if "token" in arguments:
                arguments = arguments | {"token": life.model.token(arguments["token"])}
            await getattr(life, name)(**arguments)
            await life.all_agree()
        assert await desk.audit_trail.verify(OPERATOR) == []
    finally:
        await desk.close()


def live_many(fresh_url: Callable[[], str], folder: Path, *, lives: int) -> None:
    @settings(max_examples=lives, deadline=None)
    @given(strategies.lists(steps(), min_size=40, max_size=50))
    def any_life(script: list[Step]) -> None:
        asyncio.run(live(fresh_url(), folder, script))

    databases.forget_statements()
    any_life()


def test_any_life_on_sqlite(sqlite_template: Path, tmp_path: Path) -> None:
    live_many(partial(databases.copy_template, sqlite_template, tmp_path), tmp_path, lives=16)


def test_any_life_on_postgres(
    postgres_database: databases.PostgresDatabase, tmp_path: Path
) -> None:
    live_many(postgres_database.empty, tmp_path, lives=5)
