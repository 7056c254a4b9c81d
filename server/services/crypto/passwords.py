"""Passwords: argon2id off the event loop, in equal time whether or not the person exists."""

import asyncio
import os
import secrets
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from typing import Final, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from server.domain.errors import FieldErrors, TooMany
from server.domain.i18n.messages import Message

SHORTEST: Final = 12
LONGEST: Final = 1_000

MOST_WAITING: Final = 32
"""Checks of unauthenticated callers that may wait in one process; more are refused at once."""

_MOST_AT_ONCE: Final = 4
_LANES: Final = 4
"""Threads that argon2 starts for one password, by its default parallelism."""
_NICENESS: Final = 10
_COME_AGAIN: Final = timedelta(seconds=5)

Answer = TypeVar("Answer")


class Passwords:
    """Hashes and verifies passwords, few at a time: each takes 64 MiB and all processors.

    A flood of sign-ins does not starve other work. Hashing runs in its own threads at a low
    priority (on Linux), and unauthenticated callers are refused when too many wait.
    """

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        at_once = max(1, min(_MOST_AT_ONCE, (os.cpu_count() or 1) // _LANES))
        self._threads = ThreadPoolExecutor(at_once, "password", initializer=_give_way)
        self._waiting = 0
        self._nobodys_hash: str | None = None

    async def hash(self, password: str) -> str:
        """Return the argon2id hash. Raise `Invalid` if the password is too short or too long."""
        field_errors = FieldErrors()
        validate_password(password, field_errors)
        field_errors.raise_if_any()
        return await self._in_turn(lambda: self._hasher.hash(_bytes(password)))

    async def matches(
        self, password: str, password_hash: str | None, *, stranger: bool = False
    ) -> bool:
        """Return whether the password matches the hash.

        A hash of None (no such person, or no password) takes as long and never matches. Raise
        `TooMany` for a `stranger`, an unauthenticated caller, while too many checks wait.
        """
        if stranger and self._waiting >= MOST_WAITING:
            raise TooMany(
                Message("Very many people are signing in right now. Try again in a moment."),
                retry_after=_COME_AGAIN,
            )
        return await self._in_turn(lambda: self._verify(password[: LONGEST + 1], password_hash))

    async def _in_turn(self, work: Callable[[], Answer]) -> Answer:
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._waiting -= 1

    def _verify(self, password: str, password_hash: str | None) -> bool:
        if self._nobodys_hash is None:
            self._nobodys_hash = self._hasher.hash(secrets.token_hex())
        try:
            self._hasher.verify(password_hash or self._nobodys_hash, _bytes(password))
        except (Argon2Error, InvalidHashError):
            return False
        return password_hash is not None


def validate_password(password: str, field_errors: FieldErrors, *, field: str = "password") -> None:
    """Add a field error if the password is too short or too long."""
    if not SHORTEST <= len(password) <= LONGEST:
        field_errors.add(
            field,
            Message(
                "A password needs %(shortest)s to %(longest)s characters.",
                shortest=SHORTEST,
                longest=LONGEST,
            ),
        )


def _give_way() -> None:
    """Lower this thread's priority. On Linux each thread has its own niceness."""
    if sys.platform == "linux":
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICENESS)


def _bytes(password: str) -> bytes:
    """Encode as UTF-8. Lone surrogates, which JSON can carry, must not raise either."""
    return password.encode("utf-8", "surrogatepass")
