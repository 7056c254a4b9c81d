"""Errors are pages with a way on, never a stack trace."""

import sqlite3

import httpx
import pytest
from tortoise.exceptions import OperationalError

from server.desk import Desk
from server.services.token_grid import TokenGrid
from tests.web.walk import begin
from tests.world import World


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

    monkeypatch.setattr(TokenGrid, "page", fail)
    answer = await admin.get("/settings/api-tokens")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert "Tokendesk cannot reach its storage right now." in answer.text
    assert "/secret/path" not in answer.text


async def test_a_crash_tells_nothing_of_the_inside(
    admin: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def crash(*_: object, **__: object) -> None:
        raise RuntimeError("idt:TKN-1234-5678:hidden")

    monkeypatch.setattr(TokenGrid, "page", crash)
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
    monkeypatch.setattr("server.services.drafts.Drafts.save", _full)
    draft = await begin(admin)
    form = {"version": "0", "name": "Robot"}
    failed = await admin.post(f"{draft}/general", data=form, headers=headers)
    assert (failed.status_code, '<dialog id="wizard"' in failed.text) == (503, False)


async def _full(*_: object, **__: object) -> None:
    raise OSError(28, "No space left on device")
