"""gzip compression that never compresses token values or one-time links.

An attacker who can place text next to a secret, and sees the length of the compressed response, can
guess the secret piece by piece (BREACH). So each secret is stored uncompressed in a block of its
own, and nothing around it refers to it: the length reveals nothing about it.
"""

import re
import struct
import zlib
from typing import Final

from server.domain.tokens.secret import FORM
from server.http.accept import read_ranges

SMALLEST: Final = 500
"""Bytes; a shorter body fits into the first packet anyway."""

MOST_SECRETS: Final = 100
"""No page shows as many; a text with more is stored uncompressed."""

_SECRET: Final = re.compile(FORM.pattern + rb"|(?<=/sign-in/link/)[\w-]{16,}")
_SIGNS: Final = (b"idt:", b"/sign-in/link/")
"""A cheap check: a text with neither of these holds no secret."""
_HEAD: Final = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
_LEVEL: Final = 3
"""The output is a fifth longer than at level 6, in a third of the time."""
_RAW: Final = -zlib.MAX_WBITS
_WINDOW: Final = 2**zlib.MAX_WBITS


def accepts_gzip(accept_encoding: str) -> bool:
    """Return whether an `Accept-Encoding` header permits gzip (RFC 9110, section 12.5.3)."""
    taken = {coding: quality != 0 for coding, quality, _ in read_ranges(accept_encoding)}
    return taken.get("gzip", taken.get("*", False))


def compress(text: bytes) -> bytes:
    """Compress with gzip; secrets stay verbatim in the output."""
    secrets = _secrets(text)
    if len(secrets) > MOST_SECRETS:
        return _HEAD + _packed(text, b"", zlib.Z_FINISH, level=0) + _end(text)
    written, before, end = [_HEAD], b"", 0
    for secret in secrets:
        written += (_packed(text[end : secret.start()], before), _stored(secret[0]))
        # Later text may refer back to text before the secret; zeros replace the secret itself.
        before = (before + text[end : secret.start()] + bytes(len(secret[0])))[-_WINDOW:]
        end = secret.end()
    written.append(_packed(text[end:], before, zlib.Z_FINISH))
    return b"".join(written) + _end(text)


def _secrets(text: bytes) -> list[re.Match[bytes]]:
    return list(_SECRET.finditer(text)) if any(sign in text for sign in _SIGNS) else []


def _end(text: bytes) -> bytes:
    return struct.pack("<LL", zlib.crc32(text), len(text) % 2**32)


def _packed(text: bytes, before: bytes, end: int = zlib.Z_SYNC_FLUSH, level: int = _LEVEL) -> bytes:
    packer = zlib.compressobj(level, zlib.DEFLATED, _RAW, zdict=before)
    return packer.compress(text) + packer.flush(end)


def _stored(text: bytes) -> bytes:
    packer = zlib.compressobj(0, zlib.DEFLATED, _RAW)
    return packer.compress(text) + packer.flush(zlib.Z_SYNC_FLUSH)
