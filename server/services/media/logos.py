"""Logos: received as a stream, validated, re-encoded, and stored by the hash of the result."""

import asyncio
import hashlib
import io
import re
import secrets
import warnings
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import aiofiles
import aiofiles.os
from PIL import ExifTags, Image, UnidentifiedImageError

from server.domain.errors import FieldErrors, Invalid, NotFound
from server.domain.i18n.messages import Message
from server.private_files import make_private_folder, open_private

LARGEST_BYTES: Final = 5 * 1024 * 1024
LARGEST_SIDE: Final = 4096
KEPT_SIDE: Final = 512
"""Longest side of a stored logo in pixels: sharp at every displayed size, and small."""

_TURNS: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""EXIF orientations, and the transformation that turns each upright."""

_NAME = re.compile(r"[0-9a-f]{64}\.(png|jpg)")
# One at a time bounds the memory, and `warnings.catch_warnings` affects the whole process.
_AT_ONCE: Final = 1


class Logos:
    """A folder of small, re-encoded images."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._turns = asyncio.Semaphore(_AT_ONCE)

    async def store(self, chunks: AsyncIterator[bytes]) -> str:
        """Store the picture and return its file name, `<sha-256>.png` or `.jpg`.

        Raise `Invalid` (field `logo`) if it is over 5 MB, not a complete JPEG or PNG, or larger
        than 4096 x 4096 pixels. The stored file has no metadata and no bytes after the image.
        """
        await asyncio.to_thread(make_private_folder, self._folder)
        received = self._folder / f"receiving-{secrets.token_hex(16)}"
        try:
            await _receive(chunks, received)
            async with self._turns:
                content, ending = await asyncio.to_thread(_clean, received)
            name = f"{hashlib.sha256(content).hexdigest()}.{ending}"
            async with aiofiles.open(received, "wb", opener=open_private) as file:
                await file.write(content)
            await aiofiles.os.replace(received, self._folder / name)
            return name
        finally:
            if await aiofiles.os.path.exists(received):
                await aiofiles.os.remove(received)

    async def kept(
        self, upload: AsyncIterator[bytes] | None, field_errors: FieldErrors
    ) -> str | None:
        """Store a picture that came with other input, and return its file name.

        Return None if there was no upload, or if it is invalid; then add to `field_errors`.
        """
        if upload is None:
            return None
        try:
            return await self.store(upload)
        except Invalid as refusal:
            field_errors.found += refusal.field_errors
        return None

    async def read(self, name: str) -> bytes:
        """Return the content of a stored logo. Raise `NotFound` if there is none of this name."""
        if _NAME.fullmatch(name) is None:
            raise NotFound(Message("There is no such logo."))
        try:
            async with aiofiles.open(self._folder / name, "rb") as file:
                return await file.read()
        except FileNotFoundError:
            raise NotFound(Message("There is no such logo.")) from None


async def _receive(chunks: AsyncIterator[bytes], target: Path) -> None:
    size_bytes = 0
    async with aiofiles.open(target, "wb", opener=open_private) as file:
        async for chunk in chunks:
            size_bytes += len(chunk)
            if size_bytes > LARGEST_BYTES:
                raise Invalid.one(
                    "logo", Message("The logo is larger than 5 MB. Choose a smaller file.")
                )
            await file.write(chunk)
    if size_bytes == 0:
        raise Invalid.one("logo", Message("The logo file is empty."))


def _clean(source: Path) -> tuple[bytes, str]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(source, formats=("JPEG", "PNG")) as image:
                if max(image.size) > LARGEST_SIDE:
                    raise _too_large()
                image.load()
                return _encode(image)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_large() from None
    except UnidentifiedImageError:
        raise Invalid.one("logo", Message("The logo is not a JPEG or PNG image.")) from None
    except (OSError, ValueError, SyntaxError, EOFError, OverflowError):
        raise Invalid.one(
            "logo", Message("The logo is damaged or incomplete. Save it again.")
        ) from None


def _encode(image: Image.Image) -> tuple[bytes, str]:
    turn = _TURNS.get(image.getexif().get(ExifTags.Base.Orientation, 1))
    upright = image if turn is None else image.transpose(turn)
    if upright.mode.startswith("I"):  # 16-bit greyscale, which Pillow would clip at 255
        upright = upright.point(lambda grey: grey * (1 / 256)).convert("L")
    transparent = upright.has_transparency_data
    pixels = upright.convert("RGBA" if transparent else "RGB")
    pixels.thumbnail((KEPT_SIDE, KEPT_SIDE))
    pixels.info.clear()
    encoded = io.BytesIO()
    if image.format == "PNG":
        pixels.save(encoded, "PNG", optimize=True)
        return encoded.getvalue(), "png"
    pixels.convert("RGB").save(encoded, "JPEG", quality=88, optimize=True)
    return encoded.getvalue(), "jpg"


def _too_large() -> Invalid:
    return Invalid.one(
        "logo",
        Message("The logo can measure at most %(side)s x %(side)s pixels.", side=str(LARGEST_SIDE)),
    )
