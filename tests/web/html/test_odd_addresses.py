"""Addresses in headers that are none, and cookies of whatever form: no fault of the desk's."""

import httpx
import pytest
from starlette.applications import Starlette
from starlette.types import Message

from server.http.cookies import NOTICE
from tests.web.pages import LIST

ODD = ["http://[", "http://[::1", "http://]", "//[", "http://a:b/c", "\xff", "x" * 60_000]


@pytest.mark.parametrize("address", ODD, ids=range(len(ODD)))
async def test_an_address_that_is_none_is_not_gone_back_to(
    nobody: httpx.AsyncClient, admin: httpx.AsyncClient, address: str
) -> None:
    for name in ("HX-Current-URL", "Referer"):
        headers = [(name.encode(), address.encode("latin-1")), (b"HX-Request", b"true")]
        asked = await nobody.get(LIST, headers=headers)
        assert asked.status_code == 204
        assert asked.headers["hx-redirect"].startswith("/sign-in?next=/")
        dialog = await admin.get(f"{LIST}/filter", headers=headers)
        assert dialog.status_code == 200
        assert (await admin.get("/nothing", headers=headers)).status_code == 404


async def test_a_query_that_is_no_utf_8_is_no_fault(app: Starlette) -> None:
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b""}

    async def send(message: Message) -> None:
        sent.append(message)

    known = {"path": "/nothing", "raw_path": b"/nothing", "query_string": b"\xff\xfe"}
    more = {"method": "GET", "scheme": "http", "root_path": "", "http_version": "1.1"}
    address = {"client": ("127.0.0.1", 1), "server": ("desk.test", 80), "headers": []}
    await app({"type": "http", **known, **more, **address}, receive, send)
    assert sent[0]["status"] == 404


async def test_a_notice_comes_back_as_it_was_left(admin: httpx.AsyncClient) -> None:
    cookie = '"Saved%20a/b%3B"'
    jar = f"a={chr(92) * 1_000}; {NOTICE}={cookie}; tokendesk={admin.cookies['tokendesk']}"
    admin.cookies.clear()
    page = await admin.get(LIST, headers={"Cookie": jar})
    assert page.status_code == 200
    assert "Saved a/b;" in page.text


async def test_a_form_in_another_charset_is_refused(nobody: httpx.AsyncClient) -> None:
    body = b'--x\r\nContent-Disposition: form-data; name="email"\r\n\r\nx\r\n--x--\r\n'
    for kind in ("punycode", "utf-7", "idna", "utf-16"):
        headers = {"Content-Type": f"multipart/form-data; boundary=x; charset={kind}"}
        answer = await nobody.post("/sign-in", content=body, headers=headers)
        assert answer.status_code == 400
    headers = {"Content-Type": 'multipart/form-data; charset="UTF-8"; boundary="x"'}
    assert (await nobody.post("/sign-in", content=body, headers=headers)).status_code == 422
