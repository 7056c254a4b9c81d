"""Seals on the audit trail: who writes the database without the key ring cannot make them.

The hash of a record covers its content and its predecessor, so that the seal on a chain's head
proves all of the chain. Each record has a seal as well, so that a forged one can be named.
"""

from tortoise.backends.base.client import BaseDBAsyncClient

from server.models.audit import AuditRecord, ChainHead
from server.services.crypto.key_ring import KeyRing

_RECORD = "audit record"
_HEAD = "audit head"


class AuditSeals:
    """Makes and checks seals. All of them name their key, so that keys can be rotated."""

    def __init__(self, key_ring: KeyRing) -> None:
        self._key_ring = key_ring

    def of_record(self, record: AuditRecord) -> str:
        """The seal of a record whose hash is final."""
        return self._key_ring.witness(_RECORD, _record(record))

    def of_head(self, head: ChainHead) -> str:
        """The seal of a chain that ends with this head."""
        return self._key_ring.witness(_HEAD, _head(head))

    def fits_record(self, record: AuditRecord) -> bool:
        """Whether nothing speaks against the record: of a key that is gone, the head must tell."""
        return self._key_ring.is_witnessed(_RECORD, _record(record), record.seal) is not False

    def proves_record(self, record: AuditRecord) -> bool:
        """Whether the desk wrote exactly this record, and all before it."""
        return self._key_ring.is_witnessed(_RECORD, _record(record), record.seal) is True

    def proves_head(self, head: ChainHead) -> bool:
        """Whether the desk left the chain with exactly this head."""
        return self._key_ring.is_witnessed(_HEAD, _head(head), head.seal) is True

    async def seal_all(self, connection: BaseDBAsyncClient) -> None:
        """Seal the heads of all chains as they are, once: when seals come to a database."""
        for head in await ChainHead.all().using_db(connection):
            head.sealed_from = head.position + 1
            head.seal = self.of_head(head)
            await head.save(using_db=connection, update_fields=["sealed_from", "seal"])

    async def renew(self) -> None:
        """Seal with the ring's first key what an older one has sealed, and prove it before."""
        older = ChainHead.exclude(seal="").exclude(seal__startswith=self._key_ring.first_id)
        for head in await older:
            if not self.proves_head(head):
                continue
            same = ChainHead.filter(chain=head.chain, position=head.position, seal=head.seal)
            await same.update(seal=self.of_head(head))


def _record(record: AuditRecord) -> bytes:
    return f"{record.chain}\0{record.position}\0{record.hash}".encode()


def _head(head: ChainHead) -> bytes:
    return f"{head.chain}\0{head.position}\0{head.hash}\0{head.sealed_from}".encode()
