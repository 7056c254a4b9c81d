"""Known browsers: a signed cookie that shows who has signed in from a browser before."""

import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from server.models.moments import BEFORE_ALL
from server.services.clock import Clock
from server.services.crypto.key_ring import SIGNATURE_BYTES, KeyRing
from server.services.people.users import email_key

KNOWN_FOR: Final = timedelta(days=365)
MOST_PEOPLE: Final = 4
"""People remembered in one browser; the one who signed in longest ago is dropped."""

LONGEST_EMAIL: Final = 320
"""Characters of an address (RFC 3696). Nobody has a longer one."""

_LONGEST_NOTE: Final = 200
_WHOLE: Final = "known devices"
_BOND: Final = "known device of"
_ID_BYTES: Final = 12
_DAY_BYTES: Final = 2
_ENTRY_BYTES: Final = _ID_BYTES + _DAY_BYTES + SIGNATURE_BYTES


@dataclass(frozen=True)
class Browser:
    """What a browser sent: the session before this sign-in, and its device cookie."""

    session: str = ""
    device: str = ""


UNKNOWN_BROWSER: Final = Browser()


@dataclass(frozen=True)
class Device:
    """A verified device cookie: entries of a random id, a day, and an HMAC that binds a person."""

    entries: tuple[bytes, ...]

    @property
    def id(self) -> str:
        """The random key for counting failures; it is new after each sign-in."""
        return self.entries[0][:_ID_BYTES].hex()


class KnownDevices:
    """Recognizes browsers by OWASP's device cookies, without a table.

    The cookie does not reveal its person: the address is only part of a signature. It lets nobody
    in; it gives a budget of failures that nobody else can use up.
    """

    def __init__(self, key_ring: KeyRing, clock: Clock) -> None:
        self._key_ring = key_ring
        self._clock = clock

    def remember(self, note: str, email: str) -> str:
        """Return the cookie that replaces `note` after this person has signed in."""
        person, before = person_key(email), self.read(note)
        others = [
            entry
            for entry in (before.entries if before else ())
            if not self._belongs_to(entry, person)
        ]
        head = secrets.token_bytes(_ID_BYTES) + _day(self._clock()).to_bytes(_DAY_BYTES)
        own = head + self._key_ring.sign(_BOND, head + person.encode())
        return self._written([own, *others][:MOST_PEOPLE])

    def read(self, note: str) -> Device | None:
        """Verify a cookie; None if it is not ours or too old."""
        raw = _decoded(note)
        content, signature = raw[:-SIGNATURE_BYTES], raw[-SIGNATURE_BYTES:]
        if not content or len(content) % _ENTRY_BYTES:
            return None
        if not self._key_ring.is_signed(_WHOLE, content, signature):
            return None
        starts = range(0, len(content), _ENTRY_BYTES)
        entries = (content[start : start + _ENTRY_BYTES] for start in starts)
        fresh = tuple(entry for entry in entries if self._is_fresh(entry))
        return Device(fresh) if fresh else None

    def knows(self, device: Device, person: str) -> bool:
        """Return whether the person with this key has signed in from the browser."""
        return any(self._belongs_to(entry, person) for entry in device.entries)

    def _written(self, entries: Sequence[bytes]) -> str:
        content = b"".join(entries)
        signed = content + self._key_ring.sign(_WHOLE, content)
        return urlsafe_b64encode(signed).decode().rstrip("=")

    def _belongs_to(self, entry: bytes, person: str) -> bool:
        head, bond = entry[:-SIGNATURE_BYTES], entry[-SIGNATURE_BYTES:]
        return self._key_ring.is_signed(_BOND, head + person.encode(), bond)

    def _is_fresh(self, entry: bytes) -> bool:
        day = int.from_bytes(entry[_ID_BYTES:][:_DAY_BYTES])
        return 0 <= _day(self._clock()) - day <= KNOWN_FOR.days


def person_key(email: str) -> str:
    """Return the key a person is counted by; empty if the text is too long for an address."""
    return email_key(email) if len(email) <= LONGEST_EMAIL else ""


def _day(moment: datetime) -> int:
    return (moment - BEFORE_ALL).days


def _decoded(note: str) -> bytes:
    if len(note) > _LONGEST_NOTE or not note.isascii():
        return b""
    try:
        return urlsafe_b64decode(note + "=" * (-len(note) % 4))
    except ValueError:
        return b""
