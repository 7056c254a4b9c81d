"""Answers are small on the wire, and no length of an answer tells anything about a secret."""

import gzip
import random
import re
import string
from collections.abc import Mapping

import httpx
import pytest
from starlette.applications import Starlette

from server.desk import Desk
from server.domain.tokens.secret import FORM, Secret
from server.http.gzip import accepts_gzip, compress
from tests.support.world import World
from tests.web.conftest import PARTIAL
from tests.web.pages import LIST, make
from tests.web.walk import walk_to_overview

_LETTERS = (string.ascii_letters + string.digits + ' <>="').encode()


def _secret() -> bytes:
    return Secret.generate("TKN-1234-5678").reveal().encode()


@pytest.mark.parametrize("length", [0, 1, 499, 40_000, 300_000])
@pytest.mark.parametrize("secrets", [0, 1, 5])
def test_what_was_packed_is_unpacked_again(length: int, secrets: int) -> None:
    chance = random.Random(length)
    parts = [bytes(chance.choices(_LETTERS[:20], k=length)) for _ in range(secrets + 1)]
    text = parts[0] + b"".join(_secret() + part for part in parts[1:])
    assert gzip.decompress(compress(text)) == text


def test_a_secret_is_on_the_wire_as_it_is_and_its_guess_makes_nothing_shorter() -> None:
    secret = _secret()
    page = b'<input value="%s"><pre>%s</pre>' + b"<p>words that come again and again</p>" * 40
    right, wrong = secret[:60], b"idt:TKN-1234-5678:" + b"%*~|" * 10 + b"!!"
    reflected = [page % (secret, secret) + guess for guess in (right, wrong)]
    packed = [compress(each) for each in reflected]
    assert [each.count(secret) for each in packed] == [2, 2]
    other = _secret()
    assert len(compress(page % (secret, secret) + right)) == len(
        compress(page % (other, other) + right)
    )


def test_text_after_a_secret_still_repeats_what_came_before() -> None:
    paragraph = bytes(random.Random(1).choices(_LETTERS, k=2_000))
    once, twice = compress(paragraph + _secret()), compress(paragraph + _secret() + paragraph)
    assert len(twice) - len(once) < 100


@pytest.mark.parametrize(
    ("header", "taken"),
    [
        ("gzip, deflate, br, zstd", True),
        ("GZIP;q=0.5", True),
        ("*", True),
        ("gzip;q=0", False),
        ("gzip; q=0.000, *", False),
        ("*;q=0", False),
        ("identity", False),
        ("", False),
    ],
)
def test_whoever_takes_gzip_says_so(header: str, taken: bool) -> None:
    assert accepts_gzip(header) is taken


async def test_pages_are_compressed_for_those_who_take_it(admin: httpx.AsyncClient) -> None:
    plain = await admin.get(LIST, headers={"Accept-Encoding": "identity"})
    packed = await admin.get(LIST, headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) < len(plain.content) * 0.4
    assert packed.text == plain.text
    for answer in (plain, packed):
        assert "Accept-Encoding" in answer.headers["vary"].split(", ")


async def test_small_answers_stay_as_they_are(nobody: httpx.AsyncClient) -> None:
    answer = await nobody.get("/healthz", headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in answer.headers


async def test_answers_that_show_a_value_hold_it_uncompressed(
    app: Starlette, admin: httpx.AsyncClient, desk: Desk, world: World
) -> None:
    """The Summary (as a page and as a partial), Show on the token's page, and Rotate."""
    draft = await walk_to_overview(admin, ["MOD-2001"])
    shown = [await _packed(app, admin, f"{draft}/overview", {"version": "2"}, PARTIAL)]
    shown.append(await _packed(app, admin, f"{draft}/summary"))
    token = await make(desk, world)
    shown.append(await _packed(app, admin, f"{LIST}/{token.id}/secret", {}))
    shown.append(await _packed(app, admin, f"{LIST}/{token.id}/secret", {}, PARTIAL))
    shown.append(await _packed(app, admin, f"{LIST}/{token.id}/rotate", {"grace": "1h"}))
    for body in shown:
        text = gzip.decompress(body)
        values = set(FORM.findall(text))
        assert len(values) == 1
        value = values.pop()
        assert body.count(value) == text.count(value)


async def _packed(
    app: Starlette,
    client: httpx.AsyncClient,
    url: str,
    form: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> bytes:
    """The answer's body as it is on the wire."""
    sent = httpx.Request(
        "GET" if form is None else "POST",
        f"http://desk.test{url}",
        data=form,
        headers={"Accept-Encoding": "gzip", **(headers or {})},
    )
    client.cookies.set_cookie_header(sent)
    async with httpx.ASGITransport(app) as transport:
        answer = await transport.handle_async_request(sent)
        assert (answer.status_code, answer.headers["content-encoding"]) == (200, "gzip")
        assert isinstance(answer.stream, httpx.AsyncByteStream)
        return b"".join([part async for part in answer.stream])


async def test_a_one_time_link_is_not_compressed_either(
    app: Starlette, admin: httpx.AsyncClient
) -> None:
    invited = {"email": "new@people.example", "name": "New", "role": "viewer"}
    body = await _packed(app, admin, "/settings/users/invite", invited, PARTIAL)
    links = re.findall(rb"/sign-in/link/([\w-]+)", gzip.decompress(body))
    assert len(set(links)) == 1
    assert len(links[0]) >= 32
    assert body.count(links[0]) == len(links)


async def test_static_texts_are_packed_once_and_known_again(nobody: httpx.AsyncClient) -> None:
    page = (await nobody.get("/sign-in")).text
    links = re.findall(r'(?:src|href)="(/static/(?:app|favicon)[^"]*)"', page)
    assert len(links) == 3
    for link in links:
        packed = await nobody.get(link, headers={"Accept-Encoding": "gzip, br"})
        plain = await nobody.get(link, headers={"Accept-Encoding": "br"})
        assert packed.headers["content-encoding"] == "gzip"
        assert "content-encoding" not in plain.headers
        assert packed.headers["etag"] != plain.headers["etag"]
        assert packed.text == plain.text
        for answer in (packed, plain):
            assert answer.headers["vary"] == "Accept-Encoding"
            assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        known = {"Accept-Encoding": "gzip", "If-None-Match": packed.headers["etag"]}
        again = await nobody.get(link, headers=known)
        assert (again.status_code, again.content) == (304, b"")


async def test_a_page_has_one_sheet_and_one_script(admin: httpx.AsyncClient) -> None:
    page = (await admin.get(LIST)).text
    assert len(re.findall(r"<link rel=.stylesheet", page)) == 1
    assert len(re.findall(r"<script", page)) == 1


async def test_only_a_named_version_is_kept_for_long(nobody: httpx.AsyncClient) -> None:
    for path in ("app.css", "app.js", "icons.svg"):
        answer = await nobody.get(f"/static/{path}")
        assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-cache")


@pytest.mark.parametrize("path", ["nothing.css", "../README.md", "%2e%2e/README.md", "js/%00.js"])
async def test_there_is_nothing_else_below_static(nobody: httpx.AsyncClient, path: str) -> None:
    assert (await nobody.get(f"/static/{path}")).status_code == 404


async def test_static_files_are_only_read(nobody: httpx.AsyncClient) -> None:
    assert (await nobody.post("/static/app.css")).status_code == 405
