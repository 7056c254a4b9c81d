"""Cursors: opaque, signed, and valid for one list of one account only."""

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Final

from server.domain.actor import Actor
from server.services.crypto.key_ring import SIGNATURE_BYTES, KeyRing

_LONGEST: Final = 8_000
"""Characters. A cursor with a name of 255 characters needs about 4,100 in the worst case."""


@dataclass(frozen=True)
class ListCursors:
    """Writes and reads the cursors of one list, as one account sees it."""

    key_ring: KeyRing
    purpose: str

    def write(self, columns: tuple[str, ...], values: list[str]) -> str:
        """Return a cursor for the row with these values in the sort columns."""
        content = json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode()
        signature = self.key_ring.sign(self._purpose(columns), content)
        return _encode(signature + content)

    def read(self, columns: tuple[str, ...], cursor: str) -> list[str] | None:
        """Return the values in a cursor, or None if it does not belong to this list.

        A tampered cursor, and one of another order, list, account or removed key, all give None.
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
    """Return the cursors of the named list, as the actor's account sees it."""
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
    # Unused bits of the last character would allow several spellings: accept the canonical one.
    return content if _encode(content) == cursor else None
