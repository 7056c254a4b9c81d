"""Passwords: argon2id, checked off the event loop, in equal time for known and unknown people."""

import asyncio
import secrets
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from server.domain.errors import Complaints
from server.domain.phrases import Phrase

SHORTEST: Final = 12
LONGEST: Final = 1_000
_AT_ONCE: Final = 4


class Passwords:
    """Hashes and verifies; at most four at a time, as each takes 64 MiB."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._turns = asyncio.Semaphore(_AT_ONCE)
        self._nobodys_hash: str | None = None

    async def hash(self, password: str) -> str:
        """The argon2id hash to store; refuses passwords that are too short or too long."""
        complaints = Complaints()
        if not SHORTEST <= len(password) <= LONGEST:
            complaints.add(
                "password",
                Phrase(
                    "A password needs %(shortest)s to %(longest)s characters.",
                    shortest=SHORTEST,
                    longest=LONGEST,
                ),
            )
        complaints.refuse()
        async with self._turns:
            return await asyncio.to_thread(self._hasher.hash, _bytes(password))

    async def matches(self, password: str, password_hash: str | None) -> bool:
        """Whether the password is right. None (nobody, or no password) takes as long, and fails."""
        async with self._turns:
            return await asyncio.to_thread(self._verify, password[: LONGEST + 1], password_hash)

    def _verify(self, password: str, password_hash: str | None) -> bool:
        if self._nobodys_hash is None:
            self._nobodys_hash = self._hasher.hash(secrets.token_hex())
        try:
            self._hasher.verify(password_hash or self._nobodys_hash, _bytes(password))
        except (Argon2Error, InvalidHashError):
            return False
        return password_hash is not None


def _bytes(password: str) -> bytes:
    """UTF-8, also of half a surrogate pair, which JSON can carry: no password is an error."""
    return password.encode("utf-8", "surrogatepass")
