"""Seals on the audit trail. They cannot be forged by writing to the database without the keys.

A record's hash covers its content and its predecessor's hash, so the seal on a chain's head proves
the whole chain. Each record also has its own seal, so that a forged one can be named.
"""

from tortoise.backends.base.client import BaseDBAsyncClient

from server.models.audit import AuditRecord, ChainHead
from server.services.crypto.key_ring import KeyRing

_RECORD = "audit record"
_HEAD = "audit head"


class AuditSeals:
    """Makes and verifies seals. Each names its key, so that keys can be rotated."""

    def __init__(self, key_ring: KeyRing) -> None:
        self._key_ring = key_ring

    def of_record(self, record: AuditRecord) -> str:
        """Return the seal of a record whose hash is final."""
        return self._key_ring.witness(_RECORD, _record(record))

    def of_head(self, head: ChainHead) -> str:
        """Return the seal of a chain head."""
        return self._key_ring.witness(_HEAD, _head(head))

    def fits_record(self, record: AuditRecord) -> bool:
        """Return False if the seal contradicts the record.

        If the seal's key has left the ring, return True: then only the head's seal can prove it.
        """
        return self._key_ring.is_witnessed(_RECORD, _record(record), record.seal) is not False

    def proves_record(self, record: AuditRecord) -> bool:
        """Return whether the seal proves that the desk wrote this record and all before it."""
        return self._key_ring.is_witnessed(_RECORD, _record(record), record.seal) is True

    def proves_head(self, head: ChainHead) -> bool:
        """Return whether the seal proves that the desk wrote this head."""
        return self._key_ring.is_witnessed(_HEAD, _head(head), head.seal) is True

    async def seal_all(self, connection: BaseDBAsyncClient) -> None:
        """Seal all chain heads as they are. Run once, when a database first gets seals."""
        for head in await ChainHead.all().using_db(connection):
            head.sealed_from = head.position + 1
            head.seal = self.of_head(head)
            await head.save(using_db=connection, update_fields=["sealed_from", "seal"])

    async def renew(self) -> None:
        """Reseal heads with the ring's first key, but only those whose present seal is valid."""
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
