"""Real pictures, and pictures that lie about themselves."""

import io
import struct
import zlib
from collections.abc import AsyncIterator

from PIL import Image

CHUNK = 64 * 1024


async def stream(content: bytes, chunk: int = CHUNK) -> AsyncIterator[bytes]:
    """The content as an upload arrives."""
    for start in range(0, len(content), chunk):
        yield content[start : start + chunk]


def png(width: int = 64, height: int = 48, color: str = "teal", mode: str = "RGB") -> bytes:
    """A real PNG of one colour."""
    buffer = io.BytesIO()
    Image.new(mode, (width, height), color).save(buffer, "PNG")
    return buffer.getvalue()


def jpeg(width: int = 64, height: int = 48, exif: Image.Exif | None = None) -> bytes:
    """A real JPEG whose left half is red and whose right half is blue."""
    image = Image.new("RGB", (width, height), "red")
    image.paste("blue", (width // 2, 0, width, height))
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=95, **({"exif": exif} if exif else {}))
    return buffer.getvalue()


def claimed_png(width: int, height: int) -> bytes:
    """A PNG that claims a size and holds nearly nothing: to decode it would cost memory alone."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = zlib.compress(b"\0" * 1000)
    chunks = [(b"IHDR", header), (b"IDAT", data), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in chunks
    )


def opened(content: bytes) -> Image.Image:
    """The picture, decoded whole."""
    image = Image.open(io.BytesIO(content))
    image.load()
    return image
