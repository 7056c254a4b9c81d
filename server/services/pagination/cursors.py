"""Cursors: opaque to clients, signed by the key ring, good for one list of one account alone."""

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Final

from server.domain.actor import Actor
from server.services.crypto.key_ring import SIGNATURE_BYTES, KeyRing

_LONGEST: Final = 8_000
"""Characters. A name of 255 characters needs some 4,100 at the worst."""


@dataclass(frozen=True)
class ListCursors:
    """Writes and reads the cursors of one list, as one account sees it."""

    key_ring: KeyRing
    purpose: str

    def write(self, columns: tuple[str, ...], values: list[str]) -> str:
        """A cursor at the row that has these values in the order's columns."""
        content = json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode()
        signature = self.key_ring.sign(self._purpose(columns), content)
        return _encode(signature + content)

    def read(self, columns: tuple[str, ...], cursor: str) -> list[str] | None:
        """The values that a cursor was written with; None unless it is one of this list's.

        A changed character, another order, another list, another account and a key that has
        left the ring are all the same.
        """
        signed = _decode(cursor)
        if signed is None:
            return None
        signature, content = signed[:SIGNATURE_BYTES], signed[SIGNATURE_BYTES:]
        if not self.key_ring.is_signed(self._purpose(columns), content, signature):
            return None
        values: list[str] = json.loads(content)
        return values

    def _purpose(self, columns: tuple[str, ...]) -> str:
        return " ".join((self.purpose, *columns))


def cursors_of(key_ring: KeyRing, name: str, actor: Actor) -> ListCursors:
    """The cursors of the list of this name, as the actor's account sees it."""
    return ListCursors(key_ring, f"cursor {name} {actor.account_id or actor.kind}")


def _encode(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def _decode(cursor: str) -> bytes | None:
    if len(cursor) > _LONGEST:
        return None
    try:
        padded = (cursor + "=" * (-len(cursor) % 4)).encode("ascii")
        content = base64.b64decode(padded, altchars=b"-_", validate=True)
    except (binascii.Error, UnicodeEncodeError):
        return None
    # The last character has bits without a meaning: one text alone is right.
    return content if _encode(content) == cursor else None
