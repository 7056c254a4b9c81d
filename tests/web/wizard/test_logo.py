"""The logo in step 1: what is taken, what is refused, and that none of the rest is lost."""

from pathlib import Path

import httpx
import pytest

from server.models.tokens import Token, TokenDraft
from server.settings import Settings
from tests.support.pictures import SVG, noise, picture, vast_png
from tests.support.world import World
from tests.web.walk import begin, errors_in, send, version_in

BAD = [
    (
        "five-mb.png",
        picture() + b"\x00" * (5 * 1024 * 1024 + 1 - len(picture())),
        "The logo is larger than 5 MB. Choose a smaller file.",
    ),
    ("drawing.svg", SVG, "The logo is not a JPEG or PNG image."),
    ("drawing.png", SVG, "The logo is not a JPEG or PNG image."),
    ("half.jpg", noise()[: len(noise()) // 2], "The logo is damaged or incomplete. Save it again."),
    ("vast.png", vast_png(), "The logo can measure at most 4096 x 4096 pixels."),
    ("wide.png", picture(size=(4097, 10)), "The logo can measure at most 4096 x 4096 pixels."),
    ("moving.gif", picture("GIF"), "The logo is not a JPEG or PNG image."),
    ("empty.png", b"", "The logo file is empty."),
]


@pytest.mark.parametrize(("file_name", "content", "message"), BAD)
async def test_a_bad_logo_is_refused_and_the_words_stay(
    admin: httpx.AsyncClient, settings: Settings, file_name: str, content: bytes, message: str
) -> None:
    draft = await begin(admin)
    form = {"version": "0", "name": "Robot", "description": "Kept words"}
    files = {"logo": (file_name, content, "image/png")}
    answer = await admin.post(f"{draft}/general", data=form, files=files)
    assert (answer.status_code, errors_in(answer.text)) == (422, [message])
    assert 'value="Robot"' in answer.text
    assert "Kept words</textarea>" in answer.text
    assert await TokenDraft.all().count() == 0
    assert _kept(settings) == []


async def test_a_good_logo_survives_a_bad_name_and_reaches_the_token(
    admin: httpx.AsyncClient, settings: Settings, world: World
) -> None:
    draft = await begin(admin)
    files = {"logo": ("robot.jpg", picture("PNG"), "image/jpeg")}
    wrong = await admin.post(f"{draft}/general", data={"version": "0", "name": ""}, files=files)
    assert errors_in(wrong.text) == ["Enter an API token name."]
    [kept] = _kept(settings)
    assert kept.endswith(".png"), "a PNG renamed .jpg is kept as what it is"
    assert f'src="/logos/{kept}"' in wrong.text
    form: dict[str, object] = {"version": version_in(wrong.text), "name": "Robot"}
    await send(admin, f"{draft}/general", form, to=f"{draft}/modules")
    form = {"version": "2", "modules": [world.modules.access.id]}
    await send(admin, f"{draft}/modules", form, to=f"{draft}/overview")
    await send(admin, f"{draft}/overview", {"version": "3"}, to=f"{draft}/summary")
    assert (await Token.get()).logo == kept
    served = await admin.get(f"/logos/{kept}")
    assert served.headers["content-type"] == "image/png"
    assert served.headers["x-content-type-options"] == "nosniff"
    assert served.headers["cache-control"] == "public, max-age=31536000, immutable"


async def test_a_polyglot_is_kept_as_its_picture_alone(
    admin: httpx.AsyncClient, settings: Settings
) -> None:
    draft = await begin(admin)
    payload = b"PK\x03\x04<script>alert(1)</script>"
    files = {"logo": ("robot.png", picture() + payload, "image/png")}
    answer = await admin.post(f"{draft}/general", data={"version": "0", "name": "R"}, files=files)
    assert answer.status_code == 303
    [kept] = _kept(settings)
    assert payload not in (settings.logo_dir / kept).read_bytes()


async def test_a_logo_can_be_removed_again(admin: httpx.AsyncClient) -> None:
    draft = await begin(admin)
    files = {"logo": ("robot.png", picture(), "image/png")}
    await admin.post(f"{draft}/general", data={"version": "0", "name": "R"}, files=files)
    assert (await TokenDraft.get()).logo is not None
    form: dict[str, object] = {"version": "1", "name": "R", "remove_logo": "1"}
    await send(admin, f"{draft}/general", form, to=f"{draft}/modules")
    assert (await TokenDraft.get()).logo is None


async def test_a_body_beyond_all_measure_is_cut_off(admin: httpx.AsyncClient) -> None:
    draft = await begin(admin)
    declared = {"Content-Type": "multipart/form-data; boundary=x", "Content-Length": str(2**27)}
    answer = await admin.post(f"{draft}/general", content=b"--x", headers=declared)
    assert answer.status_code == 413
    assert await TokenDraft.all().count() == 0


@pytest.mark.parametrize("name", ["..%2f..%2ftokendesk.sqlite3", "x.png", "%00", "a" * 64 + ".gif"])
async def test_only_kept_logos_are_served(nobody: httpx.AsyncClient, name: str) -> None:
    assert (await nobody.get(f"/logos/{name}")).status_code == 404


def _kept(settings: Settings) -> list[str]:
    folder: Path = settings.logo_dir
    return sorted(file.name for file in folder.iterdir()) if folder.exists() else []
