"""The changes after which a token must be refused, each on tokens of accounts of their own."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from server.desk import Desk
from server.domain.actor import OPERATOR
from server.domain.tokens.secret_policy import Grace
from server.services.tokens.patch import TokenPatch
from tests.benchmarks import filling

AHEAD: Final = timedelta(milliseconds=100)
"""How soon an expiry comes: later than setting it takes."""

Work = Callable[[Desk, int], Awaitable[object]]


@dataclass(frozen=True)
class Change:
    """A change to the token of a number; what it does not end for good can be undone."""

    name: str
    make: Work
    undo: Work | None = None
    asks_module: bool = False

    async def acknowledged(self, desk: Desk, number: int) -> float:
        """Make the change; the `time.monotonic()` from which on the token must be refused."""
        due = await self.make(desk, number)
        now = time.monotonic()
        if isinstance(due, datetime):
            return max(now, now + (due - datetime.now(UTC)).total_seconds())
        return now

    def path(self, number: int) -> str:
        """What a service asks."""
        return f"/verify?module={_module(number)}" if self.asks_module else "/verify"


async def _disable(desk: Desk, number: int) -> object:
    return await desk.tokens.disable(OPERATOR, filling.token_id(number))


async def _delete(desk: Desk, number: int) -> object:
    return await desk.tokens.delete(OPERATOR, filling.token_id(number))


async def _rotate(desk: Desk, number: int) -> object:
    return await desk.secrets.rotate(OPERATOR, filling.token_id(number), Grace.NONE)


async def _expire(desk: Desk, number: int) -> object:
    expires_at = datetime.now(UTC) + AHEAD
    patch = TokenPatch(expires_at=expires_at)
    await desk.tokens.update(OPERATOR, filling.token_id(number), patch)
    return expires_at


async def _withdraw(desk: Desk, number: int) -> object:
    return await desk.modules.disable(OPERATOR, _module(number), _account(number))


async def _give_back(desk: Desk, number: int) -> object:
    return await desk.modules.enable(OPERATOR, _module(number), _account(number))


async def _disable_account(desk: Desk, number: int) -> object:
    return await desk.accounts.disable(OPERATOR, _account(number))


async def _enable_account(desk: Desk, number: int) -> object:
    return await desk.accounts.enable(OPERATOR, _account(number))


def _module(number: int) -> str:
    """A module that the token is granted, as `filling` grants them."""
    return filling.MODULES[number % len(filling.MODULES)]


def _account(number: int) -> str:
    return filling.ACCOUNTS[number % len(filling.ACCOUNTS)]


CHANGES: Final = (
    Change("disabled", _disable),
    Change("deleted", _delete),
    Change("rotated, no grace", _rotate),
    Change("expired", _expire),
    Change("module withdrawn", _withdraw, _give_back, asks_module=True),
    Change("account disabled", _disable_account, _enable_account),
)
