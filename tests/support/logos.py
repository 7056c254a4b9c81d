"""Pictures as they arrive, and as they are kept."""

import io
from collections.abc import AsyncIterator

from PIL import Image

CHUNK = 64 * 1024


async def stream(content: bytes, chunk: int = CHUNK) -> AsyncIterator[bytes]:
    """The content as an upload arrives."""
    for start in range(0, len(content), chunk):
        yield content[start : start + chunk]


def halves(width: int = 64, height: int = 48, exif: Image.Exif | None = None) -> bytes:
    """A real JPEG whose left half is red and whose right half is blue."""
    image = Image.new("RGB", (width, height), "red")
    image.paste("blue", (width // 2, 0, width, height))
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=95, **({"exif": exif} if exif else {}))
    return buffer.getvalue()


def opened(content: bytes) -> Image.Image:
    """The picture, decoded whole."""
    image = Image.open(io.BytesIO(content))
    image.load()
    return image
