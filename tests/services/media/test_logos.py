"""Logos: what is taken, what is refused, and what is left of a picture."""

import asyncio
import hashlib
import io
import tracemalloc
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageOps, ImageStat
from PIL.PngImagePlugin import PngInfo

from server.domain.errors import Invalid, NotFound
from server.services.media.logos import LARGEST_BYTES, Logos
from tests.support.logos import halves, opened, stream
from tests.support.pictures import SVG, noise, picture, vast_png


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data" / "logos"


@pytest.fixture
def logos(folder: Path) -> Logos:
    return Logos(folder)


async def kept(logos: Logos, content: bytes) -> tuple[str, bytes]:
    name = await logos.store(stream(content))
    return name, await logos.read(name)


async def refused(logos: Logos, folder: Path, content: bytes) -> str:
    with pytest.raises(Invalid) as refusal:
        await logos.store(stream(content))
    assert refusal.value.path == ("logo",)
    assert list(folder.iterdir()) == []
    return refusal.value.message


@pytest.mark.parametrize(("kind", "ending"), [("PNG", "png"), ("JPEG", "jpg")])
async def test_a_picture_is_kept_under_the_hash_of_what_is_kept(
    logos: Logos, folder: Path, kind: str, ending: str
) -> None:
    name, content = await kept(logos, picture(kind))
    assert name == f"{hashlib.sha256(content).hexdigest()}.{ending}"
    assert [file.name for file in folder.iterdir()] == [name]
    image = opened(content)
    assert (image.format, image.size) == (kind, (60, 40))
    assert await logos.store(stream(picture(kind))) == name
    assert folder.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
async def test_every_kind_of_png_is_understood(logos: Logos, mode: str) -> None:
    buffer = io.BytesIO()
    Image.new(mode, (20, 10)).save(buffer, "PNG")
    _, content = await kept(logos, buffer.getvalue())
    assert opened(content).size == (20, 10)


async def test_sixteen_bit_grey_stays_grey(logos: Logos) -> None:
    buffer = io.BytesIO()
    Image.new("I;16", (4, 4), 0x8000).save(buffer, "PNG")
    _, content = await kept(logos, buffer.getvalue())
    assert opened(content).convert("RGB").getpixel((0, 0)) == (0x80, 0x80, 0x80)


@pytest.mark.parametrize("mode", ["L", "CMYK"])
async def test_every_kind_of_jpeg_is_understood(logos: Logos, mode: str) -> None:
    buffer = io.BytesIO()
    Image.new(mode, (20, 10)).save(buffer, "JPEG")
    _, content = await kept(logos, buffer.getvalue())
    assert (opened(content).format, opened(content).size) == ("JPEG", (20, 10))


async def test_transparency_stays(logos: Logos) -> None:
    buffer = io.BytesIO()
    Image.new("RGBA", (4, 4), (1, 2, 3, 0)).save(buffer, "PNG")
    _, content = await kept(logos, buffer.getvalue())
    assert opened(content).convert("RGBA").getpixel((0, 0)) == (1, 2, 3, 0)


async def test_a_large_picture_is_kept_small(logos: Logos) -> None:
    _, content = await kept(logos, picture(size=(4096, 1024)))
    assert opened(content).size == (512, 128)
    _, content = await kept(logos, picture(size=(4096, 1)))
    assert opened(content).size == (512, 1)


@pytest.mark.parametrize(
    "content",
    [
        SVG,
        b"<!doctype html><script>alert(1)</script>",
        b"GIF89a" + b"\0" * 100,
        b"BM" + b"\0" * 100,
        b"%PDF-1.7",
        b"PK\x03\x04",
        b"\0" * 1_000,
        b"x",
        b"\x89PNG\r\n\x1a\n",
    ],
)
async def test_what_is_no_jpeg_or_png_is_refused(
    logos: Logos, folder: Path, content: bytes
) -> None:
    assert await refused(logos, folder, content) in {
        "The logo is not a JPEG or PNG image.",
        "The logo is damaged or incomplete. Save it again.",
    }


