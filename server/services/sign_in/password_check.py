"""Finds the identity of an address that a password belongs to."""

import asyncio
from typing import Final

from server.models.accounts import User
from server.services.crypto.passwords import Passwords

_FEWEST_CHECKS: Final = 2


async def identity_with(
    passwords: Passwords, password: str, identities: list[User], *, stranger: bool
) -> User | None:
    """Return the first identity with this password, or None.

    The work does not reveal the number of identities: at least two hashes are checked, then four,
    eight and so on. Raise `TooMany` for a stranger while too many checks wait.
    """
    hashes = [user.password_hash for user in identities if user.password_hash]
    work = max(_FEWEST_CHECKS, 1 << (len(hashes) - 1).bit_length())
    padded = [*hashes, *[None] * (work - len(hashes))]
    checks = [passwords.matches(password, each, stranger=stranger) for each in padded]
    right = dict(zip(hashes, await asyncio.gather(*checks), strict=False))
    return next((user for user in identities if right.get(user.password_hash or "")), None)
