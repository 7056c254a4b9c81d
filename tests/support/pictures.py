"""Pictures for tests, good and bad, made by Pillow or byte by byte."""

import io
import struct
import zlib
from typing import Final

from PIL import Image

SVG: Final = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def picture(kind: str = "PNG", *, size: tuple[int, int] = (60, 40), colour: str = "teal") -> bytes:
    """A whole picture of one colour."""
    content = io.BytesIO()
    Image.new("RGB", size, colour).save(content, kind)
    return content.getvalue()


def noise(kind: str = "JPEG", *, side: int = 400) -> bytes:
    """A picture that does not compress, so that it can be cut in the middle of its data."""
    content = io.BytesIO()
    Image.effect_noise((side, side), 90).convert("RGB").save(content, kind)
    return content.getvalue()


def vast_png(side: int = 30_000) -> bytes:
    """A small file whose header claims a picture of `side` x `side` pixels."""
    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    data = zlib.compress(b"\x00" * 1_000)
    signature = b"\x89PNG\r\n\x1a\n"
    return signature + _chunk(b"IHDR", header) + _chunk(b"IDAT", data) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
