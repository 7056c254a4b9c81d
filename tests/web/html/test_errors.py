"""Errors are pages with a way on, never a stack trace."""

import re
import sqlite3
from collections.abc import AsyncIterator

import httpx
import pytest
from tortoise.exceptions import OperationalError

from server.desk import Desk
from server.services.search.token_list import TokenList
from tests.support.world import World
from tests.web.walk import begin


async def test_an_unknown_address(nobody: httpx.AsyncClient, world: World) -> None:
    answer = await nobody.get("/nowhere")
    assert answer.status_code == 404
    assert "There is nothing at this address, or it is not yours to see." in answer.text
    assert 'href="/settings/api-tokens"' in answer.text


async def test_a_wrong_method(nobody: httpx.AsyncClient, world: World) -> None:
    answer = await nobody.delete("/sign-in")
    assert answer.status_code == 405
    assert "This address does not take that kind of request." in answer.text


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("multipart/form-data", b"no boundary"),
        ("multipart/form-data; boundary=x", b"--x\r\nnonsense"),
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data\r\n\r\n--x--"),
        ("application/x-www-form-urlencoded", b"\xff\xfe%%%=&&=;" * 50),
        ("application/json", b'{"version": 0}'),
        ("", b""),
    ],
)
async def test_a_malformed_body_is_never_a_crash(
    admin: httpx.AsyncClient, content_type: str, body: bytes
) -> None:
    draft = await begin(admin)
    headers = {"Content-Type": content_type}
    answer = await admin.post(f"{draft}/general", content=body, headers=headers)
    assert answer.status_code in {400, 409}
    assert "Traceback" not in answer.text


@pytest.mark.parametrize(
    "failure",
    [
        OperationalError("database or disk is full: /secret/path"),
        sqlite3.OperationalError("attempt to write a readonly database: /secret/path"),
        OSError(28, "No space left on device", "/secret/path"),
    ],
)
async def test_failing_storage_is_a_plain_message(
    admin: httpx.AsyncClient, desk: Desk, monkeypatch: pytest.MonkeyPatch, failure: Exception
) -> None:
    async def fail(*_: object, **__: object) -> None:
        raise failure

    monkeypatch.setattr(TokenList, "page", fail)
    answer = await admin.get("/settings/api-tokens")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert "Tokendesk cannot reach its storage right now." in answer.text
    assert "/secret/path" not in answer.text


async def test_a_crash_tells_nothing_of_the_inside(
    admin: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def crash(*_: object, **__: object) -> None:
        raise RuntimeError("idt:TKN-1234-5678:hidden")

    monkeypatch.setattr(TokenList, "page", crash)
    answer = await admin.get("/settings/api-tokens")
    assert answer.status_code == 500
    assert "This is our fault." in answer.text
    assert "idt:TKN-1234-5678" not in answer.text


async def test_htmx_gets_a_dialog_where_the_draft_is_gone_and_keeps_the_form_elsewhere(
    viewer: httpx.AsyncClient, admin: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    headers = {"HX-Request": "true", "HX-Request-Type": "partial", "HX-Target": "dialog#wizard"}
    refused = await viewer.get("/settings/api-tokens/new", headers=headers)
    assert refused.status_code == 403
    assert '<dialog id="wizard" class="wizard failed" open' in refused.text
    monkeypatch.setattr("server.services.tokens.drafts.Drafts.save", _full)
    draft = await begin(admin)
    form = {"version": "0", "name": "Robot"}
    failed = await admin.post(f"{draft}/general", data=form, headers=headers)
    assert (failed.status_code, '<dialog id="wizard"' in failed.text) == (503, False)


async def _full(*_: object, **__: object) -> None:
    raise OSError(28, "No space left on device")


FRAME = '<nav class="side" id="navigation"'


def _ways(page: str) -> list[tuple[str, str]]:
    """The address and the label of each way on, the main one first."""
    box = page.partition("error-page")[2].partition("</section>")[0]
    return re.findall(r'<a class="button [a-z]+" href="([^"]*)">([^<]*)</a>', box)


async def test_people_who_are_signed_in_stay_in_the_frame(
    admin: httpx.AsyncClient, nobody: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(TokenList, "page", _crash)
    for path, status in (("/nowhere", 404), ("/sign-out", 405), ("/settings/api-tokens", 500)):
        answer = await admin.get(path)
        assert (answer.status_code, FRAME in answer.text) == (status, True)
    answer = await nobody.get("/nowhere")
    assert (answer.status_code, FRAME in answer.text) == (404, False)


async def test_without_storage_an_error_is_told_without_the_frame(
    admin: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.services.sign_in.sessions.Sessions.resume", _full)
    for path, status in (("/settings/api-tokens", 503), ("/nowhere", 404)):
        answer = await admin.get(path)
        assert (answer.status_code, FRAME in answer.text) == (status, False)


@pytest.mark.parametrize(
    ("referer", "back"),
    [
        ("http://desk.test/settings/users?page=2", ["/settings/users?page=2"]),
        ("http://desk.test/nowhere", []),
        ("http://elsewhere.test/settings/users", []),
        ("http://desk.test.elsewhere.test/settings/users", []),
        ("http://desk.test//elsewhere.test/x", []),
        ("javascript:alert(1)", []),
        ("http://[", []),
        ("", []),
    ],
)
async def test_the_way_back_leads_only_to_a_page_of_ours(
    nobody: httpx.AsyncClient, referer: str, back: list[str]
) -> None:
    answer = await nobody.get("/nowhere", headers={"Referer": referer})
    ways = [(url, "Back to where you were") for url in back]
    assert _ways(answer.text) == [*ways, ("/settings/api-tokens", "To the API tokens")]


async def test_what_may_work_later_can_be_tried_again(
    admin: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(TokenList, "page", _crash)
    answer = await admin.get("/settings/api-tokens?search=a%26b&rows=10")
    assert _ways(answer.text) == [
        ("/settings/api-tokens?search=a%26b&amp;rows=10", "Try again"),
        ("/settings/api-tokens", "To the API tokens"),
    ]
    monkeypatch.setattr(TokenList, "page", _full)
    answer = await admin.get("/settings/api-tokens")
    assert _ways(answer.text) == [("/settings/api-tokens", "Try again")]


async def test_a_form_is_not_sent_again_by_a_link(
    admin: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.services.accounts.accounts.Accounts.rename", _full)
    came_from = {"Referer": "http://desk.test/settings/account"}
    answer = await admin.post("/settings/account", data={"name": "Stark"}, headers=came_from)
    assert answer.status_code == 503
    assert _ways(answer.text) == [
        ("/settings/account", "Back to where you were"),
        ("/settings/api-tokens", "To the API tokens"),
    ]


@pytest.mark.parametrize("chunked", [False, True])
async def test_too_much_is_told_on_a_page(admin: httpx.AsyncClient, chunked: bool) -> None:
    async def parts() -> AsyncIterator[bytes]:
        yield b"name="
        for _ in range(12):
            yield b"x" * 100_000

    body = parts() if chunked else b"".join([part async for part in parts()])
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = await admin.post("/settings/account", content=body, headers=headers)
    assert answer.status_code == 413
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "What was sent is too large." in answer.text
    assert FRAME in answer.text
    assert answer.headers["x-frame-options"] == "DENY"


async def test_programs_keep_their_own_form_of_too_much(nobody: httpx.AsyncClient) -> None:
    answer = await nobody.post("/graphql", json={"query": "x" * 2_000_000})
    assert answer.status_code == 413
    assert answer.headers["content-type"].startswith("application/json")


async def _crash(*_: object, **__: object) -> None:
    raise RuntimeError("broken")