async def test_other_formats_of_pillow_are_refused(logos: Logos, folder: Path) -> None:
    for kind in ("GIF", "BMP", "WEBP", "TIFF", "ICO"):
        assert await refused(logos, folder, picture(kind)) == "The logo is not a JPEG or PNG image."


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
async def test_a_truncated_picture_is_refused(logos: Logos, folder: Path, kind: str) -> None:
    whole = noise(kind, side=64)
    for length in range(20, len(whole) - 20, max(1, len(whole) // 25)):
        message = await refused(logos, folder, whole[:length])
        assert "damaged" in message or "not a JPEG" in message


async def test_flipped_bytes_are_refused_or_harmless(logos: Logos, folder: Path) -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "x" * 40
    for whole in (halves(exif=exif), noise("PNG", side=16)):
        for place in range(2, min(len(whole), 400)):
            damaged = whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :]
            try:
                await logos.store(stream(damaged))
            except Invalid as refusal:
                assert refusal.path == ("logo",)  # noqa: PT017
    assert not [file for file in folder.iterdir() if file.name.startswith("receiving")]


async def test_an_empty_file_is_refused(logos: Logos, folder: Path) -> None:
    assert await refused(logos, folder, b"") == "The logo file is empty."


async def test_five_megabytes_are_taken_and_one_byte_more_is_not(
    logos: Logos, folder: Path
) -> None:
    whole = picture()
    full = whole + b"\0" * (LARGEST_BYTES - len(whole))
    assert len(full) == 5 * 1024 * 1024
    name, _ = await kept(logos, full)
    (folder / name).unlink()
    message = await refused(logos, folder, full + b"\0")
    assert message == "The logo is larger than 5 MB. Choose a smaller file."


async def test_an_endless_upload_ends_at_the_limit(logos: Logos, folder: Path) -> None:
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        while True:
            read += 65_536
            yield b"\0" * 65_536

    with pytest.raises(Invalid, match="larger than 5 MB"):
        await logos.store(endless())
    assert read == LARGEST_BYTES + 65_536
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("size", [(4097, 10), (10, 4097)])
async def test_4097_pixels_are_too_many(logos: Logos, folder: Path, size: tuple[int, int]) -> None:
    message = await refused(logos, folder, picture(size=size))
    assert message == "The logo can measure at most 4096 x 4096 pixels."


@pytest.mark.parametrize("side", [5_000, 11_000, 30_000, 2**31 - 1])
async def test_a_vast_picture_is_refused_without_decoding(
    logos: Logos, folder: Path, side: int
) -> None:
    tracemalloc.start()
    try:
        message = await refused(logos, folder, vast_png(side))
        assert tracemalloc.get_traced_memory()[1] < 4_000_000
    finally:
        tracemalloc.stop()
    assert message == "The logo can measure at most 4096 x 4096 pixels."


async def test_a_bomb_in_a_text_chunk_is_refused(logos: Logos, folder: Path) -> None:
    info = PngInfo()
    info.add_text("Comment", "x" * 50_000_000, zip=True)
    buffer = io.BytesIO()
    Image.new("RGB", (4, 4)).save(buffer, "PNG", pnginfo=info)
    assert len(buffer.getvalue()) < 100_000
    assert "damaged" in await refused(logos, folder, buffer.getvalue())


async def test_what_follows_the_picture_is_gone(logos: Logos) -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("payload.html", "<script>alert(1)</script>")
    for kind in ("PNG", "JPEG"):
        both = picture(kind) + archive.getvalue()
        assert zipfile.is_zipfile(io.BytesIO(both))
        _, content = await kept(logos, both)
        assert not zipfile.is_zipfile(io.BytesIO(content))
        assert b"payload" not in content


async def test_what_is_hidden_inside_is_gone(logos: Logos) -> None:
    info = PngInfo()
    info.add_text("Comment", "<script>alert(1)</script>")
    buffer = io.BytesIO()
    Image.new("RGB", (4, 4)).save(buffer, "PNG", pnginfo=info, icc_profile=b"profile" * 30)
    _, content = await kept(logos, buffer.getvalue())
    assert b"script" not in content
    assert opened(content).info == {}


@pytest.mark.parametrize("orientation", range(10))
async def test_metadata_is_gone_and_the_orientation_is_applied(
    logos: Logos, orientation: int
) -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = orientation, "taken at home"
    whole = halves(exif=exif)
    _, content = await kept(logos, whole)
    assert b"taken at home" not in content
    assert b"Exif" not in content
    image, upright = opened(content), ImageOps.exif_transpose(opened(whole))
    assert dict(image.getexif()) == {}
    assert image.size == upright.size
    assert ImageStat.Stat(ImageChops.difference(image, upright)).mean < [3, 3, 3]


async def test_an_upload_that_breaks_off_leaves_nothing(logos: Logos, folder: Path) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield picture()[:50]
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await logos.store(broken())
    assert list(folder.iterdir()) == []


async def test_an_upload_that_is_cancelled_leaves_nothing(logos: Logos, folder: Path) -> None:
    started = asyncio.Event()

    async def stuck() -> AsyncIterator[bytes]:
        yield picture()[:50]
        started.set()
        await asyncio.sleep(60)

    task = asyncio.create_task(logos.store(stuck()))
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert list(folder.iterdir()) == []


async def test_many_at_once(logos: Logos, folder: Path) -> None:
    names = await asyncio.gather(*(logos.store(stream(noise(side=64))) for _ in range(8)))
    assert {file.name for file in folder.iterdir()} == set(names)


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "../secret-keys",
        "../../etc/passwd",
        "a" * 64 + ".png",
        "a" * 64 + ".svg",
        "a" * 64 + ".png\n",
        "A" * 64 + ".png",
        "receiving-" + "0" * 32,
        "\x00",
        "\ud800",
    ],
)
async def test_only_logos_are_read(logos: Logos, folder: Path, name: str) -> None:
    folder.mkdir(parents=True)
    (folder.parent / "secret-keys").write_text("secret")
    (folder / ("receiving-" + "0" * 32)).write_text("not yet")
    with pytest.raises(NotFound):
        await logos.read(name)
