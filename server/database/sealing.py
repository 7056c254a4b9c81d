"""Passes a sealer to the migration that adds seals: only the desk has the keys."""

from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import Final

from tortoise.backends.base.client import BaseDBAsyncClient

Sealer = Callable[[BaseDBAsyncClient], Awaitable[None]]

SEALER: Final[ContextVar[Sealer | None]] = ContextVar("SEALER", default=None)
"""Seals the heads of all chains, in the transaction of the migration that adds seals."""
